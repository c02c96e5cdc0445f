import { isDeepStrictEqual } from 'node:util';
import type { ArgumentResolver } from '../annotation/arguments/argument-resolver.js';
import type { ReturnValueHandler } from '../annotation/results/return-value-handler.js';
import { brokerRelay } from '../broker/relay/broker-relay.js';
import type { BrokerRelayOptions } from '../broker/relay/relay-options.js';
import { simpleBroker } from '../broker/simple/simple-broker.js';
import type { SimpleBrokerOptions } from '../broker/simple/simple-broker-options.js';
import { textOf } from '../foundation/error-text.js';
import { ConfigurationError } from '../foundation/errors.js';
import { anyObject } from '../foundation/option-kind.js';
import { Findings } from '../foundation/findings.js';
import type { DestinationSeparator } from '../messaging/destination-pattern.js';
import type { ChannelInterceptor } from '../messaging/channel-interceptor.js';
import type { MessageConverter } from '../messaging/message-converter.js';
import type { ApplicationOptions, EndpointOptions, HeartBeatOptions, LimitOptions } from '../options.js';

/** What `simpleBroker` takes beside what has calls of its own. */
export type RegisteredBrokerOptions = Omit<SimpleBrokerOptions, 'destinationPrefixes' | 'cacheLimit'>;

/** What `brokerRelay` takes beside what `enableStompBrokerRelay` names. */
export type RegisteredRelayOptions = Omit<BrokerRelayOptions, 'destinationPrefixes'>;

type RelayHeartBeat = NonNullable<BrokerRelayOptions['heartBeat']>;

/** What one call sets as a whole, so that two calls may contradict each other. */
interface Settings {
  readonly applicationDestinationPrefixes: readonly string[];
  readonly userDestinationPrefix: string;
  /** As the call that chose it is named. */
  readonly broker: 'enableSimpleBroker' | 'enableStompBrokerRelay';
  readonly brokerDestinationPrefixes: readonly string[];
  readonly brokerOptions: RegisteredBrokerOptions;
  readonly cacheLimit: number;
  readonly heartBeat: HeartBeatOptions;
  readonly destinationSeparator: DestinationSeparator;
}

type SettingName =
  | keyof Settings
  | `limits.${keyof LimitOptions}`
  | `relay.${keyof RegisteredRelayOptions}`
  | `relay.heartBeat.${keyof RelayHeartBeat}`;

/** The channels by their names among the options. */
export type ChannelName = keyof NonNullable<ApplicationOptions['interceptors']>;

/** Gathers what configurers say, in their order, and becomes options. */
export class OptionsDraft {
  /** Told what is wrong, with who said it and the cure. */
  readonly findings: Findings;
  readonly endpoints: EndpointOptions[] = [];
  readonly interceptors: Partial<Record<ChannelName, ChannelInterceptor[]>> = {};
  readonly argumentResolvers: ArgumentResolver[] = [];
  readonly returnValueHandlers: ReturnValueHandler[] = [];
  readonly messageConverters: MessageConverter[] = [];
  /** Whether the built-in converters are asked too; one configurer that says no is enough. */
  usesDefaultConverters = true;
  /** What is at work, such as `WebSocketConfig.configureMessageBroker`. */
  source = '';
  #settings: Partial<Settings> = {};
  #limits: Partial<LimitOptions> = {};
  #relay: RegisteredRelayOptions = {};
  readonly #sources = new Map<SettingName, string>();

  constructor(findings: Findings) {
    this.findings = findings;
  }

  /** Runs a step of `source`; what it throws, and that it is asynchronous, is a finding. */
  attempt(source: string, step: () => unknown): void {
    const outer = this.source;
    this.source = source;
    try {
      const result = step();
      if (isThenable(result)) {
        Promise.resolve(result).catch(() => undefined); // the application does not start, whatever becomes of it
        const cure = 'read what it waits for before createApplication is called';
        this.findings.report({ location: source, problem: 'it is asynchronous', cure });
      }
    } catch (error) {
      this.findings.attempt(source, () => {
        if (error instanceof ConfigurationError) throw error;
        throw new ConfigurationError({ problem: textOf(error), cure: 'see the cause' }, { cause: error });
      });
    } finally {
      this.source = outer;
    }
  }

  /** Sets what is set once; another value for it is a finding. @param call as it was written, such as `setCacheLimit` */
  set<Name extends keyof Settings>(name: Name, value: Settings[Name], call: string): void {
    if (this.#mayBeSet(name, this.#settings[name], value, call)) this.#settings = { ...this.#settings, [name]: value };
  }

  /** Chooses the broker; there is one. */
  setBroker(call: Settings['broker'], prefixes: readonly string[]): void {
    this.set('broker', call, call);
    this.set('brokerDestinationPrefixes', prefixes, call);
  }

  setLimit(name: keyof LimitOptions, value: number, call: string): void {
    if (!this.#mayBeSet(`limits.${name}`, this.#limits[name], value, call)) return;
    this.#limits = { ...this.#limits, [name]: value };
  }

  setRelayOption<Name extends keyof RegisteredRelayOptions>(
    name: Name,
    value: RegisteredRelayOptions[Name],
    call: string,
  ): void {
    if (!this.#mayBeSet(`relay.${name}`, this.#relay[name], value, call)) return;
    this.#relay = { ...this.#relay, [name]: value };
  }

  /** One direction. */
  setRelayHeartBeat(direction: keyof RelayHeartBeat, milliseconds: number, call: string): void {
    const { heartBeat } = this.#relay;
    if (!this.#mayBeSet(`relay.heartBeat.${direction}`, heartBeat?.[direction], milliseconds, call)) return;
    this.#relay = { ...this.#relay, heartBeat: { ...heartBeat, [direction]: milliseconds } };
  }

  /** All of them; those that are unknown too, so that the relay tells of them. */
  setRelayOptions({ heartBeat, ...others }: RegisteredRelayOptions, call: string): void {
    const names = Object.keys(others) as (keyof typeof others)[]; // its own
    for (const name of names) this.setRelayOption(name, others[name], call);
    if (heartBeat === undefined) return;
    if (!anyObject.fits(heartBeat)) {
      this.setRelayOption('heartBeat', heartBeat, call); // the relay tells of it
      return;
    }
    const directions = Object.keys(heartBeat) as (keyof RelayHeartBeat)[]; // its own
    for (const direction of directions) this.setRelayHeartBeat(direction, heartBeat[direction] as number, call); // or told of by the relay
  }

  /** The options that were spoken of, and no others. */
  toOptions(): ApplicationOptions {
    const { broker, brokerDestinationPrefixes, brokerOptions, cacheLimit, ...settings } = this.#settings;
    const aboutBroker = { broker, brokerDestinationPrefixes, brokerOptions, cacheLimit };
    return {
      ...settings,
      ...(this.endpoints.length > 0 && { endpoints: this.endpoints }),
      ...brokerOption(aboutBroker, this.#relay),
      ...this.#converterOptions(),
      ...(this.argumentResolvers.length > 0 && { argumentResolvers: this.argumentResolvers }),
      ...(this.returnValueHandlers.length > 0 && { returnValueHandlers: this.returnValueHandlers }),
      ...(Object.keys(this.interceptors).length > 0 && { interceptors: this.interceptors }),
      ...(Object.keys(this.#limits).length > 0 && { limits: this.#limits }),
    };
  }

  #converterOptions(): Pick<ApplicationOptions, 'messageConverters'> {
    const own = this.messageConverters;
    if (!this.usesDefaultConverters) return { messageConverters: { own, defaults: false } };
    return own.length > 0 ? { messageConverters: own } : {};
  }

  #mayBeSet(name: SettingName, present: unknown, value: unknown, call: string): boolean {
    const setBy = this.#sources.get(name);
    const here = `${call} in ${this.source}`;
    if (setBy === undefined) {
      this.#sources.set(name, here);
      return true;
    }
    if (!isDeepStrictEqual(present, value)) {
      this.findings.report({ location: here, problem: `${setBy} says otherwise`, cure: 'leave it to one of them' });
    }
    return false;
  }
}

/** The relay where it was chosen; the embedded broker where it or its cache was spoken of. */
function brokerOption(
  { broker, brokerDestinationPrefixes: destinationPrefixes, brokerOptions, cacheLimit }: Partial<Settings>,
  relay: RegisteredRelayOptions,
): Pick<ApplicationOptions, 'broker'> {
  if (broker === 'enableStompBrokerRelay') return { broker: brokerRelay({ ...relay, destinationPrefixes }) };
  if (broker === undefined && cacheLimit === undefined) return {};
  return { broker: simpleBroker({ ...brokerOptions, destinationPrefixes, cacheLimit }) };
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

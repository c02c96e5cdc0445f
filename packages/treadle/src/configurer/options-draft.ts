import { isDeepStrictEqual } from 'node:util';
import type { ArgumentResolver } from '../annotation/arguments/argument-resolver.js';
import type { ReturnValueHandler } from '../annotation/results/return-value-handler.js';
import { simpleBroker } from '../broker/simple/simple-broker.js';
import type { SimpleBrokerOptions } from '../broker/simple/simple-broker-options.js';
import { textOf } from '../foundation/error-text.js';
import { ConfigurationError } from '../foundation/errors.js';
import { Findings } from '../foundation/findings.js';
import type { DestinationSeparator } from '../messaging/destination-pattern.js';
import type { ChannelInterceptor } from '../messaging/channel-interceptor.js';
import type { MessageConverter } from '../messaging/message-converter.js';
import type { ApplicationOptions, EndpointOptions, HeartBeatOptions, LimitOptions } from '../options.js';

/** What `simpleBroker` takes beside what has calls of its own. */
export type RegisteredBrokerOptions = Omit<SimpleBrokerOptions, 'destinationPrefixes' | 'cacheLimit'>;

/** What one call sets as a whole, so that two calls may contradict each other. */
interface Settings {
  readonly applicationDestinationPrefixes: readonly string[];
  readonly userDestinationPrefix: string;
  readonly brokerDestinationPrefixes: readonly string[];
  readonly brokerOptions: RegisteredBrokerOptions;
  readonly cacheLimit: number;
  readonly heartBeat: HeartBeatOptions;
  readonly destinationSeparator: DestinationSeparator;
}

type SettingName = keyof Settings | `limits.${keyof LimitOptions}`;

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

  setLimit(name: keyof LimitOptions, value: number, call: string): void {
    if (!this.#mayBeSet(`limits.${name}`, this.#limits[name], value, call)) return;
    this.#limits = { ...this.#limits, [name]: value };
  }

  /** The options that were spoken of, and no others. */
  toOptions(): ApplicationOptions {
    const { brokerDestinationPrefixes: destinationPrefixes, brokerOptions, cacheLimit, ...settings } = this.#settings;
    const hasBroker = destinationPrefixes !== undefined || cacheLimit !== undefined;
    return {
      ...settings,
      ...(this.endpoints.length > 0 && { endpoints: this.endpoints }),
      ...(hasBroker && { broker: simpleBroker({ ...brokerOptions, destinationPrefixes, cacheLimit }) }),
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

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

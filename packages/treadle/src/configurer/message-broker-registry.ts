import { ConfigurationError } from '../foundation/errors.js';
import { anyObject } from '../foundation/option-kind.js';
import type { DestinationSeparator } from '../messaging/destination-pattern.js';
import { ChannelRegistration } from './channel-registration.js';
import type { OptionsDraft, RegisteredBrokerOptions } from './options-draft.js';
import { StompBrokerRelayRegistration } from './stomp-broker-relay-registration.js';

const DEFAULT_PREFIXES: readonly string[] = ['/topic', '/queue'];

/** Chooses the broker and the prefixes of destinations (Spring: `MessageBrokerRegistry`). */
export class MessageBrokerRegistry {
  readonly #draft: OptionsDraft;

  /** @internal */
  constructor(draft: OptionsDraft) {
    this.#draft = draft;
  }

  /** The embedded broker, for destinations that begin with one of `prefixes`; without any, `/topic` and `/queue`. Fills `broker`. */
  enableSimpleBroker(...prefixes: readonly string[]): SimpleBrokerRegistration {
    this.#draft.setBroker('enableSimpleBroker', prefixes.length > 0 ? prefixes : DEFAULT_PREFIXES);
    return new SimpleBrokerRegistration(this.#draft);
  }

  /**
   * A broker elsewhere, RabbitMQ or ActiveMQ, for destinations that begin with one of `prefixes`; without any, `/topic` and `/queue`. Fills `broker`. There
   * is one broker: this, or the embedded one.
   */
  enableStompBrokerRelay(...prefixes: readonly string[]): StompBrokerRelayRegistration {
    this.#draft.setBroker('enableStompBrokerRelay', prefixes.length > 0 ? prefixes : DEFAULT_PREFIXES);
    return new StompBrokerRelayRegistration(this.#draft);
  }

  /** What begins the destinations of controllers: `applicationDestinationPrefixes`. */
  setApplicationDestinationPrefixes(...prefixes: readonly string[]): this {
    this.#draft.set('applicationDestinationPrefixes', prefixes, 'setApplicationDestinationPrefixes');
    return this;
  }

  /** What begins user destinations: `userDestinationPrefix`. */
  setUserDestinationPrefix(prefix: string): this {
    this.#draft.set('userDestinationPrefix', prefix, 'setUserDestinationPrefix');
    return this;
  }

  /** Destinations whose matching subscriptions the embedded broker remembers: `simpleBroker({ cacheLimit })`. Nothing to the relay, as in Spring. */
  setCacheLimit(destinations: number): this {
    this.#draft.set('cacheLimit', destinations, 'setCacheLimit');
    return this;
  }

  /** What parts the segments of destinations and patterns, in place of Spring's `setPathMatcher`: `destinationSeparator`. */
  setDestinationSeparator(separator: DestinationSeparator): this {
    this.#draft.set('destinationSeparator', separator, 'setDestinationSeparator');
    return this;
  }

  /** Changes nothing: a session always gets messages in the order of their publication. @param _isPreserved accepted for the sake of ports */
  setPreservePublishOrder(_isPreserved: boolean): this {
    return this;
  }

  /** The channel from the application to the broker: `interceptors.broker`. */
  configureBrokerChannel(): ChannelRegistration {
    return new ChannelRegistration(this.#draft, 'broker');
  }
}

/** Says more of the embedded broker (Spring: `SimpleBrokerRegistration`). */
export class SimpleBrokerRegistration {
  readonly #draft: OptionsDraft;

  /** @internal */
  constructor(draft: OptionsDraft) {
    this.#draft = draft;
  }

  /** Milliseconds between the heart-beats that the server sends, and between those it expects; `0` for none: `heartBeat`. */
  setHeartbeatValue([sends, expects]: readonly [sends: number, expects: number]): this {
    this.#draft.set('heartBeat', { sends, expects }, 'setHeartbeatValue');
    return this;
  }

  /**
   * Everything else that the embedded broker can be told, beyond what Spring's has: `policies`, `wildcards`, `prefetchCount` … of `simpleBroker({ … })`.
   * Called once; its prefixes and cache limit have calls of their own.
   */
  setOptions(options: RegisteredBrokerOptions): this {
    if (!anyObject.fits(options)) {
      throw new ConfigurationError({
        problem: 'setOptions() takes an object',
        cure: 'write setOptions({ policies: [] })',
      });
    }
    const others = { destinationPrefixes: 'enableSimpleBroker(…)', cacheLimit: 'setCacheLimit(…)' };
    for (const [name, call] of Object.entries(others)) {
      if (!Object.hasOwn(options, name)) continue;
      throw new ConfigurationError({ problem: `setOptions() does not take ${name}`, cure: `give it to ${call}` });
    }
    this.#draft.set('brokerOptions', options, 'setOptions');
    return this;
  }
}

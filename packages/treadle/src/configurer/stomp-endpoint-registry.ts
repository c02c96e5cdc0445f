import { ConfigurationError } from '../foundation/errors.js';
import type { EndpointOptions } from '../options.js';
import type { HandshakeInterceptor } from '../transport/handshake-interceptor.js';
import type { OptionsDraft } from './options-draft.js';

/** Takes the paths that clients connect to (Spring: `StompEndpointRegistry`). Fills the option `endpoints`. */
export class StompEndpointRegistry {
  readonly #draft: OptionsDraft;

  /** @internal */
  constructor(draft: OptionsDraft) {
    this.#draft = draft;
  }

  /** Adds endpoints, one for each path, that share what is said of the registration. */
  addEndpoint(...paths: readonly [string, ...string[]]): StompEndpointRegistration {
    const first = this.#draft.endpoints.length;
    this.#draft.endpoints.push(...paths.map((path) => ({ path })));
    return new StompEndpointRegistration((change) => {
      for (const index of paths.keys()) {
        const endpoint = this.#draft.endpoints[first + index];
        if (endpoint) this.#draft.endpoints[first + index] = { ...endpoint, ...change(endpoint) };
      }
    });
  }

  /** Changes nothing: one session's frames are always handled in the order they came. @param _isPreserved accepted for the sake of ports */
  setPreserveReceiveOrder(_isPreserved: boolean): this {
    return this;
  }
}

type Change = (endpoint: EndpointOptions) => Partial<EndpointOptions>;

/** Says more of the endpoints that were just added (Spring: `StompWebSocketEndpointRegistration`). */
export class StompEndpointRegistration {
  readonly #apply: (change: Change) => void;

  /** @internal */
  constructor(apply: (change: Change) => void) {
    this.#apply = apply;
  }

  /** Origins of browsers, `'*'` for all, instead of those given before. Default: the endpoint's own alone. */
  setAllowedOrigins(...origins: readonly string[]): this {
    this.#apply(() => ({ allowedOrigins: origins.includes('*') ? '*' : origins }));
    return this;
  }

  /** Origins with `*` for characters of a host name or port, such as `https://*.example.org`, instead of those given before. */
  setAllowedOriginPatterns(...patterns: readonly string[]): this {
    this.#apply(() => ({ allowedOriginPatterns: patterns }));
    return this;
  }

  /** Adds interceptors behind those that were added before. */
  addInterceptors(...added: readonly HandshakeInterceptor[]): this {
    this.#apply(({ interceptors = [] }) => ({ interceptors: [...interceptors, ...added] }));
    return this;
  }

  /** Always throws: there is no SockJS yet. @throws ConfigurationError with the cure */
  withSockJS(): never {
    throw new ConfigurationError({
      problem: 'withSockJS() is not supported yet: clients connect by WebSocket alone',
      cure: "drop the call; with @stomp/stompjs set brokerURL ('wss://host/path') in place of a webSocketFactory that makes a SockJS",
    });
  }
}

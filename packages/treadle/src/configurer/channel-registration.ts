import { ConfigurationError } from '../foundation/errors.js';
import type { ChannelInterceptor } from '../messaging/channel-interceptor.js';
import type { ChannelName, OptionsDraft } from './options-draft.js';

/** Configures one channel (Spring: `ChannelRegistration`). Fills the option `interceptors`. */
export class ChannelRegistration {
  readonly #draft: OptionsDraft;
  readonly #channel: ChannelName;

  /** @internal */
  constructor(draft: OptionsDraft, channel: ChannelName) {
    this.#draft = draft;
    this.#channel = channel;
  }

  /** Adds interceptors behind those that were added before. */
  interceptors(...interceptors: readonly ChannelInterceptor[]): this {
    (this.#draft.interceptors[this.#channel] ??= []).push(...interceptors);
    return this;
  }

  /** Always throws: there are no threads to pool. @throws ConfigurationError naming what bounds the work instead */
  taskExecutor(): never {
    throw new ConfigurationError({
      problem:
        'taskExecutor() has no counterpart: one event loop handles the messages of all sessions, without threads to pool',
      cure:
        'drop the call; bound the handlers in progress by the option limits.handlersInFlight, and let one handler take several messages of ' +
        'a session at a time by @Concurrent(n)',
    });
  }
}

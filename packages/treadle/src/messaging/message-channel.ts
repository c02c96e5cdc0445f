import type { Awaitable } from '../foundation/awaitable.js';
import { consoleLogger, type Logger } from '../foundation/logger.js';
import type { ChannelInterceptor, InterceptedChannel } from './channel-interceptor.js';
import { InterceptorChain } from './interceptor-chain.js';
import type { Message } from './message.js';
import { handleByAll, handleInTurn, type MessageHandler } from './message-handler.js';

/**
 * Carries messages from those who send to those who subscribed; neither knows the other (Spring: `SubscribableChannel`).
 *
 * Handlers get a message one after the other, in the order they subscribed; the first failure keeps it from the rest.
 * A settled `send` is the acknowledgement: all handlers are done. While everything is synchronous no promise is made.
 */
export class MessageChannel implements InterceptedChannel {
  readonly name: string;
  readonly #logger: Logger;
  // Both are replaced, never changed, so that a running send keeps its own.
  #handlers: readonly MessageHandler[] = [];
  #chain: InterceptorChain;

  constructor(name: string, interceptors: readonly ChannelInterceptor[] = [], logger: Logger = consoleLogger) {
    this.name = name;
    this.#logger = logger;
    this.#chain = new InterceptorChain([...interceptors], this, logger);
  }

  get interceptors(): readonly ChannelInterceptor[] {
    return this.#chain.interceptors;
  }

  /** Adds an interceptor, behind the others unless `index` says where. */
  addInterceptor(interceptor: ChannelInterceptor, index = this.interceptors.length): void {
    this.#chain = new InterceptorChain(this.interceptors.toSpliced(index, 0, interceptor), this, this.#logger);
  }

  /** True if it was there. */
  removeInterceptor(interceptor: ChannelInterceptor): boolean {
    const kept = this.interceptors.filter((each) => each !== interceptor);
    const wasThere = kept.length < this.interceptors.length;
    this.#chain = new InterceptorChain(kept, this, this.#logger);
    return wasThere;
  }

  /** False when the handler is subscribed already. */
  subscribe(handler: MessageHandler): boolean {
    if (this.#handlers.includes(handler)) return false;
    this.#handlers = [...this.#handlers, handler];
    return true;
  }

  /** False when the handler was not subscribed. */
  unsubscribe(handler: MessageHandler): boolean {
    if (!this.#handlers.includes(handler)) return false;
    this.#handlers = this.#handlers.filter((each) => each !== handler);
    return true;
  }

  /**
   * Returns, or resolves, when all handlers took the message.
   * @throws MessageRejectedError when an interceptor stopped it, or whatever an interceptor or handler threw; at once or as rejection
   */
  send(message: Message): Awaitable<void> {
    if (this.interceptors.length === 0) return handleInTurn(this.#handlers, 0, message);
    return this.#chain.send(message, this.#handlers);
  }

  /**
   * Sends past all interceptors and to every handler, whatever another one throws: for what nobody may stop, such as the
   * clean-up after a session. @throws the first failure, when all are done
   */
  sendDirectly(message: Message): Awaitable<void> {
    return handleByAll(this.#handlers, 0, message);
  }
}

import { type Awaitable, isPromise, rethrow, whenDone, whenSettled } from '../foundation/awaitable.js';
import { MessageRejectedError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { ChannelInterceptor, InterceptedChannel } from './channel-interceptor.js';
import type { Message } from './message.js';
import { handleInTurn, type MessageHandler } from './message-handler.js';

/** The interceptors of a channel at one time: runs their hooks around the handling of a message. */
export class InterceptorChain {
  readonly interceptors: readonly ChannelInterceptor[];
  readonly #channel: InterceptedChannel;
  readonly #logger: Logger;
  /** Most interceptors only look at what is sent; then nothing has to be remembered for later hooks. */
  readonly #hasOnlyPreSend: boolean;
  readonly #hasHandleHooks: boolean;

  constructor(interceptors: readonly ChannelInterceptor[], channel: InterceptedChannel, logger: Logger) {
    this.interceptors = interceptors;
    this.#channel = channel;
    this.#logger = logger;
    const has = (...hooks: readonly (keyof ChannelInterceptor)[]): boolean =>
      interceptors.some((each) => hooks.some((hook) => each[hook] !== undefined));
    this.#hasHandleHooks = has('beforeHandle', 'afterMessageHandled');
    this.#hasOnlyPreSend = !this.#hasHandleHooks && !has('postSend', 'afterSendCompletion');
  }

  /** Settles when the handlers and the hooks behind them are done; fails as the first hook or handler that fails. */
  send(message: Message, handlers: readonly MessageHandler[]): Awaitable<void> {
    if (!this.#hasOnlyPreSend) return this.#sendWithAllHooks(message, handlers);
    const passed = this.#preSend(0, message, undefined);
    if (isPromise(passed)) return passed.then((late) => handleInTurn(handlers, 0, late));
    return handleInTurn(handlers, 0, passed);
  }

  #sendWithAllHooks(message: Message, handlers: readonly MessageHandler[]): Awaitable<void> {
    const entered: ChannelInterceptor[] = [];
    let current = message;
    return whenSettled(
      () =>
        whenDone(this.#preSend(0, message, entered), (passed) => {
          current = passed;
          const handled = this.#hasHandleHooks ? this.#handle(handlers, 0, passed) : handleInTurn(handlers, 0, passed);
          return whenDone(handled, () => this.#postSend(0, passed));
        }),
      (error) => whenDone(this.#afterSendCompletion(current, entered, error), () => rethrow(error)),
    );
  }

  /** @param entered gets the interceptors whose `preSend` went well */
  #preSend(index: number, message: Message, entered: ChannelInterceptor[] | undefined): Awaitable<Message> {
    let current = message;
    for (let next = index; next < this.interceptors.length; next += 1) {
      const interceptor = this.interceptors[next];
      if (!interceptor) continue;
      const passed = interceptor.preSend ? interceptor.preSend(current, this.#channel) : current;
      if (isPromise(passed)) {
        return passed.then((late) => {
          const replaced = this.#requirePassed(late);
          entered?.push(interceptor);
          return this.#preSend(next + 1, replaced, entered);
        });
      }
      current = this.#requirePassed(passed);
      entered?.push(interceptor);
    }
    return current;
  }

  #requirePassed(passed: Message | null): Message {
    if (passed) return passed;
    throw new MessageRejectedError(`an interceptor of ${this.#channel.name} stopped the message`);
  }

  #handle(handlers: readonly MessageHandler[], index: number, message: Message): Awaitable<void> {
    for (let next = index; next < handlers.length; next += 1) {
      const handler = handlers[next];
      if (!handler) continue;
      const result = this.#handleOne(handler, message);
      if (isPromise(result)) return result.then(() => this.#handle(handlers, next + 1, message));
    }
  }

  #handleOne(handler: MessageHandler, message: Message): Awaitable<void> {
    const entered: ChannelInterceptor[] = [];
    let current = message;
    return whenSettled(
      () =>
        whenDone(this.#beforeHandle(0, message, handler, entered), (passed) => {
          current = passed;
          return handler.handleMessage(passed);
        }),
      (error) => whenDone(this.#afterMessageHandled(current, handler, entered, error), () => rethrow(error)),
    );
  }

  #beforeHandle(
    index: number,
    message: Message,
    handler: MessageHandler,
    entered: ChannelInterceptor[],
  ): Awaitable<Message> {
    let current = message;
    for (let next = index; next < this.interceptors.length; next += 1) {
      const interceptor = this.interceptors[next];
      if (!interceptor) continue;
      const passed = interceptor.beforeHandle ? interceptor.beforeHandle(current, this.#channel, handler) : current;
      if (isPromise(passed)) {
        return passed.then((late) => {
          const replaced = this.#requirePassed(late);
          entered.push(interceptor);
          return this.#beforeHandle(next + 1, replaced, handler, entered);
        });
      }
      current = this.#requirePassed(passed);
      entered.push(interceptor);
    }
    return current;
  }

  #postSend(index: number, message: Message): Awaitable<void> {
    for (let next = index; next < this.interceptors.length; next += 1) {
      const result = this.interceptors[next]?.postSend?.(message, this.#channel);
      if (isPromise(result)) return result.then(() => this.#postSend(next + 1, message));
    }
  }

  #afterSendCompletion(message: Message, entered: readonly ChannelInterceptor[], error: unknown): Awaitable<void> {
    return this.#inReverse(entered, 'afterSendCompletion', (each) =>
      each.afterSendCompletion?.(message, this.#channel, error),
    );
  }

  #afterMessageHandled(
    message: Message,
    handler: MessageHandler,
    entered: readonly ChannelInterceptor[],
    error: unknown,
  ): Awaitable<void> {
    return this.#inReverse(entered, 'afterMessageHandled', (each) =>
      each.afterMessageHandled?.(message, this.#channel, handler, error),
    );
  }

  /** Runs a closing hook of every interceptor, last first; what it throws is logged, for the message's fate is sealed. */
  #inReverse(
    interceptors: readonly ChannelInterceptor[],
    hook: string,
    run: (interceptor: ChannelInterceptor) => Awaitable<void>,
  ): Awaitable<void> {
    const last = interceptors.at(-1);
    if (!last) return;
    return whenSettled(
      () => run(last),
      (error) => {
        if (error !== undefined) {
          this.#logger.error(`${this.#channel.name}: ${hook} of an interceptor failed`, { error });
        }
        return this.#inReverse(interceptors.slice(0, -1), hook, run);
      },
    );
  }
}

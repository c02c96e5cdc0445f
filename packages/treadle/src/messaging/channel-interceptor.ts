import type { Awaitable } from '../foundation/awaitable.js';
import type { Message } from './message.js';
import type { MessageHandler } from './message-handler.js';

/** A channel, as its interceptors see it. */
export interface InterceptedChannel {
  /** `clientInboundChannel`, `brokerChannel` or `clientOutboundChannel`. */
  readonly name: string;
}

/**
 * Hooks around a channel's `send` and around each of its handlers (Spring: `ChannelInterceptor`, `ExecutorChannelInterceptor`).
 * All are optional, synchronous or asynchronous. Interceptors run in the order they were added; the `after…` hooks in reverse.
 */
export interface ChannelInterceptor {
  /** May replace the message. `null` stops it: the sender gets a `MessageRejectedError`. An error stops it too and goes to the sender. */
  preSend?(message: Message, channel: InterceptedChannel): Awaitable<Message | null>;
  /** After all handlers took the message. */
  postSend?(message: Message, channel: InterceptedChannel): Awaitable<void>;
  /** Always, when this interceptor's `preSend` went well; with the error if the send failed. Its own errors are logged only. */
  afterSendCompletion?(message: Message, channel: InterceptedChannel, error: unknown): Awaitable<void>;
  /**
   * Before each handler; may replace the message for it. `null` stops it there, and the sender is told as by `preSend`: a receipt for
   * what a handler never saw would be a lie (Spring skips the handler without a word).
   */
  beforeHandle?(message: Message, channel: InterceptedChannel, handler: MessageHandler): Awaitable<Message | null>;
  /** After each handler that `beforeHandle` let through, with its error if it failed. Its own errors are logged only. */
  afterMessageHandled?(
    message: Message,
    channel: InterceptedChannel,
    handler: MessageHandler,
    error: unknown,
  ): Awaitable<void>;
}

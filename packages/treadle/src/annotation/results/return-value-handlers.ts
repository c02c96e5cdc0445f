import { randomUUID } from 'node:crypto';
import { ArgumentError } from '../../foundation/errors.js';
import type { CompositeMessageConverter } from '../../messaging/converters.js';
import type { MessageChannel } from '../../messaging/message-channel.js';
import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import type { HandlerReturn, ReturnValueHandler, SendResult } from './return-value-handler.js';
import { SendToReturnValueHandler } from './send-to-return-value-handler.js';

/** What results are sent with. */
export interface ReturnValueHandlerOptions {
  readonly template: SimpMessagingTemplate;
  readonly converter: CompositeMessageConverter;
  readonly clientOutboundChannel: MessageChannel;
}

/** The handlers of every application, in the order they are asked (Spring: `SimpAnnotationMethodMessageHandler`). */
export function createReturnValueHandlers(options: ReturnValueHandlerOptions): readonly ReturnValueHandler[] {
  return [new SubscriptionReturnValueHandler(options), new SendToReturnValueHandler(options.template)];
}

/**
 * The result of a `@SubscribeMapping` method without send annotations goes straight to the subscription that asked, under the destination
 * it asked for; the broker never sees it (Spring: `SubscriptionMethodReturnValueHandler`).
 */
class SubscriptionReturnValueHandler implements ReturnValueHandler {
  readonly #converter: CompositeMessageConverter;
  readonly #clientOutboundChannel: MessageChannel;
  // Message ids of the broker have another prefix, so no two messages of a session share one.
  readonly #idPrefix = randomUUID();
  #lastId = 0;

  constructor(options: ReturnValueHandlerOptions) {
    this.#converter = options.converter;
    this.#clientOutboundChannel = options.clientOutboundChannel;
  }

  supportsReturn({ isSubscription, method, controller }: HandlerReturn): boolean {
    const sends = method.sendTo ?? method.sendToUser ?? controller.sendTo ?? controller.sendToUser;
    return isSubscription && sends === undefined;
  }

  bind({ handler }: HandlerReturn): SendResult {
    return (value, { message }) => {
      const { session, subscriptionId, destination } = message;
      if (!session || subscriptionId === undefined) {
        throw new ArgumentError('ARGUMENT_MISSING', `${handler.name} has no subscription to answer`);
      }
      this.#lastId += 1;
      const id = `${this.#idPrefix}-${this.#lastId}`;
      const answer = this.#converter.toMessage(value, { type: 'MESSAGE', destination, session, subscriptionId, id });
      return this.#clientOutboundChannel.send(answer);
    };
  }
}

import { ArgumentError } from '../../foundation/errors.js';
import { AnswerIds } from '../../messaging/answer-ids.js';
import type { CompositeMessageConverter } from '../../messaging/converters.js';
import type { MessageChannel } from '../../messaging/message-channel.js';
import type { HandlerReturn, ReturnValueHandler, SendResult } from './return-value-handler.js';

/** What answers to subscriptions are made and sent with. */
export interface SubscriptionAnswerOptions {
  readonly converter: CompositeMessageConverter;
  readonly clientOutboundChannel: MessageChannel;
}

/**
 * The result of a `@SubscribeMapping` method without send annotations goes straight to the subscription that asked, under the destination
 * it asked for; the broker never sees it (Spring: `SubscriptionMethodReturnValueHandler`).
 */
export class SubscriptionReturnValueHandler implements ReturnValueHandler {
  readonly #converter: CompositeMessageConverter;
  readonly #clientOutboundChannel: MessageChannel;
  readonly #ids = new AnswerIds();

  constructor({ converter, clientOutboundChannel }: SubscriptionAnswerOptions) {
    this.#converter = converter;
    this.#clientOutboundChannel = clientOutboundChannel;
  }

  supportsReturn({ isSubscription, method, controller }: HandlerReturn): boolean {
    const sends = method.sendTo ?? method.sendToUser ?? controller.sendTo ?? controller.sendToUser;
    return isSubscription && sends === undefined;
  }

  bind({ handler }: HandlerReturn): SendResult {
    return (value, { message, flow }, headers) => {
      const { session, subscriptionId, destination, ticket } = message;
      if (!session || subscriptionId === undefined) {
        throw new ArgumentError('ARGUMENT_MISSING', `${handler.name} has no subscription to answer`);
      }
      const id = this.#ids.next();
      const init = { type: 'MESSAGE', destination, headers, session, subscriptionId, ticket, id, flow } as const;
      return this.#clientOutboundChannel.send(this.#converter.toMessage(value, init));
    };
  }
}

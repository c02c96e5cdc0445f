import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import type { ReplyDestinations } from './reply-destinations.js';
import type { ReturnValueHandler, SendResult } from './return-value-handler.js';
import { destinationBeneath } from './send-to-return-value-handler.js';

/**
 * Takes what nobody else took: results of methods that do not say where they go. A request is answered where its `reply-to` header asks for it;
 * else everybody gets it at `/topic` and the lookup destination (Spring: `SendToMethodReturnValueHandler` as last resort).
 */
export class DefaultReturnValueHandler implements ReturnValueHandler {
  readonly #template: SimpMessagingTemplate;
  readonly #replyDestinations: ReplyDestinations;

  constructor(template: SimpMessagingTemplate, replyDestinations: ReplyDestinations) {
    this.#template = template;
    this.#replyDestinations = replyDestinations;
  }

  supportsReturn(): boolean {
    return true;
  }

  bind(): SendResult {
    return (value, call, headers) => {
      const target = this.#replyDestinations.of(call);
      if (target) return this.#replyDestinations.send(target, value, call, headers);
      const destination = destinationBeneath('/topic', call.match.lookupDestination);
      return this.#template.publish(destination, value, headers, call);
    };
  }
}

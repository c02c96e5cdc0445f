import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import { mergeHeaders } from './reply.js';
import { replyTarget } from './request-reply.js';
import type { ReturnValueHandler, SendResult } from './return-value-handler.js';
import { destinationBeneath } from './send-to-return-value-handler.js';

/**
 * Takes what nobody else took: results of methods that do not say where they go. A request is answered where its `reply-to` header asks for it;
 * else everybody gets it at `/topic` and the lookup destination (Spring: `SendToMethodReturnValueHandler` as last resort).
 */
export class DefaultReturnValueHandler implements ReturnValueHandler {
  readonly #template: SimpMessagingTemplate;

  constructor(template: SimpMessagingTemplate) {
    this.#template = template;
  }

  supportsReturn(): boolean {
    return true;
  }

  bind(): SendResult {
    const template = this.#template;
    return (value, { message, match, flow }, headers) => {
      const target = replyTarget(message, template);
      if (!target) {
        return template.publish(
          destinationBeneath('/topic', match.lookupDestination),
          value,
          headers,
          flow && { flow },
        );
      }
      const { destination, session } = target;
      return template.publish(destination, value, mergeHeaders(target.headers, headers), { session, flow });
    };
  }
}

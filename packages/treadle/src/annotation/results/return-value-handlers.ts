import { ConfigurationError } from '../../foundation/errors.js';
import { DefaultReturnValueHandler } from './default-return-value-handler.js';
import { MethodResult, type ResultParts } from './method-result.js';
import { type ReplyHeaderNames, ReplyHeaders } from './reply-headers.js';
import type { HandlerReturn, ReturnValueHandler } from './return-value-handler.js';
import { SendToReturnValueHandler } from './send-to-return-value-handler.js';
import { type SubscriptionAnswerOptions, SubscriptionReturnValueHandler } from './subscription-return-value-handler.js';

/** What results are sent with. */
export interface ReturnValueHandlersOptions extends SubscriptionAnswerOptions, Omit<ResultParts, 'replyHeaders'> {
  /** The application's own, asked after those of the annotations and before the one that takes everything. */
  readonly own?: readonly ReturnValueHandler[];
  /** Headers of a request that its replies carry too; default `['correlation-id']`. */
  readonly replyHeaders?: ReplyHeaderNames | undefined;
}

/** All return value handlers of an application, in the order they are asked (Spring: `HandlerMethodReturnValueHandlerComposite`). */
export class ReturnValueHandlers {
  readonly #parts: ResultParts;
  readonly #handlers: readonly ReturnValueHandler[];
  readonly #last: ReturnValueHandler;

  /** @throws ConfigurationError for a reply header that cannot be carried over */
  constructor(options: ReturnValueHandlersOptions) {
    const { template, streams, isServed, own = [], replyHeaders = ['correlation-id'] } = options;
    this.#parts = { template, streams, isServed, replyHeaders: new ReplyHeaders(replyHeaders) };
    this.#handlers = [new SubscriptionReturnValueHandler(options), new SendToReturnValueHandler(template), ...own];
    this.#last = new DefaultReturnValueHandler(template);
  }

  /** The one that takes the results of a method. */
  handlerOf(result: HandlerReturn): ReturnValueHandler {
    return this.#handlers.find((each) => each.supportsReturn(result)) ?? this.#last;
  }

  /** Decides once what becomes of a method's result. @throws ConfigurationError naming method and cure */
  bind(result: HandlerReturn): MethodResult {
    const { name } = result.handler;
    const handler = this.handlerOf(result);
    const send = handler.bind(result);
    if (typeof send !== 'function') {
      throw new ConfigurationError({
        location: name,
        problem: `${handler.constructor.name}.bind gave no function for its result`,
        cure: `return a function from ${handler.constructor.name}.bind`,
      });
    }
    return new MethodResult(this.#parts, { send, answersRequests: handler === this.#last });
  }
}

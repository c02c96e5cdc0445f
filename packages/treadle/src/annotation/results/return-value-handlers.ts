import { ConfigurationError } from '../../foundation/errors.js';
import { DefaultReturnValueHandler } from './default-return-value-handler.js';
import { type AnswersRequests, MethodResult, type ResultParts } from './method-result.js';
import { ReplyDestinations } from './reply-destinations.js';
import { type ReplyHeaderNames, ReplyHeaders } from './reply-headers.js';
import type { DeclaredReturn, ResultHandler, ReturnValueHandler } from './return-value-handler.js';
import { answersSessionAlone, SendToReturnValueHandler } from './send-to-return-value-handler.js';
import { type SubscriptionAnswerOptions, SubscriptionReturnValueHandler } from './subscription-return-value-handler.js';

/** What results are sent with. */
export interface ReturnValueHandlersOptions
  extends SubscriptionAnswerOptions, Pick<ResultParts, 'template' | 'streams'> {
  /** Whether the broker takes a destination. */
  readonly isServed: (destination: string) => boolean;
  /** The application's own, asked after those of the annotations and before the one that takes everything. */
  readonly own?: readonly ReturnValueHandler[];
  /** Headers of a request that its replies carry too; default `['correlation-id']`. */
  readonly replyHeaders?: ReplyHeaderNames | undefined;
}

/** All return value handlers of an application, in the order they are asked (Spring: `HandlerMethodReturnValueHandlerComposite`). */
export class ReturnValueHandlers {
  readonly #parts: ResultParts;
  readonly #handlers: readonly ResultHandler[];
  readonly #last: ResultHandler;

  /** @throws ConfigurationError for a reply header that cannot be carried over */
  constructor(options: ReturnValueHandlersOptions) {
    const { template, streams, isServed, own = [], replyHeaders = ['correlation-id'] } = options;
    const replyDestinations = new ReplyDestinations(template, isServed);
    this.#parts = { template, streams, replyDestinations, replyHeaders: new ReplyHeaders(replyHeaders) };
    const annotated = new SendToReturnValueHandler(template, replyDestinations);
    this.#handlers = [new SubscriptionReturnValueHandler(options), annotated, ...own];
    this.#last = new DefaultReturnValueHandler(template, replyDestinations);
  }

  /** The one that takes the results of a method. */
  handlerOf(result: DeclaredReturn): ResultHandler {
    return this.#handlers.find((each) => each.supportsReturn(result)) ?? this.#last;
  }

  /** Decides once what becomes of a method's result. @throws ConfigurationError naming method and cure */
  bind(result: DeclaredReturn): MethodResult {
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
    return new MethodResult(this.#parts, { send, answersRequests: this.#answersRequests(handler, result) });
  }

  #answersRequests(handler: ResultHandler, result: DeclaredReturn): AnswersRequests | undefined {
    if (handler === this.#last) return 'always';
    return handler instanceof SendToReturnValueHandler && answersSessionAlone(result) ? 'unless-failed' : undefined;
  }
}

import type { Awaitable } from '../../foundation/awaitable.js';
import type { Message } from '../../messaging/message.js';
import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import { NativeHeaders } from '../../messaging/native-headers.js';
import { CODE_HEADER, describeForClient } from '../failures/client-failure.js';
import type { HandlerCall } from '../handler-call.js';
import { mergeHeaders } from './reply.js';
import { isAnswerable, type ReplyTarget, replyTarget, requireReplyTarget } from './request-reply.js';

/** Sends results to where requests ask for them, and to nobody but the session that asked. */
export class ReplyDestinations {
  readonly #template: SimpMessagingTemplate;
  readonly #isServed: (destination: string) => boolean;

  /** @param isServed whether the broker takes a destination */
  constructor(template: SimpMessagingTemplate, isServed: (destination: string) => boolean) {
    this.#template = template;
    this.#isServed = isServed;
  }

  /** @throws MessageRejectedError `REPLY_TO_REFUSED` when the message asks to be answered where it cannot be */
  require(message: Message): void {
    requireReplyTarget(message, this.#template, this.#isServed);
  }

  /** Where the message of a call asks to be answered; `undefined` when it does not, or where it cannot be. */
  of({ message }: HandlerCall): ReplyTarget | undefined {
    const target = replyTarget(message, this.#template);
    return target && isAnswerable(message, this.#template, this.#isServed) ? target : undefined;
  }

  /** What an exception handler gives carries the error's code as the header `code`, by which clients tell a refusal from a result. */
  send(target: ReplyTarget, value: unknown, call: HandlerCall, headers: NativeHeaders): Awaitable<void> {
    const { destination, session } = target;
    const { error, flow } = call;
    const code = error ? [CODE_HEADER, describeForClient(error).code] : [];
    const all = mergeHeaders(new NativeHeaders([...target.headers.list, ...code]), headers);
    return this.#template.publish(destination, value, all, { session, flow });
  }
}

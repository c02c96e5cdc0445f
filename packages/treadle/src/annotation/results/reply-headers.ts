import { ConfigurationError } from '../../foundation/errors.js';
import type { Message } from '../../messaging/message.js';
import { NativeHeaders } from '../../messaging/native-headers.js';
import { isOutgoing } from '../../messaging/outgoing-headers.js';

/** Which headers of a request its replies carry too: exact names, or a function that decides by name. */
export type ReplyHeaderNames = readonly string[] | ((name: string) => boolean);

/** Copies headers from a request to what answers it (Spring: `SendToMethodReturnValueHandler.addHeaderFilter`). */
export class ReplyHeaders {
  readonly #isNamed: (name: string) => boolean;

  /** @throws ConfigurationError for a header that belongs to one frame or proves who the client is, so that no reply may have it */
  constructor(names: ReplyHeaderNames) {
    if (typeof names === 'function') {
      this.#isNamed = names;
      return;
    }
    const wrong = names.find((name) => !isCopyable(name));
    if (wrong !== undefined) {
      throw new ConfigurationError({
        location: 'replyHeaders',
        problem: `'${wrong}' cannot be carried over to a reply`,
        cure: 'take it off the list',
      });
    }
    const [only] = names;
    const all = new Set(names);
    this.#isNamed = names.length === 1 ? (name) => name === only : (name) => all.has(name);
  }

  /** What a request's replies begin with; in order, with repeats. */
  of({ headers: { list } }: Message): NativeHeaders {
    let copied: string[] | undefined;
    for (let index = 0; index < list.length; index += 2) {
      const name = list[index] ?? '';
      if (this.#isNamed(name) && isCopyable(name)) (copied ??= []).push(name, list[index + 1] ?? '');
    }
    return copied ? new NativeHeaders(copied) : NativeHeaders.EMPTY;
  }
}

/** The reply has another body, so it has a content type of its own. */
function isCopyable(name: string): boolean {
  return name !== 'content-type' && isOutgoing(name);
}

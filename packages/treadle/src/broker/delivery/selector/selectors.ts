import type { Message } from '../../../messaging/message.js';
import type { Condition, SelectableHeaders } from './selector-conditions.js';
import { parseSelector } from './selector-parser.js';

/** Asks whether a published message, as its receivers get it, is wanted. */
export type Selector = (published: Message) => boolean;

/** Texts whose compiled form is kept for the next subscription. */
const MOST_SHARED = 256;

/**
 * Compiles selectors, each distinct text once while it is among the last 256. Who shares one shares its answer too: ten thousand
 * subscriptions with one selector ask once per message.
 */
export class Selectors {
  readonly #shared = new Map<string, Selector>();
  readonly #headers = new LastHeaders();

  /** @throws MessageRejectedError `SELECTOR_MALFORMED` */
  compile(text: string): Selector {
    const known = this.#shared.get(text);
    const selector = known ?? answeringOnce(parseSelector(text), this.#headers);
    this.#shared.delete(text); // the one used last stands last
    this.#shared.set(text, selector);
    if (this.#shared.size > MOST_SHARED) this.#forgetOldest();
    return selector;
  }

  #forgetOldest(): void {
    for (const oldest of this.#shared.keys()) {
      this.#shared.delete(oldest);
      return;
    }
  }
}

/** A message is wanted only if its selector is true: neither false nor unknown will do (Jakarta Messaging § Message Selector). */
function answeringOnce(condition: Condition, headers: LastHeaders): Selector {
  let lastId: string | undefined;
  let lastAnswer = false;
  return (published) => {
    const { id } = published;
    if (id !== undefined && id === lastId) return lastAnswer;
    lastAnswer = condition(headers.of(published)) === true;
    lastId = id;
    return lastAnswer;
  };
}

/** The headers of the message that was asked about last: all selectors of its destination ask about one message, one after the other. */
class LastHeaders {
  #id: string | undefined;
  #headers: SelectableHeaders = new Map();

  of(published: Message): SelectableHeaders {
    const { id } = published;
    if (id !== undefined && id === this.#id) return this.#headers;
    this.#headers = selectableHeaders(published);
    this.#id = id;
    return this.#headers;
  }
}

/** Those of the MESSAGE frame that are the same for all receivers; the first of repeated ones counts (STOMP 1.2 § Repeated Header Entries). */
function selectableHeaders({ headers, destination, userDestination, id }: Message): SelectableHeaders {
  const selectable = new Map<string, string>();
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && !selectable.has(name)) selectable.set(name, value);
  };
  add('destination', userDestination ?? destination);
  add('message-id', id);
  for (const [name, value] of headers) add(name, value);
  return selectable;
}

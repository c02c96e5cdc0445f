import { HeaderError } from '../../foundation/errors.js';
import type { Message } from '../../messaging/message.js';
import { type Selector, Selectors } from './selector/selectors.js';
import type { SubscriptionFilter } from './subscription.js';

/** Makes the filters of subscriptions from the headers of their SUBSCRIBE. */
export class SubscriptionFilters {
  readonly #selectors = new Selectors();

  /**
   * `selector`: only messages of which it is true (Jakarta Messaging § Message Selector); an empty one is none. `no-echo:true`: none that the
   * subscription's own session caused (Jakarta Messaging: `noLocal`).
   * @returns `undefined` when it wants everything
   * @throws MessageRejectedError `SELECTOR_MALFORMED`; HeaderError
   */
  of({ headers, sessionId }: Message): SubscriptionFilter | undefined {
    const text = headers.get('selector') ?? '';
    const selector = text.trim() === '' ? undefined : this.#selectors.compile(text);
    if (!readNoEcho(headers.get('no-echo'))) return selector;
    return withoutEcho(sessionId, selector);
  }
}

function withoutEcho(sessionId: string | undefined, selector: Selector | undefined): SubscriptionFilter {
  if (!selector) return ({ senderId }) => senderId === undefined || senderId !== sessionId;
  return (published) => (published.senderId === undefined || published.senderId !== sessionId) && selector(published);
}

function readNoEcho(value: string | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new HeaderError('no-echo', 'is neither true nor false');
}

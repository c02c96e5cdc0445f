import { ownOctets } from '../../foundation/own-octets.js';
import { type CompleteMessageInit, Message } from '../../messaging/message.js';
import type { SubscriptionGroups } from './destination-index.js';
import { publishedHeaders } from './published-headers.js';

/** What a published message has that its sender did not give. */
export interface PublishedMessageOptions {
  /** Unique: the `message-id` header of its MESSAGE frames. */
  readonly id: string;
  /** Headers that stand before the sender's, flat. */
  readonly added?: readonly string[] | undefined;
  /** Names that only `added` may have. */
  readonly without?: readonly string[] | undefined;
}

/** What all receivers of a message get: nothing in its frames tells who sent it (docs/decisions/0008-outgoing-headers.md). */
export function publishedMessage(message: Message, { id, added, without }: PublishedMessageOptions): Message {
  const { payload, destination, headers, senderId, userDestination, flow } = message;
  return new Message({
    type: 'MESSAGE',
    payload,
    destination,
    headers: publishedHeaders(headers, added, without),
    session: undefined,
    senderId,
    subscriptionId: undefined,
    id,
    userDestination,
    turn: undefined,
    reach: undefined,
    flow,
    ticket: undefined,
    acknowledgement: undefined,
  } satisfies CompleteMessageInit<Uint8Array>);
}

/** The message with octets that may wait, be kept as a last value or in a history, or be acknowledged late. */
export function keepable(published: Message): Message {
  const payload = ownOctets(published.payload);
  return payload === published.payload ? published : published.with({ payload });
}

/** How many sessions a message reaches: several subscriptions of one may match, and those that do not want it do not count. */
export function countSessions(groups: SubscriptionGroups, published: Message): number {
  const wanting = groups.flat().filter(({ filter }) => !filter || filter(published));
  return new Set(wanting.map(({ session }) => session.id)).size;
}

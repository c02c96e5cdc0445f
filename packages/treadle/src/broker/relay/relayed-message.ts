import { isAnswerId } from '../../messaging/answer-ids.js';
import { type CompleteMessageInit, Message } from '../../messaging/message.js';
import { NativeHeaders } from '../../messaging/native-headers.js';
import { outgoingHeaders } from '../../messaging/outgoing-headers.js';
import type { MessageIds } from '../delivery/message-ids.js';
import type { Dialect } from './dialect/dialect.js';
import { requireSendable } from './dialect/send-limits.js';
import type { BrokerMessage, LinkFrame } from './link/broker-link.js';
import { SENDER_HEADER, type SenderMarks } from './sender-marks.js';

/**
 * The header of a SEND with the `message-id` that its receivers get. Brokers give each delivery one of its own (RabbitMQ), or one that is new behind a failover: by
 * this one a client knows a message that comes again.
 */
export const MESSAGE_ID_HEADER = 'treadle-message-id';

/** The header of a SEND to a translated user destination with the name its receivers know: a pattern of theirs does not tell. */
const USER_DESTINATION_HEADER = 'treadle-user-destination';

/** What nobody else may say, and receivers do not get. */
const OWN_HEADERS: readonly string[] = [SENDER_HEADER, MESSAGE_ID_HEADER, USER_DESTINATION_HEADER];

/** What the frames of messages are made with. */
export interface RelayedMessageParts {
  readonly ids: MessageIds;
  readonly senders: SenderMarks;
}

/**
 * The SEND frame of a message: its user-defined headers as the dialect lets them pass, and its octets. Credentials and what belongs to the sender's conversation
 * stay here (docs/decisions/0008-outgoing-headers.md).
 * @param destination as the application knows it
 * @throws MessageRejectedError of the dialect: `UNSUPPORTED_BY_BROKER`, `DESTINATION_MALFORMED`
 */
export function sendFrame(
  { headers, payload, senderId, userDestination }: Message,
  destination: string,
  { dialect, ids, senders }: RelayedMessageParts & { readonly dialect: Dialect },
): LinkFrame {
  const own = ['destination', dialect.sendDestination(destination, userDestination !== undefined)];
  own.push(MESSAGE_ID_HEADER, ids.create());
  const mark = senderId === undefined ? undefined : senders.markOf(senderId);
  if (mark !== undefined) own.push(SENDER_HEADER, mark);
  if (userDestination !== undefined) own.push(USER_DESTINATION_HEADER, userDestination);
  const outgoing = outgoingHeaders(headers).without(...OWN_HEADERS);
  const all = [...own, ...dialect.sendHeaders(outgoing)];
  requireSendable(all, dialect.sendLimits);
  return { command: 'SEND', headers: all, body: payload };
}

/** What a MESSAGE of the broker is given to subscriptions as. */
export interface ReceivedMessageOptions extends Pick<RelayedMessageParts, 'senders'> {
  readonly dialect: Dialect;
  /** As the application knows it. */
  readonly destination: string;
  /** The user destination that `destination` is the translation of, as the client wrote it; `undefined` when it is none. */
  readonly userDestination?: string | undefined;
}

/** The message of a MESSAGE frame, as its receivers get it; the payload is a view of what was read. */
export function receivedMessage({ headers, body }: BrokerMessage, options: ReceivedMessageOptions): Message {
  const { dialect, destination, userDestination, senders } = options;
  const all = new NativeHeaders(headers);
  return new Message({
    type: 'MESSAGE',
    payload: body,
    destination,
    headers: outgoingHeaders(new NativeHeaders(dialect.messageHeaders(headers))).without(...OWN_HEADERS),
    session: undefined,
    senderId: senders.sessionOf(all.get(SENDER_HEADER)),
    subscriptionId: undefined,
    id: messageIdOf(all),
    userDestination: userDestination && (all.get(USER_DESTINATION_HEADER) ?? userDestination),
    turn: undefined,
    reach: undefined,
    flow: undefined,
    ticket: undefined,
    acknowledgement: undefined,
  } satisfies CompleteMessageInit<Uint8Array>);
}

/** Whoever sends to the broker by himself may call his messages as he likes: none may look like the answer to a SUBSCRIBE. */
function messageIdOf(headers: NativeHeaders): string | undefined {
  const id = headers.get(MESSAGE_ID_HEADER) ?? headers.get('message-id');
  return id !== undefined && isAnswerId(id) ? `broker-${id}` : id;
}

import { MessageRejectedError } from '../../foundation/errors.js';
import type { Message } from '../../messaging/message.js';
import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import { NativeHeaders } from '../../messaging/native-headers.js';
import type { SessionContext } from '../../messaging/session-context.js';

/** Names where a request wants its answer: a user destination its client subscribed to, such as `/user/queue/replies`. */
const REPLY_TO = 'reply-to';

/** What a client tells its requests apart by; every answer to one carries it. */
const CORRELATION_ID = 'correlation-id';

/** Where a request is answered: publish there with these headers, within this session. */
export interface ReplyTarget {
  /** Reaches the session that asked and no other. */
  readonly destination: string;
  /** The request's `correlation-id`, if it has one. */
  readonly headers: NativeHeaders;
  readonly session: SessionContext;
}

/**
 * Where a message asks to be answered; `undefined` when it does not, or names anything but a user destination. Whatever it names is read as the
 * sender's own, as in a SUBSCRIBE, so nobody can have an answer sent to somebody else.
 */
export function replyTarget(message: Message, template: SimpMessagingTemplate): ReplyTarget | undefined {
  const { session } = message;
  const replyTo = replyToOf(message);
  const place = replyTo === undefined ? undefined : userPlaceOf(replyTo, template);
  if (!session || place === undefined) return undefined;
  const id = message.headers.get(CORRELATION_ID);
  const headers = id === undefined ? NativeHeaders.EMPTY : new NativeHeaders([CORRELATION_ID, id]);
  // By the session's id, not by its user's name: the user's other sessions did not ask.
  return { destination: template.userDestination(session.id, place), headers, session };
}

/** Whether a message asks to be answered at a user destination that the broker serves. @param isServed whether the broker takes a destination */
export function isAnswerable(
  message: Message,
  template: SimpMessagingTemplate,
  isServed: (destination: string) => boolean,
): boolean {
  const replyTo = replyToOf(message);
  const place = replyTo === undefined ? undefined : userPlaceOf(replyTo, template);
  // A broker of dotted names has its destinations without the slash.
  return message.session !== undefined && place !== undefined && (isServed(place) || isServed(place.slice(1)));
}

/**
 * Refuses a request that could not be answered where it asks to be, before anything is done for it.
 * @param isServed whether the broker takes a destination
 * @throws MessageRejectedError `REPLY_TO_REFUSED`
 */
export function requireReplyTarget(
  message: Message,
  template: SimpMessagingTemplate,
  isServed: (destination: string) => boolean,
): void {
  const replyTo = replyToOf(message);
  if (replyTo === undefined || isAnswerable(message, template, isServed)) return;
  throw new MessageRejectedError(
    `reply-to:${replyTo} is no user destination of a session: name one as ${template.userDestinationPrefix}/queue/replies`,
    { code: 'REPLY_TO_REFUSED' },
  );
}

function replyToOf({ type, headers }: Message): string | undefined {
  return type === 'MESSAGE' ? headers.get(REPLY_TO) : undefined;
}

/** The destination behind the user prefix, with its slash. */
function userPlaceOf(destination: string, { userDestinationPrefix }: SimpMessagingTemplate): string | undefined {
  const prefix = userDestinationPrefix.replace(/\/+$/, '');
  if (!destination.startsWith(`${prefix}/`) || destination.length === prefix.length + 1) return undefined;
  const place = destination.slice(prefix.length);
  return place.startsWith('//') ? undefined : place; // the slash that a broker of dotted names goes without is one
}

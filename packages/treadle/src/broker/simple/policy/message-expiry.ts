import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { DestinationPolicy } from './destination-policy.js';

const NEVER = Infinity;

/**
 * When a published message is of no use any more, in milliseconds since 1970; `Infinity` for never. Asked only where a policy matches: without
 * one `expires` is a header like any other.
 */
export function expiresAt({ headers }: Message): number {
  const value = headers.get('expires');
  return value === undefined ? NEVER : Number(value) || NEVER; // `0` is never (JMS: `Message.getJMSExpiration`)
}

/**
 * The `expires` header of a message before it is published, or what its policy gives it; `undefined` when it has neither. It is a moment in
 * milliseconds since 1970, and `0` means never, as ActiveMQ reads it.
 * @param now as `Clock.wallTime`
 * @throws MessageRejectedError `HEADER_MALFORMED`, which concerns the message alone
 */
export function expiresHeader({ headers }: Message, policy: DestinationPolicy, now: number): string | undefined {
  const value = headers.get('expires');
  if (value === undefined) {
    return policy.expiresAfterMs === undefined ? undefined : String(Math.ceil(now + policy.expiresAfterMs));
  }
  if (/^\d{1,16}$/.test(value)) return value;
  const detail = 'the header expires is no moment in milliseconds since 1970';
  throw new MessageRejectedError(detail, { code: 'HEADER_MALFORMED', endsSession: false });
}

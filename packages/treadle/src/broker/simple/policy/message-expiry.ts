import { HeaderError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { DestinationPolicy } from './destination-policy.js';

/**
 * When a published message is of no use any more, in milliseconds since 1970; `Infinity` for never. Asked only where a policy matches: without
 * one `expires` is a header like any other.
 */
export function expiresAt({ headers }: Message): number {
  const value = headers.get('expires');
  return value === undefined ? Infinity : Number(value) || Infinity; // 0 is never (JMS: `Message.getJMSExpiration`)
}

/**
 * The moment that the `expires` header of a SEND names, in milliseconds since 1970; `Infinity` for `0`, which is never, as ActiveMQ reads it.
 * @throws HeaderError which concerns the message alone
 */
export function momentOf(expires: string): number {
  if (/^\d{1,16}$/.test(expires)) return Number(expires) || Infinity;
  throw new HeaderError('expires', 'is no moment in milliseconds since 1970', { endsSession: false });
}

/** The header of a message that has none. @param now as `Clock.wallTime` */
export function expiresHeader(
  { expiresAfterMs = Infinity }: Pick<DestinationPolicy, 'expiresAfterMs'>,
  now: number,
): string {
  return expiresAfterMs === Infinity ? '0' : String(Math.ceil(now + expiresAfterMs));
}

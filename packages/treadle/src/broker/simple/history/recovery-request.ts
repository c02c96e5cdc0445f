import { HeaderError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';

/** Where a subscription wants to go on. */
export interface RecoveryRequest {
  /** The number of the last message that the client has; 0 for none. */
  readonly offset: number;
  /** Of the history it is a number of; `undefined` from a client that has none yet. */
  readonly epoch: string | undefined;
}

/**
 * What the headers `offset` and `epoch` of a SUBSCRIBE ask for; `undefined` without `offset`.
 * @throws HeaderError: it is no number, or says nothing without an epoch
 */
export function recoveryRequestOf({ headers }: Message): RecoveryRequest | undefined {
  const value = headers.get('offset');
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw new HeaderError('offset', 'is no whole number');
  const offset = Number(value);
  const epoch = headers.get('epoch');
  if (offset === 0 || epoch !== undefined) return { offset, epoch };
  throw new HeaderError('offset', 'says nothing without the epoch it belongs to');
}

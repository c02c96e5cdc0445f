import { type Frame, headerValue } from '@treadle/stomp';
import { MessageRejectedError } from '../foundation/errors.js';

/**
 * Refuses a frame that names a transaction; BEGIN, COMMIT and ABORT always do.
 * @throws MessageRejectedError `TRANSACTIONS_UNSUPPORTED`
 */
export function refuseTransaction({ command, headers }: Frame): void {
  if (headerValue(headers, 'transaction') === undefined) return;
  throw new MessageRejectedError(`${command} named a transaction`, { code: 'TRANSACTIONS_UNSUPPORTED' });
}

import { isError, shorten, textOf } from '../../../foundation/error-text.js';
import { MessageRejectedError } from '../../../foundation/errors.js';

/** Of what a broker says in an ERROR frame, as much as a line of a log is worth. */
const MOST_CHARACTERS = 500;

/** `BROKER_UNAVAILABLE`: nothing was sent. */
export function brokerUnavailable(detail: string, options?: ErrorOptions): MessageRejectedError {
  return new MessageRejectedError(detail, { ...options, code: 'BROKER_UNAVAILABLE', endsSession: false });
}

/** `BROKER_REFUSED`: nothing of it happened. */
export function brokerRefused(detail: string, options?: ErrorOptions): MessageRejectedError {
  return new MessageRejectedError(detail, { ...options, code: 'BROKER_REFUSED', endsSession: false });
}

/** `OUTCOME_UNKNOWN`: it was sent, and not answered. */
export function outcomeUnknown(detail: string, options?: ErrorOptions): MessageRejectedError {
  return new MessageRejectedError(detail, { ...options, code: 'OUTCOME_UNKNOWN', endsSession: false });
}

/** Why a connection failed. Those to a name with several addresses fail with an error of errors, which has no text of its own. */
export function reasonOf(error: unknown): string {
  if (!isError(error) || !('errors' in error) || !Array.isArray(error.errors)) return textOf(error);
  return [...new Set(error.errors.map(textOf))].join(', ');
}

/** What an ERROR frame says, on one line. ActiveMQ says some sentences in both its header and its body. */
export function errorLine(message: string, body: string): string {
  const said = body.includes(message) ? body : `${message}: ${body}`;
  const lines = said.split(/[\r\n]+/).map((line) => line.trim());
  return shorten(lines.filter((line) => line !== '').join(' '), MOST_CHARACTERS);
}

/** Whether an error has this code. */
export function hasCode(error: unknown, code: MessageRejectedError['code']): boolean {
  return isError(error) && error instanceof MessageRejectedError && error.code === code;
}

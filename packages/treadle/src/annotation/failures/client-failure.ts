import { ApplicationError } from '../../foundation/application-error.js';
import { textOf } from '../../foundation/error-text.js';
import {
  ArgumentError,
  type ErrorCode,
  ERRORS,
  HeaderError,
  PayloadValidationError,
  TreadleError,
  type ValidationIssue,
} from '../../foundation/errors.js';

/** Header of an answer at `reply-to`: tells who asked that this is no result but a failure; as in ERROR frames. */
export const CODE_HEADER = 'code';

/** What a client may learn of a failed message. */
export interface ClientFailure {
  /** Of the framework's table, or of an `ApplicationError`. */
  readonly code: string;
  readonly message: string;
  readonly issues?: readonly ValidationIssue[];
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Codes a client may learn from a message of its own; every other failure is `HANDLER_FAILED` to it. */
const MESSAGE_MISTAKES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'MESSAGE_REJECTED',
  'DESTINATION_UNKNOWN',
  'DESTINATION_MALFORMED',
  'PAYLOAD_UNREADABLE',
  'PAYLOAD_MISSING',
  'PAYLOAD_INVALID',
  'PAYLOAD_UNWRITABLE',
  'ARGUMENT_MISSING',
  'ARGUMENT_INVALID',
  'ACCESS_DENIED',
  'REPLY_TO_REFUSED',
  'STREAM_LIMIT_EXCEEDED',
  'STREAM_OVERFLOW',
  'HANDLER_TIME_EXCEEDED',
  'QUEUE_FULL',
  'DESTINATION_MESSAGE_TOO_LARGE',
  'DESTINATION_RATE_EXCEEDED',
  'SUBSCRIBER_LIMIT_EXCEEDED',
  'SUBSCRIPTION_LIMIT_EXCEEDED',
  'HEADER_MALFORMED',
  'SERVER_BUSY',
  'UNSUPPORTED_BY_BROKER',
  'BROKER_REFUSED',
  'BROKER_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
]);

/** Code and sentence of an error for the client, with what else it may know; anything internal becomes `HANDLER_FAILED`. */
export function describeForClient(error: Error): ClientFailure {
  if (error instanceof ApplicationError) {
    const { code, details } = error;
    const message = textOf(error);
    return details ? { code, message, details } : { code, message };
  }
  const code = tableCodeOf(error);
  const failure = { code, message: ERRORS[code] };
  const hasIssues = error instanceof PayloadValidationError || error instanceof HeaderError;
  if (hasIssues) return { ...failure, issues: error.issues };
  return error instanceof ArgumentError && error.issues.length > 0 ? { ...failure, issues: error.issues } : failure;
}

/** The code in the framework's table that a client may learn; `MESSAGE_REJECTED` for an `ApplicationError`. */
export function tableCodeOf(error: Error): ErrorCode {
  if (error instanceof ApplicationError) return 'MESSAGE_REJECTED';
  return error instanceof TreadleError && MESSAGE_MISTAKES.has(error.code) ? error.code : 'HANDLER_FAILED';
}

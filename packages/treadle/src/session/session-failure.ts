import { randomUUID } from 'node:crypto';
import { StompProtocolError } from '@treadle/stomp';
import { ERRORS, MessageHandlingError, TreadleError } from '../foundation/errors.js';
import { CLOSE_CODES, type CloseCode } from '../transport/connection.js';

/** Why a session ends, in the words a client may read. */
export interface SessionFailure {
  readonly code: string;
  readonly sentence: string;
  readonly correlationId: string;
  readonly closeCode: CloseCode;
  /** True when the cause is ours, not the client's. */
  readonly isInternal: boolean;
}

const TOO_BIG: ReadonlySet<string> = new Set(['STOMP_BODY_TOO_LARGE', 'MESSAGE_TOO_LARGE']);
const LATER: ReadonlySet<string> = new Set(['SESSION_LIMIT_EXCEEDED', 'SERVER_STOPPING']);

/** Translates an error; what is not in the tables of codes becomes `INTERNAL_ERROR`. */
export function describeFailure(error: unknown): SessionFailure {
  if (error instanceof StompProtocolError) return failure(error.code, error.clientMessage);
  if (error instanceof MessageHandlingError) return failure(error.code, error.publicMessage, error.correlationId);
  if (error instanceof TreadleError) return failure(error.code, error.publicMessage);
  return {
    ...failure('INTERNAL_ERROR', ERRORS.INTERNAL_ERROR),
    closeCode: CLOSE_CODES.internalError,
    isInternal: true,
  };
}

function failure(code: string, sentence: string, correlationId: string = randomUUID()): SessionFailure {
  return { code, sentence, correlationId, closeCode: closeCodeOf(code), isInternal: false };
}

function closeCodeOf(code: string): CloseCode {
  if (TOO_BIG.has(code)) return CLOSE_CODES.messageTooBig;
  return LATER.has(code) ? CLOSE_CODES.tryAgainLater : CLOSE_CODES.protocolError;
}

import { randomUUID } from 'node:crypto';
import { StompProtocolError } from '@treadle/stomp';
import { ApplicationError } from '../foundation/application-error.js';
import { diagnostics } from '../foundation/diagnostics.js';
import { textOf } from '../foundation/error-text.js';
import {
  type ErrorCode,
  ERRORS,
  MessageHandlingError,
  MessageRejectedError,
  TreadleError,
} from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { EndReason } from '../messaging/session-control.js';
import { CLOSE_CODES, type CloseCode, type ConnectionFault } from '../transport/connection.js';

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
const TOO_MUCH: ReadonlySet<string> = new Set(['FRAME_RATE_EXCEEDED', 'OCTET_RATE_EXCEEDED']);
const LATER: ReadonlySet<string> = new Set([
  'SESSION_LIMIT_EXCEEDED',
  'SERVER_STOPPING',
  'BROKER_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
]);

/** Tells operators why a session ends: in the log and on the diagnostics channel, under the correlation id the client gets. */
export function reportFailure(error: Error, sessionId: string, logger: Logger): SessionFailure {
  const failure = describeFailure(error);
  const { code, correlationId } = failure;
  const facts = { code, correlationId, sessionId };
  // What a client got wrong needs no stack of ours, and is no outage.
  if (failure.isInternal) logger.error('a session failed', { ...facts, error });
  else logger.info('a session was ended', { ...facts, reason: textOf(error) });
  if (diagnostics.sessionFailed.hasSubscribers) diagnostics.sessionFailed.publish({ ...facts, error });
  return failure;
}

/** Translates an error; what is not in the tables of codes becomes `INTERNAL_ERROR`. */
function describeFailure(error: unknown): SessionFailure {
  if (error instanceof StompProtocolError) return peerFailure(error.code, error.clientMessage);
  if (error instanceof MessageHandlingError) {
    return peerFailure(error.publicCode, error.publicMessage, error.correlationId);
  }
  if (error instanceof ApplicationError) return peerFailure(error.code, error.message);
  if (error instanceof TreadleError) return peerFailure(error.code, error.publicMessage);
  return {
    ...peerFailure('INTERNAL_ERROR', ERRORS.INTERNAL_ERROR),
    closeCode: CLOSE_CODES.internalError,
    isInternal: true,
  };
}

function peerFailure(code: string, sentence: string, correlationId: string = randomUUID()): SessionFailure {
  return { code, sentence, correlationId, closeCode: closeCodeOf(code), isInternal: false };
}

function closeCodeOf(code: string): CloseCode {
  if (code === 'SLOW_CONSUMER') return CLOSE_CODES.sessionNotReliable;
  if (TOO_BIG.has(code)) return CLOSE_CODES.messageTooBig;
  if (TOO_MUCH.has(code)) return CLOSE_CODES.policyViolation;
  return LATER.has(code) ? CLOSE_CODES.tryAgainLater : CLOSE_CODES.protocolError;
}

/** As what a session fails that the server ends. */
export function disconnectionFor(reason: EndReason): Error {
  if (reason instanceof ApplicationError) return reason;
  return new MessageRejectedError(reason, { code: 'DISCONNECTED_BY_SERVER' });
}

/** As what it fails for a fault of its connection. */
export const FAULTS: Readonly<Record<ConnectionFault, { readonly code: ErrorCode; readonly detail: string }>> = {
  'too big': { code: 'MESSAGE_TOO_LARGE', detail: 'a WebSocket message is too large' },
  'not UTF-8': { code: 'MESSAGE_NOT_UTF8', detail: 'a text message is not UTF-8' },
  malformed: { code: 'MESSAGE_MALFORMED', detail: 'the octets are not WebSocket frames' },
};

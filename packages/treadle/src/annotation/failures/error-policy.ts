import { randomUUID } from 'node:crypto';
import { type Awaitable, whenSettled } from '../../foundation/awaitable.js';
import { diagnostics } from '../../foundation/diagnostics.js';
import { asError, textOf } from '../../foundation/error-text.js';
import {
  type ErrorCode,
  ERRORS,
  MessageHandlingError,
  PayloadValidationError,
  TreadleError,
} from '../../foundation/errors.js';
import type { Logger } from '../../foundation/logger.js';
import type { Message } from '../../messaging/message.js';
import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import { NativeHeaders } from '../../messaging/native-headers.js';

/** What clients read at their error destination, as JSON. */
export interface ErrorNotice {
  readonly code: ErrorCode;
  /** The fixed sentence of the code. */
  readonly message: string;
  /** Names this failure in the server's log. */
  readonly correlationId: string;
  /** Of the message that failed. */
  readonly destination: string | undefined;
  /** With `PAYLOAD_INVALID`: what is wrong with the payload. */
  readonly issues?: PayloadValidationError['issues'];
}

/** What failed. */
export interface Failure {
  readonly message: Message;
  /** `Class.method`, when one was found. */
  readonly handler: string | undefined;
  /** The error an exception handler was busy with when it failed itself. */
  readonly whileHandling?: Error;
}

/** What the policy tells with. */
export interface ErrorPolicyOptions {
  readonly template: SimpMessagingTemplate;
  readonly logger: Logger;
}

/** Where a session is told, below its user destinations. */
const USER_ERROR_DESTINATION = '/queue/errors';

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
]);

/** What happens to a failure that nobody in the application handled: nothing fails silently, and nothing internal gets out. */
export class ErrorPolicy {
  readonly #template: SimpMessagingTemplate;
  readonly #logger: Logger;

  constructor({ template, logger }: ErrorPolicyOptions) {
    this.#template = template;
    this.#logger = logger;
  }

  /**
   * Logs the failure, publishes it on the diagnostics channel and tells the session at its error destination, under one correlation id;
   * then fails with it, so that a receipt is answered with ERROR. What happened in between is logged, never thrown.
   * @throws MessageHandlingError always, at once or as rejection
   */
  apply(thrown: unknown, failure: Failure): Awaitable<void> {
    const error = asError(thrown);
    // Told already, when a handler sent a message that failed by this policy itself.
    if (error instanceof MessageHandlingError) throw error;
    const code = codeOf(error);
    const correlationId = randomUUID();
    this.#record(code, correlationId, error, failure);
    const detail = failure.handler === undefined ? textOf(error) : `${failure.handler}: ${textOf(error)}`;
    const told = new MessageHandlingError(code, correlationId, detail, { cause: error });
    return whenSettled(
      () => this.#tellSession(failure.message, noticeOf(code, correlationId, failure.message, error)),
      (problem) => {
        if (problem !== undefined) {
          this.#logger.warn('a session could not be told of a failure', { correlationId, error: problem });
        }
        throw told;
      },
    );
  }

  #record(code: ErrorCode, correlationId: string, error: Error, failure: Failure): void {
    const { handler, whileHandling } = failure;
    const { destination, sessionId } = failure.message;
    const facts = { code, correlationId, destination, sessionId, ...(handler !== undefined && { handler }) };
    // What a client got wrong must not look like an outage: a warning, without our stack.
    if (code === 'HANDLER_FAILED') {
      this.#logger.error('a message could not be handled', {
        ...facts,
        error,
        ...(whileHandling && { whileHandling }),
      });
    } else {
      this.#logger.warn('a message was refused', { ...facts, reason: textOf(error) });
    }
    if (diagnostics.handlerFailed.hasSubscribers) diagnostics.handlerFailed.publish({ ...facts, handler, error });
  }

  #tellSession({ session, user }: Message, notice: ErrorNotice): Awaitable<void> {
    if (!session) return;
    const destination = this.#template.userDestination(user?.name ?? session.id, USER_ERROR_DESTINATION);
    return this.#template.publish(destination, notice, NativeHeaders.EMPTY, { session });
  }
}

function noticeOf(code: ErrorCode, correlationId: string, { destination }: Message, error: Error): ErrorNotice {
  const notice = { code, message: ERRORS[code], correlationId, destination };
  return error instanceof PayloadValidationError ? { ...notice, issues: error.issues } : notice;
}

function codeOf(error: Error): ErrorCode {
  return error instanceof TreadleError && MESSAGE_MISTAKES.has(error.code) ? error.code : 'HANDLER_FAILED';
}

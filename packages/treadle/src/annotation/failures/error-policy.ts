import { randomUUID } from 'node:crypto';
import { type Awaitable, whenSettled } from '../../foundation/awaitable.js';
import { diagnostics } from '../../foundation/diagnostics.js';
import { asError, textOf } from '../../foundation/error-text.js';
import { type ErrorCode, ERRORS, MessageHandlingError, type ValidationIssue } from '../../foundation/errors.js';
import type { Logger } from '../../foundation/logger.js';
import type { Message } from '../../messaging/message.js';
import type { SessionContext } from '../../messaging/session-context.js';
import type { EndedSubscription } from '../../messaging/session-control.js';
import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import { NativeHeaders } from '../../messaging/native-headers.js';
import { replyTarget } from '../results/request-reply.js';
import { type ClientFailure, CODE_HEADER, describeForClient, tableCodeOf } from './client-failure.js';

/** What clients read at their error destination, as JSON. */
export interface ErrorNotice {
  /** An `ErrorCode`, or that of an `ApplicationError`. */
  readonly code: string;
  /** The fixed sentence of the code, or that of the `ApplicationError`. */
  readonly message: string;
  /** Names this failure in the server's log. */
  readonly correlationId: string;
  /** Of the message that failed. */
  readonly destination: string | undefined;
  /** With `PAYLOAD_INVALID`: what is wrong with the payload. */
  readonly issues?: readonly ValidationIssue[];
  /** Of an `ApplicationError` that has some. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Where the server ended a subscription: its id. */
  readonly subscription?: string;
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

/** Details are facts for a program; what is longer is a payload, and would fill the buffers of clients that make mistakes. */
const MOST_DETAILS_OCTETS = 8 * 1024;

/**
 * Failures of ours, where those of the client must not look like an outage; `STREAM_OVERFLOW` is none of them, as a client brings it about by
 * reading slowly.
 */
const OUR_FAILURES: ReadonlySet<string> = new Set(['HANDLER_FAILED', 'HANDLER_TIME_EXCEEDED']);

const UNSUBSCRIBED: ClientFailure = { code: 'UNSUBSCRIBED_BY_SERVER', message: ERRORS.UNSUBSCRIBED_BY_SERVER };

/** What happens to a failure that nobody in the application handled: nothing fails silently, and nothing internal gets out. */
export class ErrorPolicy {
  readonly #template: SimpMessagingTemplate;
  readonly #logger: Logger;
  readonly #refusedByCode = new Map<string, number>();

  constructor({ template, logger }: ErrorPolicyOptions) {
    this.#template = template;
    this.#logger = logger;
  }

  /** How many failures were told, by their code. */
  get refusedByCode(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refusedByCode);
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
    const correlationId = randomUUID();
    const forClient = this.#sendable(describeForClient(error), correlationId);
    this.#record(forClient.code, correlationId, error, failure);
    const detail = failure.handler === undefined ? textOf(error) : `${failure.handler}: ${textOf(error)}`;
    const told = new MessageHandlingError(tableCodeOf(error), correlationId, detail, { cause: error, told: forClient });
    return whenSettled(
      () => this.#tellSession(failure.message, noticeOf(forClient, correlationId, failure.message)),
      (problem) => {
        if (problem !== undefined) {
          this.#logger.warn('a session could not be told of a failure', { correlationId, error: problem });
        }
        throw told;
      },
    );
  }

  /** Logs that the server ended a subscription, and tells its session at its error destination. Never fails. */
  tellUnsubscribed(
    session: SessionContext,
    { subscriptionId, destination, reason }: EndedSubscription,
  ): Awaitable<void> {
    const correlationId = randomUUID();
    const told = typeof reason === 'string' ? UNSUBSCRIBED : this.#sendable(describeForClient(reason), correlationId);
    const facts = { code: told.code, correlationId, sessionId: session.id, subscriptionId, destination };
    this.#logger.info('a subscription was ended', { ...facts, reason: textOf(reason) });
    return this.#tellOrLog(session, { ...told, correlationId, destination, subscription: subscriptionId });
  }

  /** Logs what happened to a session without a frame of its own, and tells it at its error destination. Never fails. @param detail for the log */
  tell(session: SessionContext, code: ErrorCode, detail: string): Awaitable<void> {
    const correlationId = randomUUID();
    this.#logger.debug('a session is told what happened', { code, correlationId, sessionId: session.id, detail });
    return this.#tellOrLog(session, { code, message: ERRORS[code], correlationId, destination: undefined });
  }

  #tellOrLog(session: SessionContext, notice: ErrorNotice): Awaitable<void> {
    const { correlationId } = notice;
    return whenSettled(
      () => this.#tellAtErrorDestination(session, notice),
      (error) => {
        if (error !== undefined) this.#logger.warn('a session could not be told', { correlationId, error });
      },
    );
  }

  /** Without details that cannot be written, or are too long: who asked learns the rest all the same. */
  #sendable(failure: ClientFailure, correlationId: string): ClientFailure {
    const { details, ...others } = failure;
    if (details === undefined) return failure;
    let problem: unknown = `they are longer than ${MOST_DETAILS_OCTETS} octets`;
    try {
      if (this.#template.octetsOf(details) <= MOST_DETAILS_OCTETS) return failure;
    } catch (error) {
      problem = asError(error);
    }
    const { code } = failure;
    this.#logger.warn('the details of an ApplicationError are left out', { code, correlationId, error: problem });
    return others;
  }

  #record(code: string, correlationId: string, error: Error, failure: Failure): void {
    this.#refusedByCode.set(code, (this.#refusedByCode.get(code) ?? 0) + 1);
    const { handler, whileHandling } = failure;
    const { destination, sessionId } = failure.message;
    const facts = { code, correlationId, destination, sessionId, ...(handler !== undefined && { handler }) };
    // What a client got wrong is a warning, without our stack.
    if (OUR_FAILURES.has(code)) {
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

  /** Where the request wants its answer, else at the error destination; there too when the answer cannot get where it is wanted. */
  #tellSession(message: Message, notice: ErrorNotice): Awaitable<void> {
    const target = replyTarget(message, this.#template);
    if (!target) return this.#tellAtErrorDestination(message.session, notice);
    const headers = new NativeHeaders([...target.headers.list, CODE_HEADER, notice.code]);
    return whenSettled(
      () => this.#template.publish(target.destination, notice, headers, { session: target.session }),
      (problem) => (problem === undefined ? undefined : this.#tellAtErrorDestination(message.session, notice)),
    );
  }

  #tellAtErrorDestination(session: SessionContext | undefined, notice: ErrorNotice): Awaitable<void> {
    if (!session) return;
    const destination = this.#template.sessionUserDestination(session, USER_ERROR_DESTINATION);
    return this.#template.publish(destination, notice, NativeHeaders.EMPTY, { session });
  }
}

function noticeOf(failure: ClientFailure, correlationId: string, { destination }: Message): ErrorNotice {
  const { code, message, ...further } = failure;
  return { code, message, correlationId, destination, ...further };
}

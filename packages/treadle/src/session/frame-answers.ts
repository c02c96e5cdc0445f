import { type Frame, headerValue } from '@treadle/stomp';
import { type Awaitable, whenSettled } from '../foundation/awaitable.js';
import { asError } from '../foundation/error-text.js';
import { MessageHandlingError } from '../foundation/errors.js';
import type { SessionContext } from '../messaging/session-context.js';
import type { SubscriptionTicket } from '../messaging/subscription-ticket.js';
import type { CloseCode } from '../transport/connection.js';
import { messageRefusedAlone } from './refused-message.js';
import type { SessionEnvironment } from './session-environment.js';
import { reportFailure, type SessionFailure } from './session-failure.js';
import type { SessionOutput } from './session-output.js';
import { type SessionSubscriptions, subscriptionIdOf } from './session-subscriptions.js';

/** What a session answers with. */
export interface FrameAnswersParts {
  readonly session: SessionContext;
  readonly environment: Pick<SessionEnvironment, 'counters' | 'logger' | 'tellRefusal'>;
  readonly output: SessionOutput;
  readonly subscriptions: SessionSubscriptions;
  /** Ends the subscription of a SUBSCRIBE frame that failed. */
  readonly takeBack: (frame: Frame) => void;
  readonly hasEnded: () => boolean;
  /** Ends the session; its ERROR frame is written. */
  readonly close: (closeCode: CloseCode, reason: string) => void;
}

/** What a client is told of its frames: RECEIPT when one took effect and asked for it, ERROR when the session cannot go on behind it. */
export class FrameAnswers {
  readonly #parts: FrameAnswersParts;
  /** What the ERROR frame told: there is one, as the connection closes behind it (STOMP 1.2 § ERROR). */
  #told: SessionFailure | undefined;

  constructor(parts: FrameAnswersParts) {
    this.#parts = parts;
  }

  /** RECEIPT, if the frame asked for one; true when it did. What waits for the answer to a SUBSCRIBE goes on behind it. */
  receipt(frame: Frame): boolean {
    const hasAsked = this.#writeReceipt(frame);
    if (frame.command === 'SUBSCRIBE') this.#ticketOf(frame)?.answered();
    return hasAsked;
  }

  #writeReceipt(frame: Frame): boolean {
    const receipt = headerValue(frame.headers, 'receipt');
    // `receipt` on CONNECT is not for us to answer: CONNECTED is (STOMP 1.2 § Standard Headers).
    if (receipt === undefined || frame.command === 'CONNECT' || frame.command === 'STOMP') return false;
    // What those who made the subscription had to say about it.
    const further = frame.command === 'SUBSCRIBE' ? this.#ticketOf(frame)?.receiptHeaders : undefined;
    this.#parts.output.receipt(receipt, further);
    return true;
  }

  #ticketOf(subscribe: Frame): SubscriptionTicket | undefined {
    return this.#parts.subscriptions.get(subscriptionIdOf(subscribe))?.ticket;
  }

  /** Tells of a failure, if there is anybody left to be told; ends the session where that is the answer. */
  fail(thrown: unknown, frame: Frame | undefined): void {
    const { session, environment, takeBack, hasEnded } = this.#parts;
    const error = asError(thrown);
    if (frame?.command === 'DISCONNECT') return this.#close(error, frame); // the session has ended with it
    if (hasEnded()) return;
    const refused = frame && messageRefusedAlone(error, frame, session);
    const hasFailedAlone = refused !== undefined || error instanceof MessageHandlingError;
    if (hasFailedAlone && frame?.command === 'SUBSCRIBE') takeBack(frame);
    if (!refused) return this.#endWith(error, frame);
    // Then it has failed as messages fail in a handler.
    const tell = (): Awaitable<void> => environment.tellRefusal(error, refused);
    void whenSettled(tell, (told) => this.#endWith(asError(told), frame));
  }

  /** Writes the ERROR frame. Once. @param frame what it is about, if it is about a frame */
  error(error: Error, frame?: Frame): SessionFailure {
    const failure = this.report(error);
    this.#parts.output.error(failure, frame);
    this.#told = failure;
    return failure;
  }

  /** Tells operators alone: this client cannot be told any more. */
  report(error: Error): SessionFailure {
    const { session, environment } = this.#parts;
    const failure = reportFailure(error, session.id, environment.logger);
    environment.counters.ended(failure.code);
    return failure;
  }

  /** Ends the session with ERROR, unless application code failed: that was answered by the error policy, and only a receipt is still owed. */
  #endWith(error: Error, frame: Frame | undefined): void {
    if (this.#parts.hasEnded()) return;
    const owesReceipt = frame !== undefined && headerValue(frame.headers, 'receipt') !== undefined;
    if (error instanceof MessageHandlingError && !owesReceipt) return;
    this.#close(error, frame);
  }

  #close(error: Error, frame: Frame | undefined): void {
    const { code, closeCode } = this.#told ? this.#failedToo(this.#told, error) : this.error(error, frame);
    this.#parts.close(closeCode, code);
  }

  /** A frame that came before what the client was told of, and failed behind it: only operators can learn of that. */
  #failedToo(told: SessionFailure, error: Error): SessionFailure {
    const { session, environment } = this.#parts;
    reportFailure(error, session.id, environment.logger);
    return told;
  }
}

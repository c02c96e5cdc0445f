import {
  ControllerAdvice,
  Header,
  MessageExceptionHandler,
  MessageRejectedError,
  PayloadValidationError,
  SendToUser,
} from 'treadle';
import { ChatError } from '../chat-error.js';

/** Tells the sender's window that a message was not taken, and why. */
export interface Refusal {
  /** The `receipt` header of the refused message, which our page sets to the message's id. */
  readonly receipt: string | undefined;
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
}

/** What passes: the broker was away, or did not answer. */
const PASSING: ReadonlySet<string> = new Set(['BROKER_UNAVAILABLE', 'OUTCOME_UNKNOWN']);

/**
 * What a person can do wrong is answered to `/user/queue/refusals`, whichever controller found it, and their session goes on. Whatever else
 * a handler throws is a fault of ours: without an exception handler Treadle logs it, tells the client a code and a correlation id on
 * `/user/queue/errors`, and answers a wanted receipt with ERROR.
 */
@ControllerAdvice()
export class RefusalAdvice {
  @MessageExceptionHandler(ChatError, PayloadValidationError)
  @SendToUser({ destinations: ['/queue/refusals'], broadcast: false })
  refuse(
    error: Error, // one of the two above; the compiler emits a parameter's type only when it is one class
    @Header('receipt', String, { required: false }) receipt: string | undefined,
  ): Refusal {
    if (error instanceof ChatError) return { receipt, code: error.code, message: error.message };
    const issues = error instanceof PayloadValidationError ? error.issues : [];
    return { receipt, code: 'PAYLOAD_INVALID', message: issues.map(({ message }) => message).join(' ') };
  }

  /** The message is stored, but perhaps nobody got it. The page sends it again after a while: it is stored once and delivered then. */
  @MessageExceptionHandler(MessageRejectedError)
  @SendToUser({ destinations: ['/queue/refusals'], broadcast: false })
  putOff(
    error: MessageRejectedError,
    @Header('receipt', String, { required: false }) receipt: string | undefined,
  ): Refusal {
    if (!PASSING.has(error.code)) throw error;
    return { receipt, code: error.code, message: error.publicMessage };
  }
}

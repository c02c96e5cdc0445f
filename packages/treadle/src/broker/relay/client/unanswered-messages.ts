import { isError, textOf } from '../../../foundation/error-text.js';
import { type ErrorCode, TreadleError } from '../../../foundation/errors.js';

/**
 * Tells a client of messages that failed behind its back: it asked for no receipt, so they settled when they were written. One connection that is lost may cost
 * hundreds of them at once: those of one kind are told together.
 */
export class UnansweredMessages {
  readonly #tell: (code: ErrorCode, detail: string) => void;
  readonly #untold = new Map<ErrorCode, { count: number; readonly first: string }>();

  constructor(tell: (code: ErrorCode, detail: string) => void) {
    this.#tell = tell;
  }

  /** A message failed. @param destination as the client wrote it */
  failed(error: unknown, destination: string): void {
    const code = isError(error) && error instanceof TreadleError ? error.code : 'DELIVERY_FAILED';
    const untold = this.#untold.get(code);
    if (untold) {
      untold.count += 1;
      return;
    }
    if (this.#untold.size === 0) setImmediate(() => this.#tellAll());
    this.#untold.set(code, { count: 1, first: `to ${destination}: ${textOf(error)}` });
  }

  #tellAll(): void {
    const untold = [...this.#untold];
    this.#untold.clear();
    for (const [code, { count, first }] of untold) {
      this.#tell(code, count === 1 ? `a message ${first}` : `${count} messages, one ${first}`);
    }
  }
}

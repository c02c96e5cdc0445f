import { BODY_LENGTH, numberedBody } from './client-frames.js';

const EVERY = 997;

/** What a MESSAGE frame must say, known to the one who waits for it. */
export interface ExpectedMessage {
  readonly subscription: string;
  readonly destination: string;
  /** Number of the body, see `numberedBody`: a wrong one means a message lost, doubled or out of order. */
  readonly sequence: number;
  /** Of the body, in octets; default 128. */
  readonly bodyLength?: number;
}

/** Looks closely at the first and then at every 997th message, at none of the others, so that checking stays cheap. */
export class Sampler {
  #checked = 0;
  // The very first message is due at once.
  #seen = EVERY - 1;

  /** Whether a message is due and has not come whole yet: the next one must be kept, if messages come in pieces. */
  get isWaiting(): boolean {
    return this.#seen >= EVERY;
  }

  /** Whether this message's turn has come; a message in pieces passes it on to the next. */
  isDue(octets: Buffer | undefined): octets is Buffer {
    this.#seen += 1;
    if (octets === undefined || this.#seen < EVERY) {
      return false;
    }
    this.#seen = 0;
    return true;
  }

  /** @throws Error when the frame is not the expected MESSAGE. */
  check(frame: string, expected: ExpectedMessage): void {
    this.#checked += 1;
    const headEnd = frame.indexOf('\n\n');
    const [command, ...headers] = frame.slice(0, headEnd).split('\n');
    // Line ends may follow a frame (STOMP 1.2 § STOMP Frames), and do so from RabbitMQ.
    const body = frame.slice(headEnd + 2).trimEnd();
    const isRight =
      command === 'MESSAGE' &&
      headers.includes(`subscription:${expected.subscription}`) &&
      headers.includes(`destination:${expected.destination}`) &&
      headers.some((header) => header.startsWith('message-id:')) &&
      body === `${numberedBody(expected.sequence, expected.bodyLength ?? BODY_LENGTH)}\0`;
    if (!isRight) {
      throw new Error(
        `wrong message, expected ${JSON.stringify(expected)}, got ${JSON.stringify(frame.slice(0, 1_000))}`,
      );
    }
  }

  /** @throws Error when no message was ever looked at: a run that checked nothing proves nothing. */
  assertChecked(): void {
    if (this.#checked === 0) {
      throw new Error('not one message could be checked');
    }
  }
}

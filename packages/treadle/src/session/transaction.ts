import type { Frame } from '@treadle/stomp';
import { type Awaitable, isPromise } from '../foundation/awaitable.js';
import { ownOctets } from '../foundation/own-octets.js';
import type { AcknowledgementTransaction } from '../messaging/acknowledgement.js';
import { NativeHeaders } from '../messaging/native-headers.js';

/** An acknowledgement that waits for the end of its transaction, as its broker enlisted it. */
type EnlistedAcknowledgement = Parameters<AcknowledgementTransaction['enlist']>[0];

/**
 * One transaction between its BEGIN and its end: the SEND frames it holds, and the acknowledgements that count with it (STOMP 1.2 § BEGIN).
 * It ends once, by `commit` or `rollback`; what is enlisted later is rolled back at once.
 */
export class Transaction implements AcknowledgementTransaction {
  readonly id: string;
  readonly #onFailure: (error: unknown) => void;
  readonly #sends: Frame[] = [];
  #acknowledgements: EnlistedAcknowledgement[] = [];
  /** Committed or rolled back. */
  #isOver = false;
  /** Frames it is charged for: those held, and ACK and NACK. */
  frameCount = 0;
  /** Their octets, as `octetsOf` counts. */
  octets = 0;

  /** @param onFailure told of what a broker throws when it must not; the others still take part */
  constructor(id: string, onFailure: (error: unknown) => void) {
    this.id = id;
    this.#onFailure = onFailure;
  }

  /** The held frames, in the order they came. */
  get sends(): readonly Frame[] {
    return this.#sends;
  }

  /** Keeps a SEND until COMMIT. */
  hold(frame: Frame): void {
    this.#sends.push(outOfTransaction(frame));
  }

  enlist(acknowledgement: EnlistedAcknowledgement): void {
    if (this.#isOver) this.#settle(() => acknowledgement.rollback());
    else this.#acknowledgements.push(acknowledgement);
  }

  /** Lets the acknowledgements count, in the order they came. A promise when a broker elsewhere is asked; rejects with the first that it does not take. */
  commit(): Awaitable<void> {
    const answers: Promise<void>[] = [];
    for (const acknowledgement of this.#end()) {
      this.#settle(() => {
        const answer = acknowledgement.commit();
        if (isPromise(answer)) answers.push(answer);
      });
    }
    if (answers.length > 0) return whenAllAreDone(answers);
  }

  /** Drops everything. Does nothing when the transaction is over. */
  rollback(): void {
    for (const acknowledgement of this.#end()) this.#settle(() => acknowledgement.rollback());
  }

  #settle(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#onFailure(error);
    }
  }

  #end(): readonly EnlistedAcknowledgement[] {
    const acknowledgements = this.#acknowledgements;
    this.#isOver = true;
    this.#acknowledgements = [];
    return acknowledgements;
  }
}

/** Waits for all of them, whatever one throws: none may be under way behind the answer. */
async function whenAllAreDone(answers: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(answers);
  await Promise.all(answers);
}

/** Whoever handles it later need not know that it waited: it is a message like any other then. */
function outOfTransaction({ command, headers, body }: Frame): Frame {
  return { command, headers: new NativeHeaders(headers).without('transaction').list, body: ownOctets(body) };
}

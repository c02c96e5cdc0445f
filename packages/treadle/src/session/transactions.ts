import { type Frame, headerValue } from '@treadle/stomp';
import { type ErrorCode, MessageRejectedError } from '../foundation/errors.js';
import { Transaction } from './transaction.js';
import { octetsOf } from './waiting-frames.js';

/** What the open transactions of one session may hold together. */
export interface TransactionLimits {
  /** Open at one time. */
  readonly transactions: number;
  /** SEND, ACK and NACK frames. */
  readonly transactionFrames: number;
  /** Octets of their headers and bodies. */
  readonly transactionOctets: number;
}

/**
 * The transactions of one session. Several may be open and do not mix; an id may be used again when its transaction has ended, and means nothing
 * on another connection. What is open at DISCONNECT, or when the connection is lost, is rolled back (all of it: STOMP 1.2 § BEGIN).
 *
 * Every frame here names its transaction; `validateFrame` has seen to that for BEGIN, COMMIT and ABORT.
 */
export class SessionTransactions {
  readonly #limits: TransactionLimits;
  readonly #onFailure: (error: unknown) => void;
  /** Made for the first one, as few sessions have any. */
  #open: Map<string, Transaction> | undefined;
  #committing: Transaction | undefined;
  #frameCount = 0;
  #octets = 0;

  /** @param onFailure told when a broker could not commit or roll back an acknowledgement, which it must not fail to */
  constructor(limits: TransactionLimits, onFailure: (error: unknown) => void) {
    this.#limits = limits;
    this.#onFailure = onFailure;
  }

  /** Opens the one a BEGIN frame names. @throws MessageRejectedError `TRANSACTION_ID_IN_USE`, `TRANSACTION_LIMIT_EXCEEDED` */
  begin(frame: Frame): void {
    const id = transactionIdOf(frame);
    this.#open ??= new Map();
    if (this.#open.has(id)) throw refusal('TRANSACTION_ID_IN_USE', `the transaction "${id}" is open already`);
    const { transactions } = this.#limits;
    if (this.#open.size >= transactions) throw limitExceeded(`${transactions} open transactions`);
    this.#open.set(id, new Transaction(id, this.#onFailure));
  }

  /** Keeps a SEND frame for its COMMIT. @throws MessageRejectedError `TRANSACTION_UNKNOWN`, `TRANSACTION_LIMIT_EXCEEDED` */
  hold(frame: Frame): void {
    this.join(frame).hold(frame);
  }

  /** The open transaction that a SEND, ACK or NACK frame belongs to, charged for it. @throws MessageRejectedError as `hold` */
  join(frame: Frame): Transaction {
    const transaction = this.#find(frame);
    const octets = octetsOf(frame);
    const { transactionFrames, transactionOctets } = this.#limits;
    if (this.#frameCount >= transactionFrames) throw limitExceeded(`${transactionFrames} frames in transactions`);
    if (this.#octets + octets > transactionOctets) throw limitExceeded(`${transactionOctets} octets in transactions`);
    transaction.frameCount += 1;
    transaction.octets += octets;
    this.#frameCount += 1;
    this.#octets += octets;
    return transaction;
  }

  /**
   * Takes the transaction of a COMMIT frame out: its id may begin anew. Its acknowledgements still end with the session until `commitEnded` is called.
   * @throws MessageRejectedError `TRANSACTION_UNKNOWN`
   */
  takeForCommit(frame: Frame): Transaction {
    this.#committing = this.#take(frame);
    return this.#committing;
  }

  /** The transaction that was taken is over. */
  commitEnded(): void {
    this.#committing = undefined;
  }

  /** Rolls back the transaction of an ABORT frame. @throws MessageRejectedError `TRANSACTION_UNKNOWN` */
  abort(frame: Frame): void {
    this.#take(frame).rollback();
  }

  /** Rolls back all of them: the session is over. Of one that is being committed only the acknowledgements: its messages are on their way. */
  end(): void {
    this.#committing?.rollback();
    for (const transaction of this.#open?.values() ?? []) transaction.rollback();
    this.#open = undefined;
  }

  #take(frame: Frame): Transaction {
    const transaction = this.#find(frame);
    this.#open?.delete(transaction.id);
    this.#frameCount -= transaction.frameCount;
    this.#octets -= transaction.octets;
    return transaction;
  }

  #find(frame: Frame): Transaction {
    const id = transactionIdOf(frame);
    const transaction = this.#open?.get(id);
    if (transaction) return transaction;
    throw refusal('TRANSACTION_UNKNOWN', `${frame.command} names the transaction "${id}", which is not open`);
  }
}

/** Whether a SEND, ACK or NACK frame belongs to a transaction. */
export function isInTransaction({ headers }: Frame): boolean {
  return headerValue(headers, 'transaction') !== undefined;
}

function transactionIdOf({ headers }: Frame): string {
  return headerValue(headers, 'transaction') ?? '';
}

function limitExceeded(limit: string): MessageRejectedError {
  return refusal('TRANSACTION_LIMIT_EXCEEDED', `a session is allowed ${limit}`);
}

function refusal(code: ErrorCode, detail: string): MessageRejectedError {
  return new MessageRejectedError(detail, { code });
}

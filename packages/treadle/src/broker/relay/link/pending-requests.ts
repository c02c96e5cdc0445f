import type { Clock, Timer } from '../../../foundation/clock.js';
import type { LinkFrame } from './broker-link.js';
import { brokerRefused, outcomeUnknown } from './link-errors.js';

/** Brokers answer these in the order they came; a SEND may be confirmed later than what came behind it (RabbitMQ's publisher confirms). */
type OrderedCommand = Exclude<LinkFrame['command'], 'SEND'> | 'DISCONNECT';

/** A frame that the broker has not answered yet. */
interface PendingRequest {
  readonly command: OrderedCommand | 'SEND';
  readonly dueAt: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  /** An ERROR frame that named nobody came while it was pending. */
  isSuspect: boolean;
  /** Its RECEIPT came while in doubt. */
  isAnswered: boolean;
}

/** What the requests of a link need. */
export interface PendingRequestsOptions {
  readonly clock: Clock;
  /** Milliseconds for each answer. */
  readonly timeMs: number;
  /** The answer to a frame is late: the link is of no use any more. */
  readonly onLate: (command: string) => void;
  /** Nothing is pending any more. */
  readonly onIdle: () => void;
  /** True while we do not read: answers cannot arrive, and are not late. */
  readonly isDeaf: () => boolean;
}

/**
 * The frames of one link that wait for their RECEIPT, in the order they were written.
 *
 * RabbitMQ names no `receipt-id` in an ERROR. Whose it is follows from the order. When the connection lives on, the culprit is not answered, and what came behind it
 * is: see `refuseBefore`. When RabbitMQ ends the connection, it sends the RECEIPT of its culprit nevertheless, and then nothing more: so from an ERROR on nothing
 * counts as answered until something behind it was, see `doubt` and `trust`.
 */
export class PendingRequests {
  readonly #options: PendingRequestsOptions;
  readonly #pending = new Map<string, PendingRequest>();
  #written = 0;
  #timer: Timer | undefined;
  /** No answer is late before this, see `grantTime`. */
  #notLateBefore = 0;
  #isInDoubt = false;

  constructor(options: PendingRequestsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Whether one of those is pending that are answered in their order. */
  get hasOrdered(): boolean {
    return this.#firstOrdered() !== undefined;
  }

  /** Takes one more, which is written next. @returns the `receipt` to write with it, and its promise, as of `BrokerLink.request` */
  add(command: PendingRequest['command']): { readonly receipt: string; readonly answered: Promise<void> } {
    this.#written += 1;
    const receipt = `r${this.#written}`;
    const answered = new Promise<void>((resolve, reject) => {
      const dueAt = this.#options.clock.now() + this.#options.timeMs;
      this.#pending.set(receipt, { command, dueAt, resolve, reject, isSuspect: false, isAnswered: false });
    });
    this.#timer ??= this.#startTimer(this.#options.timeMs);
    return { receipt, answered };
  }

  /** A RECEIPT came. */
  answered(receipt: string): void {
    const request = this.#pending.get(receipt);
    if (!request) return;
    if (this.#isInDoubt && request.command !== 'SEND') request.isAnswered = true;
    else this.#settle(receipt, request);
  }

  /** An ERROR with this `receipt-id` came. @returns whether it is one of ours */
  refused(receipt: string, said: string): boolean {
    const request = this.#take(receipt);
    request?.reject(brokerRefused(`the broker refused ${request.command}: ${said}`));
    this.#tellIdle();
    return request !== undefined;
  }

  /** An ERROR that names nobody came: one of those that are pending may never be answered. What is answered in order waits for `trust` from now on. */
  doubt(): void {
    this.#isInDoubt = this.hasOrdered;
    for (const request of this.#pending.values()) request.isSuspect = true;
  }

  /** What was written behind an ERROR's culprit has been answered: what came before and should have been, never will. */
  refuseBefore(receipt: string, said: string): void {
    for (const [id, { command, isAnswered }] of this.#pending) {
      if (id === receipt) return;
      if (command !== 'SEND' && !isAnswered) this.refused(id, said);
    }
  }

  /** The link lives on: what was answered counts. */
  trust(): void {
    this.#isInDoubt = false;
    for (const [receipt, request] of this.#pending) if (request.isAnswered) this.#settle(receipt, request);
  }

  /**
   * The link is over.
   * @param said the broker's last ERROR, if in doubt: the first SUBSCRIBE in the order of answers may be what it was about, and at any rate there is no such subscription
   */
  fail(reason: string, said: string | undefined): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const culprit = this.#firstOrdered();
    if (said !== undefined && culprit?.[1].command === 'SUBSCRIBE') this.refused(culprit[0], said);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { command, reject } of pending) reject(outcomeUnknown(`no answer to ${command}: ${reason}`));
  }

  /** We read again: the broker has the full time anew. */
  grantTime(): void {
    this.#notLateBefore = this.#options.clock.now() + this.#options.timeMs;
  }

  #firstOrdered(): readonly [receipt: string, request: PendingRequest] | undefined {
    for (const entry of this.#pending) if (entry[1].command !== 'SEND') return entry;
    return undefined;
  }

  #settle(receipt: string, request: PendingRequest): void {
    this.#pending.delete(receipt);
    request.resolve();
    this.#tellIdle();
  }

  #take(receipt: string): PendingRequest | undefined {
    const request = this.#pending.get(receipt);
    this.#pending.delete(receipt);
    return request;
  }

  #tellIdle(): void {
    if (this.#pending.size === 0) this.#options.onIdle();
  }

  /** One timer for all: they are due in the order they were written. */
  #startTimer(milliseconds: number): Timer {
    return this.#options.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#giveUpLate();
    }, milliseconds);
  }

  #giveUpLate(): void {
    if (this.#options.isDeaf()) this.grantTime();
    const now = this.#options.clock.now();
    for (const [receipt, request] of this.#pending) {
      if (request.isAnswered) continue;
      const dueAt = Math.max(request.dueAt, this.#notLateBefore);
      if (dueAt > now) {
        this.#timer = this.#startTimer(dueAt - now);
        return;
      }
      if (!request.isSuspect) return this.#options.onLate(request.command);
      this.#take(receipt)?.reject(outcomeUnknown(`the broker said ERROR, and did not answer ${request.command}`));
    }
    this.#tellIdle();
  }
}

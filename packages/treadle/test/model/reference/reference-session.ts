import type { ReferenceMessage } from './reference-message.js';
import type { ReferenceDelivery, ReferenceSubscription } from './reference-subscription.js';

/** What becomes of an acknowledged or rejected delivery. */
export type Verdict = 'ack' | 'requeue' | 'drop';

/** An open transaction. */
export interface ReferenceTransaction {
  readonly sends: ReferenceMessage[];
  readonly acknowledgements: { readonly covered: readonly ReferenceDelivery[]; readonly verdict: Verdict }[];
}

/** A RECEIPT that the server owes, or has sent. */
export interface ExpectedReceipt {
  readonly id: string;
  /** Beside `receipt-id`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where a client can stand. */
export type Slot = 'A' | 'B' | 'C';

/** One session of one client. */
export class ReferenceSession {
  readonly slot: Slot;
  readonly id: string;
  readonly version: '1.0' | '1.1' | '1.2';
  readonly user: string;
  isAlive = true;
  isReading = true;
  readonly subscriptions = new Map<string, ReferenceSubscription>();
  readonly transactions = new Map<string, ReferenceTransaction>();
  readonly receipts: ExpectedReceipt[] = [];
  /** The code of the ERROR that ended it. */
  failedWith: string | undefined;

  constructor(slot: Slot, id: string, version: ReferenceSession['version'], user: string) {
    this.slot = slot;
    this.id = id;
    this.version = version;
    this.user = user;
  }
}

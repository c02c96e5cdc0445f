/** An outbox with messages that wait. */
export interface SharesBudget {
  /**
   * Has one message less, by sending it if its client can take it, or by dropping it; false when neither is possible.
   * @param maySend false where nothing may be published meanwhile, as an interceptor might
   */
  relieve(maySend: boolean): boolean;
}

/** What waits for one session in all its outboxes, and how much that may be. */
export class SessionBudget {
  readonly #mostOctets: number;
  readonly #sharers = new Set<SharesBudget>();
  #messages = 0;
  #octets = 0;

  constructor(mostOctets: number) {
    this.#mostOctets = mostOctets;
  }

  /** Of the payloads and headers of all that waits. */
  get octets(): number {
    return this.#octets;
  }

  /** One message alone may be larger than the limit, as in the buffer of a slow client. */
  get isExceeded(): boolean {
    return this.#messages > 1 && this.#octets > this.#mostOctets;
  }

  /** Half of it is left to what is published now. */
  get hasRoomForOld(): boolean {
    return this.#octets < this.#mostOctets / 2;
  }

  /** A message waits. */
  add(octets: number): void {
    this.#messages += 1;
    this.#octets += octets;
  }

  /** A message waits no more. */
  delete(octets: number): void {
    this.#messages -= 1;
    this.#octets -= octets;
  }

  /** @param sharer has something that waits */
  join(sharer: SharesBudget): void {
    this.#sharers.add(sharer);
  }

  /** @param sharer has nothing any more */
  leave(sharer: SharesBudget): void {
    this.#sharers.delete(sharer);
  }

  /** Relieves one of the outboxes, each in its turn; false when none can be. */
  relieve(maySend: boolean): boolean {
    for (const sharer of this.#sharers) {
      if (!sharer.relieve(maySend)) continue;
      if (this.#sharers.delete(sharer)) this.#sharers.add(sharer); // the next time it is another one's turn
      return true;
    }
    return false;
  }
}

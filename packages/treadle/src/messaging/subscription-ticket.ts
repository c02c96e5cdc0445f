/** Deliveries that wait for one RECEIPT, at most: what answers a SUBSCRIBE may be slow, or never come to its end. */
const MOST_WAITING = 1_000;

/**
 * What a SUBSCRIBE message and the deliveries to its subscription have in common: its identity. A client may use an id again, so an id does not say
 * which of two subscriptions a delayed delivery is for; the ticket does. Whoever makes the subscription may add to the RECEIPT of its SUBSCRIBE, and have
 * deliveries wait for it.
 */
export class SubscriptionTicket {
  #receiptHeaders: string[] | undefined;
  #isAnswered = false;
  #waiting: (() => void)[] | undefined;

  /** Further headers of the RECEIPT, flat; `undefined` for none. */
  get receiptHeaders(): readonly string[] | undefined {
    return this.#receiptHeaders;
  }

  /** Whether the client's SUBSCRIBE has taken effect, and its RECEIPT, if it asked for one, is written. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Adds a header to the RECEIPT, if the client asked for one and it has not been sent yet. */
  answer(name: string, value: string): void {
    this.#receiptHeaders ??= [];
    this.#receiptHeaders.push(name, value);
  }

  /**
   * Delivers behind the RECEIPT, in the order of these calls; at once when it is written already, and never when the SUBSCRIBE is refused. More than 1 000 do not
   * wait: a MESSAGE may come before a RECEIPT (STOMP 1.2 § RECEIPT), and that is better than to keep them without end.
   * @param deliver does not throw
   */
  behindAnswer(deliver: () => void): void {
    if (this.#isAnswered) return deliver();
    this.#waiting ??= [];
    this.#waiting.push(deliver);
    if (this.#waiting.length > MOST_WAITING) this.answered();
  }

  /** Called by the session when it has answered the SUBSCRIBE. */
  answered(): void {
    const waiting = this.#waiting ?? [];
    this.#isAnswered = true;
    this.#waiting = undefined;
    for (const deliver of waiting) deliver();
  }
}

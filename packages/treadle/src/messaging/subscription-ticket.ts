/**
 * What a SUBSCRIBE message and the deliveries to its subscription have in common: its identity. A client may use an id again, so an id does not say
 * which of two subscriptions a delayed delivery is for; the ticket does. Whoever makes the subscription may add to the RECEIPT of its SUBSCRIBE.
 */
export class SubscriptionTicket {
  #receiptHeaders: string[] | undefined;

  /** Further headers of the RECEIPT, flat; `undefined` for none. */
  get receiptHeaders(): readonly string[] | undefined {
    return this.#receiptHeaders;
  }

  /** Adds a header to the RECEIPT, if the client asked for one and it has not been sent yet. */
  answer(name: string, value: string): void {
    this.#receiptHeaders ??= [];
    this.#receiptHeaders.push(name, value);
  }
}

/** As many as could have been sent to by mistake; with more than these the oldest are trusted again. */
const MOST_SUSPECTS = 1000;

/**
 * Destinations of which a message was unanswered when the broker ended a shared connection with an ERROR: what RabbitMQ refuses a SEND with, without saying which one
 * it was (no permission, no such exchange). Messages to them take a connection of their session's own from then on, where they disturb nobody else.
 */
export class SuspectDestinations {
  readonly #destinations = new Set<string>();

  has(destination: string): boolean {
    return this.#destinations.size > 0 && this.#destinations.has(destination);
  }

  add(destination: string): void {
    this.#destinations.delete(destination);
    this.#destinations.add(destination);
    const [oldest = ''] = this.#destinations;
    if (this.#destinations.size > MOST_SUSPECTS) this.#destinations.delete(oldest);
  }
}

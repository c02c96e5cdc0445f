import type { Backlog, BacklogMessage } from '../outbox/backlog.js';
import type { TopicPolicy } from '../policy/destination-policy.js';
import type { RetainedMessages } from './retained-messages.js';

const RETAINED: readonly string[] = ['retained', 'true'];

/** Where the last messages are found. */
export interface RetainedSource {
  readonly retained: RetainedMessages;
  /** Of a destination. */
  findPolicy(destination: string): TopicPolicy | undefined;
}

/**
 * The last messages of some destinations. One that is published after the subscription reaches it like every other message, so it is left out here,
 * be it the last one by then.
 */
export class RetainedBacklog implements Backlog {
  readonly isStrict = false;
  readonly #destinations: Iterator<string>;
  readonly #source: RetainedSource;
  readonly #sequence: number;

  constructor(destinations: readonly string[], source: RetainedSource) {
    this.#destinations = destinations.values();
    this.#source = source;
    this.#sequence = source.retained.sequence;
  }

  covers(): boolean {
    return false;
  }

  next(): BacklogMessage | undefined {
    for (let next = this.#destinations.next(); !next.done; next = this.#destinations.next()) {
      const last = this.#source.retained.get(next.value);
      const policy = this.#source.findPolicy(next.value);
      if (!last || !policy || last.sequence > this.#sequence) continue;
      return { published: last.published, policy, headers: RETAINED };
    }
    return undefined;
  }

  /** A newer one takes its place, which reaches the subscription. */
  onLeaving(): void {}

  end(): void {}
}

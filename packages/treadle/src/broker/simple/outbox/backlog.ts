import type { Message } from '../../../messaging/message.js';
import type { TopicPolicy } from '../policy/destination-policy.js';

/** Messages from before a subscription, which it gets ahead of later ones. They stay where they are until it has room for them. */
export interface Backlog {
  /** Whether all of it comes before every message that is published now; else only before those of the same destination. */
  readonly isStrict: boolean;
  /** True for a message that is published now and will come out of here in its turn. */
  covers(published: Message): boolean;
  /** The next one, or `undefined` at its end. Not asked again after that. */
  next(): BacklogMessage | undefined;
  /** Tells of each message that would be the next one when it leaves its place: it is taken over now or lost. Nothing may be published meanwhile. */
  onLeaving(take: (leaving: BacklogMessage) => void): void;
  /** Nobody wants the rest. */
  end(): void;
}

/** One message of a backlog. */
export interface BacklogMessage {
  readonly published: Message;
  /** Of its destination. */
  readonly policy: TopicPolicy;
  /** Further headers of its MESSAGE frame, flat. */
  readonly headers?: readonly string[];
}

import type { Message } from '../../../messaging/message.js';
import type { TopicPolicy } from '../policy/destination-policy.js';

/** Messages from before a subscription, which it gets ahead of later ones. They stay where they are until it has room for them. */
export interface Backlog {
  /** Whether all of it comes before every message that is published now; else only before those of the same destination. */
  readonly isStrict: boolean;
  /** True for a message that is published now and will come out of here in its turn. */
  covers(published: Message): boolean;
  /** The next one, or how many were gone before they could be taken, or `undefined` at its end. Not asked again after that. */
  next(): BacklogMessage | BacklogGap | undefined;
}

/** One message of a backlog. */
export interface BacklogMessage {
  readonly published: Message;
  /** Of its destination. */
  readonly policy: TopicPolicy;
  /** Further headers of its MESSAGE frame, flat. */
  readonly headers?: readonly string[];
}

/** Messages that were gone before the subscription could take them. */
export interface BacklogGap {
  readonly lost: number;
  readonly policy: TopicPolicy;
}

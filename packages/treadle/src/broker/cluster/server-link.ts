import type { Awaitable } from '../../foundation/awaitable.js';

/** What servers of one application tell each other about: messages to users of other servers, and who is connected where. */
export type BroadcastTopic = 'user-destinations' | 'user-registry';

/** One word of a server to all others. */
export interface Broadcast {
  /** Flat, name and value. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

/** A broadcast, as the others get it. */
export interface ReceivedBroadcast extends Broadcast {
  /** Of the server it comes from. */
  readonly serverId: string;
}

/**
 * How the servers of one application reach each other, over the broker or bus that they share. A broker that several servers can share offers one.
 *
 * **Order.** What one server broadcasts arrives in that order. **Loss.** What is broadcast while the link is down is refused, and a server may miss what others
 * broadcast meanwhile: whoever keeps a state tells it whole when the link is up again. Nobody gets its own broadcasts.
 */
export interface ServerLink {
  /** Of this server: unique among all servers and their restarts. */
  readonly serverId: string;
  /** Whether `topic` reaches the others now. */
  isUp(topic: BroadcastTopic): boolean;
  /** Resolves when the broker has taken it. @throws MessageRejectedError `BROKER_UNAVAILABLE`, `OUTCOME_UNKNOWN` */
  broadcast(topic: BroadcastTopic, broadcast: Broadcast): Awaitable<void>;
  /** Calls back for every broadcast of another server. @returns takes the listener away */
  onBroadcast(topic: BroadcastTopic, listener: (broadcast: ReceivedBroadcast) => void): () => void;
  /** Calls back each time the link begins to work (`true`) or fails (`false`). @returns takes the listener away */
  onChange(listener: (isUp: boolean) => void): () => void;
}

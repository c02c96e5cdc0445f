import type { Awaitable } from '../../foundation/awaitable.js';

/** What servers of one application tell each other about: messages to users of other servers, and who is connected where. */
export type BroadcastTopic = 'user-destinations' | 'user-registry';

/** What another server told all others. */
export interface ReceivedBroadcast {
  /** Of the server it comes from. */
  readonly serverId: string;
  /** As it was sent, octet by octet; may be kept. */
  readonly body: Uint8Array;
}

/**
 * How the servers of one application reach each other, over the broker or bus that they share. A broker that several servers can share offers one.
 *
 * **Order.** What one server broadcasts arrives in that order. **Loss.** What is broadcast while the link is down is refused, at once or after a while, and a server
 * may miss what others broadcast meanwhile: whoever keeps a state tells it whole when the link is up again. Nobody gets its own broadcasts. **Trust.** Only servers of
 * the application can broadcast and listen: what clients may reach has no part in it.
 */
export interface ServerLink {
  /** Of this server: unique among all servers and their restarts. */
  readonly serverId: string;
  /** Whether servers tell each other this at all, as configured; what is not offered is never up. */
  offers(topic: BroadcastTopic): boolean;
  /** Whether `topic` reaches the others now. */
  isUp(topic: BroadcastTopic): boolean;
  /**
   * Resolves when the broker has taken it, which may wait for one that is slow or away for a moment.
   * @throws MessageRejectedError `BROKER_UNAVAILABLE`, `BROKER_REFUSED`, `OUTCOME_UNKNOWN`, none of which ends a session
   */
  broadcast(topic: BroadcastTopic, body: Uint8Array): Awaitable<void>;
  /** Calls back for every broadcast of another server. @returns takes the listener away */
  onBroadcast(topic: BroadcastTopic, listener: (broadcast: ReceivedBroadcast) => void): () => void;
  /** Calls back each time the link begins to work (`true`), for one topic or all, or fails (`false`). @returns takes the listener away */
  onChange(listener: (isUp: boolean) => void): () => void;
}

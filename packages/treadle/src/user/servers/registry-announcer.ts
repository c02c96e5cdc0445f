import type { ServerLink } from '../../broker/cluster/server-link.js';
import type { Clock, Timer } from '../../foundation/clock.js';
import type { Logger } from '../../foundation/logger.js';
import { OccasionalWarning } from '../../foundation/occasional-warning.js';
import type { ConnectedSessions, SessionObserver } from '../connected-sessions.js';
import type { SimpSession, SimpSubscription } from '../simp-user.js';
import { chunked, encodeWord } from './registry-encoding.js';
import { connectedChange, type SessionChange, subscribedChange } from './registry-words.js';

/** What the announcer works with. */
export interface RegistryAnnouncerOptions {
  readonly link: ServerLink;
  readonly connected: ConnectedSessions;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Milliseconds between two snapshots, however many servers ask: after a restart of the broker they all do. */
const SNAPSHOT_PAUSE_MS = 200;

/** Changes that may wait while the broker is slow; more of them are told by a snapshot. */
const MOST_WAITING_CHANGES = 10_000;

/**
 * Tells the other servers about the sessions of this one: what changed in a turn of the event loop, and while the word before was under way, in one word. What
 * could not be told is made good by a snapshot.
 */
export class RegistryAnnouncer implements SessionObserver {
  readonly #options: RegistryAnnouncerOptions;
  readonly #failed: OccasionalWarning;
  /** Of the state that was told last. */
  #seq = 0;
  /** Not told yet, as JSON. */
  #changes: string[] = [];
  /** Whether the state changed by more than `#changes` since it was told. */
  #isBehind = false;
  #isSnapshotDue = false;
  #isAliveDue = false;
  #isSending = false;
  /** A word failed although the link is up: the next try is when it is time to say that we are alive. */
  #isPaused = false;
  /** Counts the occasions to try again. */
  #occasions = 0;
  #isStopped = false;
  #lastSnapshotAt = -Infinity;
  #answeredAt = -Infinity;
  #snapshotTimer: Timer | undefined;

  constructor(options: RegistryAnnouncerOptions) {
    this.#options = options;
    this.#failed = new OccasionalWarning(
      options.logger,
      options.clock,
      'the other servers could not be told of sessions',
    );
  }

  /** When a word was taken last, by `Clock.now`. */
  get answeredAt(): number {
    return this.#answeredAt;
  }

  onConnected(session: SimpSession): void {
    this.#changed(session, connectedChange(session));
  }

  onSubscribed(subscription: SimpSubscription): void {
    this.#changed(subscription.session, subscribedChange(subscription));
  }

  onUnsubscribed({ id, session }: SimpSubscription): void {
    this.#changed(session, { type: 'unsubscribed', id: session.id, subscription: id });
  }

  onDisconnected(session: SimpSession): void {
    this.#changed(session, { type: 'disconnected', id: session.id });
  }

  /** Tells everything, soon. */
  tellAll(): void {
    const { clock } = this.#options;
    const wait = this.#lastSnapshotAt + SNAPSHOT_PAUSE_MS - clock.now();
    if (wait <= 0) return this.#tellAllNow();
    this.#snapshotTimer ??= clock.setTimeout(() => this.#tellAllNow(), wait);
  }

  /** Tells that this server is there; and what it could not tell before. */
  tellAlive(): void {
    this.#tryAgain();
    this.#isAliveDue = true;
    this.#wake();
  }

  /** Tells nothing any more, when what is under way is told. */
  stop(): void {
    this.#isStopped = true;
    this.#snapshotTimer?.cancel();
  }

  #tellAllNow(): void {
    this.#snapshotTimer?.cancel();
    this.#snapshotTimer = undefined;
    this.#tryAgain();
    this.#isSnapshotDue = true;
    this.#wake();
  }

  #tryAgain(): void {
    this.#isPaused = false;
    this.#occasions += 1;
  }

  #changed({ server }: SimpSession, change: SessionChange): void {
    if (server !== undefined) return; // its own server tells that
    if (this.#isBehind || !this.#isUp || this.#changes.length >= MOST_WAITING_CHANGES) {
      this.#changes = [];
      this.#isBehind = true;
      return;
    }
    this.#changes.push(JSON.stringify(change));
    this.#wake();
  }

  get #isUp(): boolean {
    return this.#options.link.isUp('user-registry');
  }

  #wake(): void {
    if (this.#isSending || this.#isPaused || this.#isStopped || !this.#isUp) return;
    this.#isSending = true;
    setImmediate(() => void this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    const occasion = this.#occasions;
    try {
      for (let bodies = this.#take(); bodies.length > 0; bodies = this.#take()) {
        for (const body of bodies) await this.#say(body);
      }
    } catch (error) {
      this.#isPaused = this.#occasions === occasion;
      this.#changes = [];
      this.#isBehind = true;
      this.#failed.tell({ error });
    }
    this.#isSending = false;
    if (this.#occasions !== occasion) this.#wake(); // the link may have come back before the failure was known
  }

  async #say(body: Uint8Array): Promise<void> {
    const { link, clock } = this.#options;
    await link.broadcast('user-registry', body);
    this.#answeredAt = clock.now();
  }

  /** The next words; of a state all at once, as it may change while they are under way. */
  #take(): readonly Uint8Array[] {
    if (this.#isStopped) return [];
    if (this.#isSnapshotDue || (this.#isBehind && !this.#isPaused)) return this.#takeSnapshot();
    if (this.#changes.length > 0) return this.#takeChanges();
    if (!this.#isAliveDue) return [];
    this.#isAliveDue = false;
    return [encodeWord({ kind: 'alive', seq: this.#seq })];
  }

  #takeSnapshot(): readonly Uint8Array[] {
    // Who has heard everything needs nothing of it when nothing else happened: the state keeps its number.
    if (this.#isBehind || this.#changes.length > 0) this.#seq += 1;
    this.#changes = [];
    this.#isBehind = false;
    this.#isSnapshotDue = false;
    this.#lastSnapshotAt = this.#options.clock.now();
    const chunks = chunked(this.#state());
    const seq = this.#seq;
    return chunks.map((chunk, part) =>
      encodeWord({ kind: 'snapshot', seq, part, parts: chunks.length, changes: [] }, chunk),
    );
  }

  #takeChanges(): readonly Uint8Array[] {
    const chunks = chunked(this.#changes);
    this.#changes = [];
    return chunks.map((chunk) => {
      this.#seq += 1;
      return encodeWord({ kind: 'changes', seq: this.#seq, changes: [] }, chunk);
    });
  }

  *#state(): Iterable<string> {
    for (const session of this.#options.connected.sessions.values()) {
      if (session.server !== undefined) continue;
      yield JSON.stringify(connectedChange(session));
      for (const subscription of session.subscriptions) yield JSON.stringify(subscribedChange(subscription));
    }
  }
}

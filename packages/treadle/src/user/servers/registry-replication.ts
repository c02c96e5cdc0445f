import type { ReceivedBroadcast, ServerLink } from '../../broker/cluster/server-link.js';
import { isPromise } from '../../foundation/awaitable.js';
import type { Clock, Timer } from '../../foundation/clock.js';
import type { Logger } from '../../foundation/logger.js';
import { OccasionalWarning } from '../../foundation/occasional-warning.js';
import type { ConnectedSessions } from '../connected-sessions.js';
import { readRegistryWord } from './read-registry-word.js';
import { RegistryAnnouncer } from './registry-announcer.js';
import { encodeWord } from './registry-encoding.js';
import type { RegistryWord } from './registry-words.js';
import { RemoteServer } from './remote-server.js';
import { SessionCommands } from './session-commands.js';

/** What the servers' registry works with. */
export interface RegistryReplicationOptions {
  readonly link: ServerLink;
  /** Sessions of this server are told from it, those of others are put into it. */
  readonly connected: ConnectedSessions;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Milliseconds between two words of a server that has nothing to tell (Spring: half of `registryExpirationPeriod`). */
const ALIVE_INTERVAL_MS = 10_000;

/** Milliseconds after its last word that a server is taken for dead, when it is looked at next: every `ALIVE_INTERVAL_MS` (Spring: `UserRegistryMessageHandler`, `registryExpirationPeriod`). */
const SERVER_EXPIRY_MS = 20_000;

/** Milliseconds between two looks that say that this process stood still: what others said meanwhile waits to be read. */
const STANDSTILL_MS = 1.5 * ALIVE_INTERVAL_MS;

/** Milliseconds before a server that did not answer is asked again. */
const ASK_AGAIN_MS = 2_000;

/** Milliseconds after which the others must have told who they are, since the link came up. */
const INTRODUCTION_MS = 2_000;

/**
 * One registry on all servers (Spring: `UserRegistryMessageHandler`, which broadcasts all of it every ten seconds): each tells the others what happens to its
 * own sessions, in order and numbered. Who misses a word asks for the whole; so does who is new. A server is forgotten when it says goodbye or is silent; nobody
 * is silent while this one cannot be heard itself: what keeps its words (a broker that is away, or takes nothing) keeps those of the others.
 */
export class RegistryReplication {
  readonly #options: RegistryReplicationOptions;
  readonly #announcer: RegistryAnnouncer;
  readonly #commands: SessionCommands;
  readonly #servers = new Map<string, RemoteServer>();
  /** When each was asked for its state, by `Clock.now`. */
  readonly #askedAt = new Map<string, number>();
  readonly #malformed: OccasionalWarning;
  #upSince: number | undefined;
  /** When it was looked last who is silent, by `Clock.now`. */
  #lookedAt = 0;
  #timer: Timer | undefined;
  #listening: readonly (() => void)[] = [];

  constructor(options: RegistryReplicationOptions) {
    this.#options = options;
    this.#announcer = new RegistryAnnouncer(options);
    this.#commands = new SessionCommands(options);
    this.#malformed = new OccasionalWarning(
      options.logger,
      options.clock,
      'what another server told of its sessions is malformed',
    );
  }

  /** Whether every user of the other servers is known, but for what is under way. */
  get isComplete(): boolean {
    const { link, clock } = this.#options;
    if (this.#upSince === undefined || !link.isUp('user-registry')) return false;
    if (clock.now() - this.#upSince < INTRODUCTION_MS) return false;
    for (const server of this.#servers.values()) if (!server.isCurrent) return false;
    return true;
  }

  /** From now on it listens and tells. */
  start(): void {
    const { link, connected, clock } = this.#options;
    this.#listening = [
      connected.observe(this.#announcer),
      connected.observe({
        onConnected: () => undefined,
        onSubscribed: () => undefined,
        onUnsubscribed: () => undefined,
        onDisconnected: (session) => this.#commands.onDisconnected(session),
      }),
      link.onBroadcast('user-registry', (broadcast) => this.#receive(broadcast)),
      link.onChange(() => this.#linkChanged()),
    ];
    this.#lookedAt = clock.now();
    this.#timer = clock.setInterval(() => this.#everyWhile(), ALIVE_INTERVAL_MS);
    this.#linkChanged();
  }

  /** Says goodbye. Resolves when the broker has taken it; never rejects. To be called when the sessions of this server are over. */
  async stop(): Promise<void> {
    for (const off of this.#listening) off();
    this.#timer?.cancel();
    this.#announcer.stop();
    if (this.#options.link.isUp('user-registry')) await this.#say({ kind: 'goodbye' });
  }

  #linkChanged(): void {
    const { link, clock } = this.#options;
    if (!link.isUp('user-registry')) {
      this.#upSince = undefined;
      return;
    }
    if (this.#upSince !== undefined) return;
    this.#upSince = clock.now();
    this.#giveTime();
    this.#askedAt.clear();
    this.#announcer.tellAll();
    void this.#say({ kind: 'ask' });
  }

  #everyWhile(): void {
    const now = this.#options.clock.now();
    const isStandstill = now - this.#lookedAt > STANDSTILL_MS;
    const isHeard = this.#announcer.answeredAt >= this.#lookedAt;
    this.#lookedAt = now;
    if (isStandstill || !isHeard) this.#giveTime();
    else this.#forgetSilent(now - SERVER_EXPIRY_MS);
    this.#announcer.tellAlive();
  }

  /** They could not be heard; they have their time from now on. */
  #giveTime(): void {
    for (const server of this.#servers.values()) server.heardAt = this.#options.clock.now();
  }

  #forgetSilent(since: number): void {
    for (const server of this.#servers.values()) {
      if (server.heardAt <= since) this.#forget(server, 'it is silent');
    }
  }

  #receive({ serverId, body }: ReceivedBroadcast): void {
    let word: RegistryWord | undefined;
    try {
      word = readRegistryWord(body);
    } catch (error) {
      this.#malformed.tell({ serverId, error });
    }
    if (word) this.#hear(serverId, word);
  }

  #hear(serverId: string, word: RegistryWord): void {
    const { serverId: ownId } = this.#options.link;
    if (word.kind === 'goodbye') return this.#sayGoodbyeTo(serverId);
    const server = this.#serverOf(serverId);
    server.heardAt = this.#options.clock.now();
    if (word.kind === 'ask') {
      if (word.of === undefined || word.of === ownId) this.#announcer.tellAll();
    } else if (word.kind === 'disconnect' || word.kind === 'unsubscribe') {
      if (word.of === ownId) this.#commands.execute(word);
    } else {
      server.hear(word);
      if (server.mustBeAsked) this.#askFor(server);
    }
  }

  /** A server that is heard for the first time is known from now on; what it has is told soon. */
  #serverOf(id: string): RemoteServer {
    const known = this.#servers.get(id);
    if (known) return known;
    const { connected, clock, logger } = this.#options;
    const server = new RemoteServer(id, clock.now(), { connected, commands: this.#commands });
    this.#servers.set(id, server);
    logger.info('another server of the application is there', { server: id });
    return server;
  }

  #sayGoodbyeTo(id: string): void {
    const server = this.#servers.get(id);
    if (server) this.#forget(server, 'it said goodbye');
  }

  #forget(server: RemoteServer, reason: string): void {
    this.#servers.delete(server.id);
    this.#askedAt.delete(server.id);
    server.forget();
    this.#options.logger.info('another server of the application is gone', { server: server.id, reason });
  }

  #askFor({ id }: RemoteServer): void {
    const now = this.#options.clock.now();
    if (now - (this.#askedAt.get(id) ?? -Infinity) < ASK_AGAIN_MS) return;
    this.#askedAt.set(id, now);
    void this.#say({ kind: 'ask', of: id });
  }

  async #say(word: RegistryWord): Promise<void> {
    const { link, logger } = this.#options;
    try {
      const told = link.broadcast('user-registry', encodeWord(word));
      if (isPromise(told)) await told;
    } catch (error) {
      logger.debug('the other servers could not be told something', { kind: word.kind, error }); // it is said again, or expiry says it
    }
  }
}

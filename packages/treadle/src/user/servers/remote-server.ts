import type { ConnectedSessions } from '../connected-sessions.js';
import { RemoteSessionControl } from './remote-session-control.js';
import type { RegistryWord, SessionChange } from './registry-words.js';
import type { SessionCommands } from './session-commands.js';

type Connected = Extract<SessionChange, { type: 'connected' }>;

/** A session of a snapshot. */
interface ToldSession {
  readonly connected: Connected;
  /** Destinations by subscription id. */
  readonly subscriptions: Map<string, string>;
}

/** A snapshot of which parts are still to come. */
interface Collection {
  readonly seq: number;
  readonly sessions: Map<string, ToldSession>;
  nextPart: number;
}

/** Another server as this one knows it: puts what it says of its sessions into the registry. */
export class RemoteServer {
  readonly id: string;
  /** When it was heard last, by `Clock.now`. */
  heardAt: number;
  readonly #connected: ConnectedSessions;
  readonly #commands: SessionCommands;
  readonly #sessionIds = new Set<string>();
  /** Of the state that is known; `undefined` before the first snapshot. */
  #seq: number | undefined;
  #isCurrent = false;
  #collection: Collection | undefined;

  constructor(id: string, heardAt: number, parts: { connected: ConnectedSessions; commands: SessionCommands }) {
    this.id = id;
    this.heardAt = heardAt;
    this.#connected = parts.connected;
    this.#commands = parts.commands;
  }

  /** Whether nothing it said was missed. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Whether it has to be asked for a snapshot: something was missed, and none is under way. */
  get mustBeAsked(): boolean {
    return !this.#isCurrent && !this.#collection;
  }

  /** Takes in what it said of its state. */
  hear(word: Extract<RegistryWord, { seq: number }>): void {
    if (word.kind === 'snapshot') return this.#collect(word);
    this.#collection = undefined; // its parts follow each other: the rest was missed
    if (word.kind === 'changes' && this.#seq !== undefined && word.seq === this.#seq + 1) {
      for (const change of word.changes) this.#apply(change);
      this.#seq = word.seq;
    }
    this.#isCurrent = this.#seq !== undefined && word.seq <= this.#seq;
  }

  /** It is gone, and so are its sessions. */
  forget(): void {
    for (const id of this.#sessionIds) this.#connected.disconnect(id);
    this.#sessionIds.clear();
  }

  #collect({ seq, part, parts, changes }: Extract<RegistryWord, { kind: 'snapshot' }>): void {
    if (this.#seq !== undefined && seq <= this.#seq) return; // for somebody else
    if (part === 0) this.#collection = { seq, sessions: new Map(), nextPart: 0 };
    const collection = this.#collection;
    if (collection?.seq !== seq || collection.nextPart !== part) {
      this.#collection = undefined;
      this.#isCurrent = false;
      return;
    }
    for (const change of changes) collect(collection.sessions, change);
    collection.nextPart += 1;
    if (collection.nextPart < parts) return;
    this.#collection = undefined;
    this.#replaceBy(collection.sessions);
    this.#seq = seq;
    this.#isCurrent = true;
  }

  /** Only what differs is told to those who watch: nobody leaves and comes because a word was lost. */
  #replaceBy(sessions: ReadonlyMap<string, ToldSession>): void {
    for (const id of this.#sessionIds) if (!sessions.has(id)) this.#disconnect(id);
    for (const [id, { connected, subscriptions }] of sessions) {
      this.#connect(connected);
      if (this.#sessionIds.has(id)) this.#replaceSubscriptions(id, subscriptions);
    }
  }

  #replaceSubscriptions(sessionId: string, told: ReadonlyMap<string, string>): void {
    const session = this.#connected.sessions.get(sessionId);
    for (const { id, destination } of session?.subscriptions ?? []) {
      if (told.get(id) !== destination) this.#connected.unsubscribe(sessionId, id);
    }
    for (const [id, destination] of told) {
      if (!session?.getSubscription(id)) this.#connected.subscribe(sessionId, id, destination);
    }
  }

  #apply(change: SessionChange): void {
    if (change.type === 'connected') return this.#connect(change);
    if (!this.#sessionIds.has(change.id)) return; // nobody speaks for the sessions of others
    if (change.type === 'disconnected') this.#disconnect(change.id);
    if (change.type === 'subscribed') this.#connected.subscribe(change.id, change.subscription, change.destination);
    if (change.type === 'unsubscribed') this.#connected.unsubscribe(change.id, change.subscription);
  }

  #connect(change: Connected): void {
    const { id, user, address } = change;
    if (this.#connected.sessions.has(id)) return;
    this.#sessionIds.add(id);
    const control = new RemoteSessionControl(this.id, change, this.#commands);
    const source = { id, server: this.id, remoteAddress: address, control };
    this.#connected.connect(source, user === undefined ? undefined : { name: user });
  }

  #disconnect(id: string): void {
    this.#sessionIds.delete(id);
    this.#connected.disconnect(id);
  }
}

function collect(sessions: Map<string, ToldSession>, change: SessionChange): void {
  if (change.type === 'connected') sessions.set(change.id, { connected: change, subscriptions: new Map() });
  if (change.type === 'subscribed') sessions.get(change.id)?.subscriptions.set(change.subscription, change.destination);
}

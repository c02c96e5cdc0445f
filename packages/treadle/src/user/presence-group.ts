import type { Clock, Timer } from '../foundation/clock.js';

/** What happened to a user in a group. */
export type PresenceType = 'joined' | 'left';

/** What a group needs. */
export interface PresenceGroupOptions {
  readonly clock: Clock;
  /** Milliseconds between the last leave of a user and the word of it. */
  readonly leaveDelayMs: number;
  /** Told of the first coming and the last going of every user, in their order. */
  readonly onChange: (type: PresenceType, user: string) => void;
}

interface Member {
  /** Sessions or subscriptions by which the user is here; `0` while the delay runs. */
  count: number;
  leaving: Timer | undefined;
}

/** Users who are somewhere: each joins with the first reason to be here and leaves with the last. */
export class PresenceGroup {
  readonly #options: PresenceGroupOptions;
  readonly #members = new Map<string, Member>();

  constructor(options: PresenceGroupOptions) {
    this.#options = options;
  }

  /** Who is here, in the order they came; those whose leave is delayed included. */
  get users(): readonly string[] {
    return [...this.#members.keys()];
  }

  has(user: string): boolean {
    return this.#members.has(user);
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  enter(user: string): void {
    const member = this.#members.get(user);
    if (member) {
      member.count += 1;
      member.leaving?.cancel();
      member.leaving = undefined;
      return;
    }
    this.#members.set(user, { count: 1, leaving: undefined });
    this.#options.onChange('joined', user);
  }

  leave(user: string): void {
    const member = this.#members.get(user);
    if (!member) return;
    member.count -= 1;
    if (member.count > 0) return;
    const { clock, leaveDelayMs } = this.#options;
    if (leaveDelayMs === 0) this.#remove(user);
    else member.leaving = clock.setTimeout(() => this.#remove(user), leaveDelayMs);
  }

  /** Tells nobody of the leaves that are delayed. */
  stop(): void {
    for (const { leaving } of this.#members.values()) leaving?.cancel();
  }

  #remove(user: string): void {
    this.#members.delete(user);
    this.#options.onChange('left', user);
  }
}

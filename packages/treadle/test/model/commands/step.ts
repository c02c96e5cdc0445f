import type * as fc from 'fast-check';
import { compare } from '../comparison.js';
import type { ReferenceBroker } from '../reference/reference-broker.js';
import type { ReferenceSession, Slot } from '../reference/reference-session.js';
import type { World } from '../world.js';

/** One thing that a client, the application or the clock does. */
export interface Step {
  /** What it is, before it is known what it meets. */
  readonly title: string;
  isPossible(broker: Readonly<ReferenceBroker>): boolean;
  /** Does it, first for real and then in the reference, which looks at what came of it. */
  perform(broker: ReferenceBroker, world: World): Promise<void>;
}

/** A command for fast-check. */
export type Command = fc.AsyncCommand<ReferenceBroker, World>;

/** A step behind which application and reference are compared. */
export function commandOf(step: Step): Command {
  return {
    check: (broker) => step.isPossible(broker),
    run: async (broker, world) => {
      await step.perform(broker, world);
      await world.settle();
      compare(broker, world);
    },
    toString: () => step.title,
  };
}

/** Several steps of any clients, none of which waits for what the one before causes. Not for steps that take more than a moment by themselves. */
export function hasteOf(steps: readonly Step[]): Step {
  return {
    title: `in one go: ${steps.map(({ title }) => title).join(', ')}`,
    isPossible: (broker) => steps.some((step) => step.isPossible(broker)),
    async perform(broker, world) {
      world.note('in one go:');
      world.isInHaste = true;
      broker.leaveTurnsOpen();
      for (const step of steps) if (step.isPossible(broker)) await step.perform(broker, world);
      world.isInHaste = false;
    },
  };
}

/** Where clients can stand; two of them are the same user. */
export const SLOTS: readonly Slot[] = ['A', 'B', 'C'];

/** Who connects there. */
export const USERS: Readonly<Record<Slot, string>> = { A: 'ann', B: 'bob', C: 'ann' };

/** The session that goes on there. */
export function sessionOf(broker: Readonly<ReferenceBroker>, slot: Slot): ReferenceSession | undefined {
  const session = broker.sessions.get(slot);
  return session?.isAlive ? session : undefined;
}

/** The same where a step has made sure that there is one. */
export function requireSession(broker: Readonly<ReferenceBroker>, slot: Slot): ReferenceSession {
  const session = sessionOf(broker, slot);
  if (session) return session;
  throw new Error(`${slot} is not connected`);
}

/** One of a list, for any number. */
export function pick<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(1, list.length)];
}

/** One of the open transactions of a session, or none, which is as likely as each of them. */
export function pickTransaction({ transactions }: ReferenceSession, index: number): string | undefined {
  return pick([undefined, ...transactions.keys()], index);
}

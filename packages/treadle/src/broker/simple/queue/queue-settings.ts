import type { QueuePolicy } from '../policy/destination-policy.js';

/** How a queue behaves: its policy with every default. */
export interface QueueSettings {
  /** Waiting and unacknowledged ones together. */
  readonly maxMessages: number;
  readonly maxOctets: number;
  readonly whenFull: 'refuse' | 'drop-oldest';
  /** `Infinity` for a queue of dead letters. */
  readonly maxDeliveries: number;
  /** `undefined` for a queue of dead letters. */
  readonly deadLetters: string | undefined;
  /** Of a queue of dead letters: milliseconds. Others get messages that know when they expire. */
  readonly expiresAfterMs?: number | undefined;
}

/** Where dead letters go that no policy sends elsewhere. @param prefixes of the broker */
export function defaultDeadLetters(prefixes: readonly string[]): string {
  const queuePrefix = prefixes.find((prefix) => /^\/?queue[/.]?$/.test(prefix)) ?? prefixes[0] ?? '/queue';
  if (/[/.]$/.test(queuePrefix)) return `${queuePrefix}dead-letters`;
  return `${queuePrefix}${queuePrefix.startsWith('/') ? '/' : '.'}dead-letters`;
}

/** @param deadLetters for a policy that names no destination for them */
export function queueSettings(policy: QueuePolicy | undefined, deadLetters: string): QueueSettings {
  return {
    maxMessages: policy?.maxMessages ?? 10_000,
    maxOctets: policy?.maxOctets ?? 64 * 1024 * 1024,
    whenFull: policy?.whenFull ?? 'refuse',
    maxDeliveries: policy?.maxDeliveries ?? 5,
    deadLetters: policy?.deadLetters ?? deadLetters,
  };
}

/** The same for a queue of dead letters: what is in there stays until somebody takes it, and new ones are worth more than old ones. */
export function deadLetterSettings(policy: QueuePolicy | undefined): QueueSettings {
  return {
    ...queueSettings(policy, ''),
    whenFull: 'drop-oldest',
    maxDeliveries: Infinity,
    deadLetters: undefined,
    expiresAfterMs: policy?.expiresAfterMs,
  };
}

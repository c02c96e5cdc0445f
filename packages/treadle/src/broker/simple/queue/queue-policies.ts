import type { DestinationPolicies } from '../policy/destination-policies.js';
import type { DestinationPolicy, QueuePolicy } from '../policy/destination-policy.js';
import { deadLetterSettings, defaultDeadLetters, type QueueSettings, queueSettings } from './queue-settings.js';

/** Which destinations are queues: those with such a policy, and where their dead letters go. */
export class QueuePolicies {
  readonly #find: DestinationPolicies;
  readonly #deadLetters = new Set<string>();
  /** Those of `#deadLetters` are made when they are first asked for. */
  readonly #settings = new Map<QueuePolicy | string, QueueSettings>();

  /** @param prefixes of the broker's destinations */
  constructor(find: DestinationPolicies, policies: readonly DestinationPolicy[], prefixes: readonly string[]) {
    this.#find = find;
    const deadLetters = defaultDeadLetters(prefixes);
    for (const policy of policies) {
      if (policy.kind !== 'queue') continue;
      const settings = queueSettings(policy, deadLetters);
      this.#settings.set(policy, settings);
      if (settings.deadLetters !== undefined) this.#deadLetters.add(settings.deadLetters);
    }
  }

  /** True when no destination is a queue. */
  get isEmpty(): boolean {
    return this.#settings.size === 0;
  }

  /** What the queue of a destination is like; `undefined` when it is none. */
  settingsOf(destination: string): QueueSettings | undefined {
    if (this.isEmpty) return undefined;
    if (this.#deadLetters.has(destination)) return this.#ofDeadLetters(destination);
    const policy = this.#find.findFor(destination);
    return policy?.kind === 'queue' ? this.#settings.get(policy) : undefined;
  }

  #ofDeadLetters(destination: string): QueueSettings {
    const known = this.#settings.get(destination);
    if (known) return known;
    const policy = this.#find.findFor(destination);
    const settings = deadLetterSettings(policy?.kind === 'queue' ? policy : undefined);
    this.#settings.set(destination, settings);
    return settings;
  }
}

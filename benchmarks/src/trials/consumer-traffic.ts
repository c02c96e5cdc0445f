import { Latencies } from '../load/latencies.js';
import type { ConsumerPolicy, Offender } from './consumer-policies.js';

/** Who is at work in a case. */
export interface ConsumerCase {
  readonly policy: ConsumerPolicy;
  readonly offender: Offender;
  /** How many keep up. */
  readonly healthy: number;
}

/** Healthy consumers, and one that may be none, at work on one server. */
export interface ConsumerTraffic {
  /** Sends at a fixed pace for so many seconds. Resolves when the healthy ones have what is theirs. @throws Error when they lost something */
  run(seconds: number): Promise<Latencies>;
  /** Resolves to what became of the offender, when all sessions are closed. @throws Error when it is not what its policy says */
  settle(): Promise<string>;
}

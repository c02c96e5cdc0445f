import type { ConsumerCase } from '../trials/consumer-traffic.js';
import type { ServerAddress } from './stomp-connection.js';

/** What the benchmark asks of the load generator's process, one order at a time. */
export type LoadOrder =
  | { readonly kind: 'open'; readonly scenario: string; readonly address: ServerAddress }
  | { readonly kind: 'run'; readonly seconds: number }
  | { readonly kind: 'close' };

/** The same for a trial of consumers: a case is begun, driven, and its offender looked at in the end. */
export type TrialOrder =
  | ({ readonly kind: 'begin'; readonly address: ServerAddress } & ConsumerCase)
  | { readonly kind: 'drive'; readonly seconds: number }
  | { readonly kind: 'settle' };

/** How long the messages of healthy consumers took, in milliseconds; what became of the offender, once it is settled. */
export interface TrialAnswer {
  readonly p50: number;
  readonly p99: number;
  readonly outcome: string;
}

/** The answer to every order when it is done; the numbers are those of a `run`, else zero. */
export interface LoadAnswer {
  /** Deliveries or round trips that arrived. */
  readonly count: number;
  /** From the first SEND to the last arrival, in seconds. */
  readonly seconds: number;
  /** CPU time the load generator itself used meanwhile, in seconds. */
  readonly cpuSeconds: number;
}

import type { ServerAddress } from '../load/stomp-connection.js';

/** What the project wants of Treadle in a scenario, as a ratio to the reference server measured in the same run. */
export interface Target {
  /** `rate`: at least `ratio` times as many per second; `cpu` and `memory`: at most `ratio` times the CPU time or memory of each. */
  readonly measure: 'rate' | 'cpu' | 'memory';
  readonly ratio: number;
}

/** One kind of load; a new one is a new file in this folder and a line in `scenario-list.ts`. */
export interface Scenario {
  /** Short name, for `--only` and the table. */
  readonly name: string;
  /** What happens, in a line. */
  readonly description: string;
  /** What is counted, in the plural: `deliveries`, `round trips`. */
  readonly unit: string;
  readonly targets: readonly Target[];
  /** Whether the server's memory is measured as well. Default false. */
  readonly measuresMemory?: boolean;
  /** `false` when the reference cannot do it: the numbers then stand by themselves. Default true. */
  readonly hasReference?: boolean;
  /** Connects and subscribes; resolves when the server confirmed every subscription. */
  open(address: ServerAddress): Promise<Traffic>;
}

/** A scenario at work on one server, inside the load generator's process. */
export interface Traffic {
  /**
   * Keeps messages in flight for so many seconds, then sends no more and waits for the last ones. Resolves to the number
   * counted when every expected message has arrived. May be called again.
   * @throws Error when nothing arrived for ten seconds although something was due, or something arrived that was not.
   */
  run(seconds: number): Promise<number>;
  /** Ends all sessions. @throws Error when a message came in excess or none was ever looked at. */
  close(): Promise<void>;
}

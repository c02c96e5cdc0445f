import type { ErrorPolicy } from './annotation/failures/error-policy.js';
import type { HandlerCalls, HandlerStats } from './annotation/concurrency/handler-calls.js';
import type { Broker, BrokerStats } from './broker/broker.js';
import type { Clock, Timer } from './foundation/clock.js';
import type { LogDetails, Logger } from './foundation/logger.js';
import type { ScheduleDescription } from './scheduling/schedule.js';
import type { SessionRegistry } from './session/session-registry.js';
import type { FrameStats, SessionStats } from './session/session-statistics.js';
import type { HandshakeStats } from './transport/handshake-counters.js';

/** The numbers of an application at one moment (Spring: `WebSocketMessageBrokerStats`); counts begin with the application and never go back. */
export interface ApplicationStats {
  /** Milliseconds since the application was made. */
  readonly uptimeMs: number;
  readonly handshakes: HandshakeStats;
  readonly sessions: SessionStats;
  readonly frames: FrameStats;
  readonly handlers: HandlerStats;
  /** `undefined` for a broker that keeps no numbers. */
  readonly broker: BrokerStats | undefined;
  /** Every `@Scheduled` method. */
  readonly schedules: readonly ScheduleDescription[];
}

/** Where the numbers come from, and how often they are logged. */
export interface ApplicationStatisticsOptions {
  readonly handshakes: { readonly stats: HandshakeStats };
  readonly sessions: Pick<SessionRegistry, 'stats'>;
  readonly calls: Pick<HandlerCalls, 'stats'>;
  readonly errorPolicy: Pick<ErrorPolicy, 'refusedByCode'>;
  readonly broker: Pick<Broker, 'stats'>;
  readonly schedules: { describe(): readonly ScheduleDescription[] };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds between log lines; `0` for none. */
  readonly intervalMs: number;
}

// As Spring's: early enough to be seen after a deployment.
const FIRST_LINE_AFTER_MS = 60_000;

/** Tells how an application is doing, when asked and in the log from time to time. Injectable. Counting goes on by itself. */
export class ApplicationStatistics {
  readonly #options: ApplicationStatisticsOptions;
  readonly #madeAt: number;
  #timer: Timer | undefined;

  /** The application makes it. */
  constructor(options: ApplicationStatisticsOptions) {
    this.#options = options;
    this.#madeAt = options.clock.now();
  }

  /** The numbers of this moment; looks at every session, which is nothing to do per message. */
  current(): ApplicationStats {
    const { handshakes, sessions, calls, errorPolicy, broker, schedules, clock } = this.#options;
    const { sessions: counts, frames } = sessions.stats;
    return {
      uptimeMs: clock.now() - this.#madeAt,
      handshakes: handshakes.stats,
      sessions: { ...counts, refusedByCode: errorPolicy.refusedByCode },
      frames,
      handlers: calls.stats,
      broker: broker.stats,
      schedules: schedules.describe(),
    };
  }

  /** Begins to log. The application calls it. */
  start(): void {
    const { clock, intervalMs } = this.#options;
    if (intervalMs === 0) return;
    this.#timer = clock.setTimeout(
      () => {
        this.#log();
        this.#timer = clock.setInterval(() => this.#log(), intervalMs);
      },
      Math.min(FIRST_LINE_AFTER_MS, intervalMs),
    );
  }

  /** Logs no more. */
  stop(): void {
    this.#timer?.cancel();
  }

  #log(): void {
    this.#options.logger.info('statistics', logDetails(this.current()));
  }
}

/** The same numbers, for people: without commands that never came, and flat enough for the console, which prints three levels. */
function logDetails({ frames, broker, ...others }: ApplicationStats): LogDetails {
  const seen = Object.entries(frames).filter(([, count]) => count > 0);
  const { messages, ...brokerNumbers } = broker ?? {};
  return { ...others, frames: Object.fromEntries(seen), ...(broker && { broker: { ...brokerNumbers, ...messages } }) };
}

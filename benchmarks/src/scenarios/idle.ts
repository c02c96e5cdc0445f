import { type ServerAddress, StompConnection } from '../load/stomp-connection.js';
import type { Scenario, Traffic } from './scenario.js';

const SESSIONS = 5_000;
const WARM_UP_SESSIONS = 500;

/** Sessions that connect at the same time. */
const LANES = 16;

/** How many sessions are opened. */
export interface IdleSize {
  readonly sessions: number;
  /** The same to warm the server up, closed again. */
  readonly warmUpSessions: number;
}

/** Most sessions do nothing most of the time: what they cost to take in, and to keep. Times of the command line do not count here. */
export const idle: Scenario = {
  name: 'idle',
  description: `${SESSIONS} sessions connect, subscribe once each and stay silent`,
  unit: 'sessions',
  measuresMemory: true,
  targets: [
    { measure: 'cpu', ratio: 1.6 },
    { measure: 'memory', ratio: 1.5 },
  ],
  open: (address) => Promise.resolve(new Idle(address, { sessions: SESSIONS, warmUpSessions: WARM_UP_SESSIONS })),
};

/** Opens sessions: some that are closed again in its first run, the counted ones in its second. */
export class Idle implements Traffic {
  readonly #address: ServerAddress;
  readonly #size: IdleSize;
  readonly #sessions: StompConnection[] = [];
  #isWarm = false;

  constructor(address: ServerAddress, size: IdleSize) {
    this.#address = address;
    this.#size = size;
  }

  /** Opens the sessions, however long that takes. @throws Error when one is refused, by the limit of open files for example */
  async run(): Promise<number> {
    if (!this.#isWarm) {
      this.#isWarm = true;
      await this.#open(this.#size.warmUpSessions);
      await this.close();
      return this.#size.warmUpSessions;
    }
    await this.#open(this.#size.sessions);
    return this.#sessions.length;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.splice(0)) await session.disconnect();
  }

  async #open(count: number): Promise<void> {
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (let n = lane; n < count; n += LANES) {
        const session = await StompConnection.openOne(this.#address);
        await session.subscribe('sub-0', `/topic/idle.${n}`);
        session.startCounting();
        this.#sessions.push(session);
      }
    });
    await Promise.all(lanes);
  }
}

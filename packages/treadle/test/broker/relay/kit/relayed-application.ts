import 'reflect-metadata';
import { once } from 'node:events';
import { setTimeout as pass } from 'node:timers/promises';
import { type Application, createApplication } from '../../../../src/application.js';
import { brokerRelay } from '../../../../src/broker/relay/broker-relay.js';
import type { BrokerRelayOptions } from '../../../../src/broker/relay/relay-options.js';
import { BrokerAvailabilityEvent } from '../../../../src/events/broker-availability.js';
import { silentLogger } from '../../../../src/foundation/logger.js';
import type { ApplicationOptions } from '../../../../src/options.js';
import { RawClient } from '../../../obligations/raw-client.js';

/** For brokers that start while this machine does other things, and for the heart-beats of a broker that says nothing. */
const PATIENCE_MS = 60_000;
const RECONNECT_DELAY_MS = 20;

/** Every way in which a relay can serve clients and meet the loss of its broker. */
export const CONFIGURATIONS = [
  { connections: 'per-client', onBrokerLoss: 'close' },
  { connections: 'per-client', onBrokerLoss: 'hold' },
  { connections: 'shared', onBrokerLoss: 'close' },
  { connections: 'shared', onBrokerLoss: 'hold' },
] as const satisfies readonly BrokerRelayOptions[];

/** One of `CONFIGURATIONS`. */
export type Configuration = (typeof CONFIGURATIONS)[number];

/** Its name in titles: `per-client, close`. */
export function nameOf({ connections, onBrokerLoss }: Configuration): string {
  return `${connections}, ${onBrokerLoss}`;
}

/** Short where tests see their end; a busy machine may keep brokers from answering for seconds. */
const TIMES = {
  heartBeat: { sends: 10_000, expects: 10_000 },
  connectTimeMs: 5_000,
  receiptTimeMs: 30_000,
  holdTimeMs: 2_000,
  reconnectDelayMs: 50,
  maxReconnectDelayMs: 200,
} satisfies BrokerRelayOptions;

/** An application on a real broker, and its clients, in memory and typed by hand. */
export class RelayedApplication implements AsyncDisposable {
  readonly application: Application;
  /** What was told of the broker, in order. */
  readonly availability: boolean[] = [];
  readonly #clients: RawClient[] = [];
  #onChange: () => void = () => undefined;

  private constructor(application: Application) {
    this.application = application;
    application.events.on(BrokerAvailabilityEvent, ({ isAvailable }) => {
      this.availability.push(isAvailable);
      this.#onChange();
    });
  }

  /** Makes one and starts it; it does not wait for the broker. */
  static async start(relay: BrokerRelayOptions, options: ApplicationOptions = {}): Promise<RelayedApplication> {
    const application = createApplication({
      logger: silentLogger,
      statsIntervalMs: 0,
      authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
      ...options,
      broker: brokerRelay({ ...TIMES, ...relay }),
    });
    const relayed = new RelayedApplication(application);
    await application.start();
    return relayed;
  }

  /** As `start`, and waits until the broker is there. */
  static async on(relay: BrokerRelayOptions, options: ApplicationOptions = {}): Promise<RelayedApplication> {
    const relayed = await RelayedApplication.start(relay, options);
    await relayed.whenAvailable(true);
    return relayed;
  }

  /** Resolves when the application's broker is available, or is not. @throws Error after a minute */
  async whenAvailable(isAvailable: boolean): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const impatient = once(patience, 'abort').then(() => {
      throw new Error(`the broker was not ${isAvailable ? 'available' : 'lost'} within ${PATIENCE_MS} ms`);
    });
    impatient.catch(() => undefined); // when nobody waits any more
    while (this.application.isBrokerAvailable !== isAvailable) {
      await Promise.race([impatient, new Promise<void>((resolve) => (this.#onChange = resolve))]);
    }
  }

  /** A client that has typed nothing. */
  openSilently(): RawClient {
    const client = RawClient.overMemory(this.application, { patienceMs: PATIENCE_MS });
    this.#clients.push(client);
    return client;
  }

  /** A client that has typed CONNECT. @param login the name of its user */
  open(login?: string): RawClient {
    const client = this.openSilently();
    client.type(`CONNECT\naccept-version:1.2\nhost:test\n${login === undefined ? '' : `login:${login}\n`}\n\0`);
    return client;
  }

  /** A client that is connected. @throws Error when it is refused */
  async connect(login?: string): Promise<RawClient> {
    const client = this.open(login);
    const frame = await client.next();
    if (frame.command !== 'CONNECTED') throw new Error(`instead of CONNECTED came ${frame.text}`);
    return client;
  }

  /** A client that connects as libraries do: again and again until it is accepted. @throws Error after a minute */
  async reconnect(login?: string): Promise<RawClient> {
    for (const patience = AbortSignal.timeout(PATIENCE_MS); ; await pass(RECONNECT_DELAY_MS)) {
      const client = this.open(login);
      const frame = await client.next();
      if (frame.command === 'CONNECTED') return client;
      if (patience.aborted) throw new Error(`instead of CONNECTED came ${frame.text}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.application.stop();
  }
}

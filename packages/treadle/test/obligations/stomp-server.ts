import 'reflect-metadata';
import type { StompVersion } from '@treadle/stomp';
import { FakeClock } from '@treadle/testing';
import { type Application, createApplication } from '../../src/application.js';
import { silentLogger } from '../../src/foundation/logger.js';
import type { ApplicationOptions } from '../../src/options.js';
import { RawClient } from './raw-client.js';

/** Over what the suites run. */
export const TRANSPORTS = ['memory'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** The versions a rule concerns. */
export const ALL = ['1.0', '1.1', '1.2'] as const;
export const SINCE_1_1 = ['1.1', '1.2'] as const;
export const BEFORE_1_2 = ['1.0', '1.1'] as const;

/** How a client of one version alone connects; 1.0 knows no `accept-version`. */
export const CONNECT: Readonly<Record<StompVersion, string>> = {
  '1.0': 'CONNECT\n\n\0',
  '1.1': 'CONNECT\naccept-version:1.1\nhost:test\n\n\0',
  '1.2': 'CONNECT\naccept-version:1.2\nhost:test\n\n\0',
};

/** A whole application with the embedded broker, its clock standing still; whatever is opened with it ends with it. */
export class StompServer implements AsyncDisposable {
  readonly application: Application;
  readonly clock: FakeClock;
  readonly #open: (application: Application) => Promise<RawClient>;
  readonly #clients: RawClient[] = [];

  constructor(application: Application, clock: FakeClock, open: (application: Application) => Promise<RawClient>) {
    this.application = application;
    this.clock = clock;
    this.#open = open;
  }

  /** A connection on which nothing has been said. */
  async open(): Promise<RawClient> {
    const client = await this.#open(this.application);
    this.#clients.push(client);
    return client;
  }

  /** A client that is connected, in this version. */
  async connect(version: StompVersion): Promise<RawClient> {
    const client = await this.open();
    client.type(CONNECT[version]);
    const frame = await client.next();
    if (frame.command !== 'CONNECTED') throw new Error(`instead of CONNECTED came ${frame.text}`);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.application.stop();
  }
}

/** Starts a server for clients of this transport. */
export async function serve(transport: Transport, options: ApplicationOptions = {}): Promise<StompServer> {
  const clock = new FakeClock();
  const application = createApplication({ logger: silentLogger, clock, statsIntervalMs: 0, ...options });
  await application.start();
  return new StompServer(application, clock, () => Promise.resolve(RawClient.overMemory(application)));
}

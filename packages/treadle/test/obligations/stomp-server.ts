import 'reflect-metadata';
import type { StompVersion } from '@treadle/stomp';
import { FakeClock } from '@treadle/testing';
import { type Application, createApplication } from '../../src/application.js';
import { silentLogger } from '../../src/foundation/logger.js';
import { simpleBroker } from '../../src/broker/simple/simple-broker.js';
import type { ApplicationOptions } from '../../src/options.js';
import { RawClient } from './raw-client.js';
import type { RawFrame } from './raw-frame.js';

/** Over what the suites run. */
export const TRANSPORTS = ['memory', 'tcp'] as const;

/** One of `TRANSPORTS`. */
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

/** Options with which `/queue/…` are queues. */
export const WITH_QUEUES: ApplicationOptions = {
  broker: simpleBroker({ policies: [{ destinations: '/queue/**', kind: 'queue' }] }),
};

/** A whole application with the embedded broker, its clock standing still; whatever is opened with it ends with it. */
export class StompServer implements AsyncDisposable {
  readonly application: Application;
  readonly clock: FakeClock;
  readonly #open: () => Promise<RawClient>;
  readonly #clients: RawClient[] = [];

  /** @param open makes a connection */
  constructor(application: Application, clock: FakeClock, open: () => Promise<RawClient>) {
    this.application = application;
    this.clock = clock;
    this.#open = open;
  }

  /** A connection on which nothing has been said. */
  async open(): Promise<RawClient> {
    const client = await this.#open();
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

  /** Puts messages into a queue, one after the other. */
  async fill(destination: string, bodies: readonly string[]): Promise<void> {
    const sender = await this.connect('1.2');
    for (const body of bodies) await sender.ask(`SEND\ndestination:${destination}\nreceipt:${body}\n\n${body}\0`);
    sender.type('DISCONNECT\n\n\0');
    await sender.rest();
  }

  /** What a new consumer, which needs to acknowledge nothing, gets from a queue when everything that waits is given out. */
  async drain(destination: string): Promise<RawFrame[]> {
    const consumer = await this.connect('1.2');
    await consumer.ask(`SUBSCRIBE\nid:drain\ndestination:${destination}\nreceipt:live\n\n\0`);
    await this.fill(destination, ['the end']);
    const frames: RawFrame[] = [];
    for (let frame = await consumer.next(); frame.body.toString() !== 'the end'; frame = await consumer.next()) {
      frames.push(frame);
    }
    consumer.type('DISCONNECT\n\n\0');
    await consumer.rest();
    return frames;
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
  return new StompServer(application, clock, await opener(transport, application));
}

/** How clients of a started application connect. */
async function opener(transport: Transport, application: Application): Promise<() => Promise<RawClient>> {
  if (transport === 'tcp') {
    const { port } = await application.listenTcp(0);
    return () => RawClient.overTcp(port);
  }
  await application.start();
  return () => Promise.resolve(RawClient.overMemory(application));
}

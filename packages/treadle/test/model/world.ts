import { FakeClock, connect, type ReceivedFrame, type TestClient } from '@treadle/testing';
import { type Application, createApplication } from '../../src/application.js';
import { simpleBroker } from '../../src/broker/simple/simple-broker.js';
import { silentLogger } from '../../src/foundation/logger.js';
import type { ChannelInterceptor } from '../../src/messaging/channel-interceptor.js';
import { DeliveryLog } from './delivery-log.js';
import { POLICIES } from './destinations.js';
import type { Slot } from './reference/reference-session.js';

/** Octets that may wait for a client before its session ends; from half of it on the broker gives it no more of a queue. */
export const SEND_BUFFER_OCTETS = 16_000;

/** Of a large body. */
export const LARGE_OCTETS = 2000;

/** A client of the application, with the end of its connection. */
export interface ModelClient {
  readonly client: TestClient;
  end: { readonly code: number; readonly reason: string } | undefined;
}

/** Turns of the event loop without anything new behind which nothing more is to be expected. */
const QUIET_TURNS = 4;

/** The application under test, its clients, and what they did so far, to be read when something goes wrong. */
export class World implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly log = new DeliveryLog();
  readonly application: Application;
  readonly clients = new Map<Slot, ModelClient>();
  /** One line per step and per delivery. */
  readonly script: string[] = [];
  /** Whether what is sent is not waited for until the next thing is sent. */
  isInHaste = false;
  #nextName = 0;
  #told = 0;
  readonly #lastSeen = new Map<string, { readonly offset: number; readonly epoch: string }>();

  /** @param outbound interceptors of `clientOutbound` */
  constructor(outbound: readonly ChannelInterceptor[] = []) {
    this.application = createApplication({
      clock: this.clock,
      logger: silentLogger,
      broker: simpleBroker({ policies: POLICIES }),
      authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
      interceptors: { clientOutbound: [...outbound, this.log.interceptor] },
      heartBeat: { sends: 0, expects: 0 },
      // That a client stops reading is what the commands do, as long as they like.
      limits: { sendBufferOctets: SEND_BUFFER_OCTETS, sendTimeMs: 24 * 60 * 60_000 },
    });
  }

  /** A name that was not used before. */
  createName(prefix: string): string {
    this.#nextName += 1;
    return `${prefix}${this.#nextName}`;
  }

  note(line: string): void {
    this.script.push(line);
  }

  async connect(slot: Slot, acceptVersion: string, login: string): Promise<TestClient> {
    const client = await connect(this.application, { acceptVersion, login });
    if (this.clients.has(slot)) this.#remember(slot);
    const joined: ModelClient = { client, end: undefined };
    void client.closed.then((end) => (joined.end = end));
    this.clients.set(slot, joined);
    return client;
  }

  clientOf(slot: Slot): ModelClient {
    const found = this.clients.get(slot);
    if (!found) throw new Error(`${slot} was never connected`);
    return found;
  }

  /** MESSAGE frames that a client has read. */
  messagesOf(slot: Slot): readonly ReceivedFrame[] {
    return this.clientOf(slot).client.frames.filter(({ command }) => command === 'MESSAGE');
  }

  /** The number of the last message of a destination that the client at a slot has read, on whatever connection. */
  lastSeen(slot: Slot, destination: string): { readonly offset: number; readonly epoch: string } | undefined {
    this.#remember(slot);
    return this.#lastSeen.get(`${slot} ${destination}`);
  }

  /** Sends a frame, as a line of the script too, and lets come of it what comes. */
  async send(
    slot: Slot,
    command: Parameters<TestClient['sendFrame']>[0],
    headers: Readonly<Record<string, string>>,
    body = '',
  ): Promise<void> {
    const about = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
    const size = body.length > 20 ? ` (${body.length} octets)` : '';
    this.note(`${slot}: ${command} ${about.join(' ')}${size}`);
    this.clientOf(slot).client.sendFrame(command, headers, Buffer.from(body));
    if (!this.isInHaste) await this.settle();
  }

  /** Resolves when nothing is under way any more. */
  async settle(): Promise<void> {
    let before = -1;
    for (let quiet = 0; quiet < QUIET_TURNS;) {
      await new Promise((resolve) => setImmediate(resolve));
      const now = this.#activity();
      quiet = now === before ? quiet + 1 : 0;
      before = now;
    }
    this.#tellDeliveries();
  }

  #remember(slot: Slot): void {
    for (const { headers } of this.messagesOf(slot)) {
      const { destination = '', offset, epoch = '' } = headers;
      if (offset !== undefined) this.#lastSeen.set(`${slot} ${destination}`, { offset: Number(offset), epoch });
    }
  }

  #activity(): number {
    const frames = [...this.clients.values()].map(({ client, end }) => client.frames.length + (end ? 1 : 0));
    return frames.reduce((sum, count) => sum + count, this.log.entries.length);
  }

  #tellDeliveries(): void {
    for (const { sessionId, subscriptionId, destination, headers } of this.log.entries.slice(this.#told)) {
      const slot = [...this.clients].find(([, { client }]) => client.sessionId === sessionId)?.[0] ?? '?';
      const again = headers['redelivered'] === undefined ? '' : ' again';
      const { n: name = '?' } = headers;
      this.note(`   ${slot}/${subscriptionId} is given ${name} of ${destination}${again}`);
    }
    this.#told = this.log.entries.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.application.stop();
  }
}

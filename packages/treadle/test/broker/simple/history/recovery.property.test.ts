import { connect, type Inbox, type TestClient } from '@treadle/testing';
import * as fc from 'fast-check';
import { type Application, createApplication } from '../../../../src/application.js';
import { simpleBroker } from '../../../../src/broker/simple/simple-broker.js';
import { silentLogger } from '../../../../src/foundation/logger.js';
import type { Message } from '../../../../src/messaging/message.js';
import { settled } from '../policed-application.js';

const ROOM = '/topic/room';

/** Holds some deliveries up for a turn of the event loop. */
const sometimesSlow = {
  preSend: (message: Message): Message | Promise<Message> =>
    message.payload.length % 3 === 0
      ? new Promise((resolve) => {
          setImmediate(() => resolve(message));
        })
      : message,
};

function start(messages: number): Application {
  return createApplication({
    logger: silentLogger,
    interceptors: { clientOutbound: [sometimesSlow] },
    broker: simpleBroker({ policies: [{ destinations: '/topic/**', history: { messages } }] }),
    limits: { sendBufferOctets: 500 },
  });
}

/** A client that keeps the offset and epoch of the last message it saw, and comes back with them. */
class ReturningClient {
  /** Runs of messages it may believe to be without gaps. */
  readonly runs: number[][] = [[]];
  #client: TestClient | undefined;
  #inbox: Inbox | undefined;
  #offset = '0';
  #epoch: string | undefined;

  async connect(application: Application, ack: string | undefined): Promise<void> {
    this.#client = await connect(application);
    this.#inbox = await this.#client.subscribe(ROOM, {
      offset: this.#offset,
      ...(this.#epoch !== undefined && { epoch: this.#epoch }),
      ...(ack !== undefined && { ack, 'prefetch-count': '2' }),
    });
    const receipt = this.#client.frames.findLast(({ command }) => command === 'RECEIPT');
    if (receipt?.headers['recovered'] !== 'true') this.runs.push([]);
    this.#offset = receipt?.headers['epoch'] === this.#epoch ? this.#offset : '0';
    this.#epoch = receipt?.headers['epoch'];
  }

  /** Takes what has come. */
  take(most = Infinity): void {
    for (let count = 0; count < most && this.#inbox && this.#inbox.size > 0; count += 1) {
      const message = this.#inbox.messages[this.#inbox.messages.length - this.#inbox.size];
      void this.#inbox.nextMessage();
      if (!message) return;
      this.runs.at(-1)?.push(Number(message.body.split(' ')[0]));
      this.#offset = message.headers['offset'] ?? '';
      this.#epoch = message.headers['epoch'];
      const { ack } = message.headers;
      if (ack !== undefined) this.#client?.sendFrame('ACK', { id: ack });
    }
  }

  stopReading(): void {
    this.#client?.stopReading();
  }

  /** What came and was not taken is lost, as in a crash. */
  drop(): void {
    this.#client?.drop();
    this.#client = undefined;
    this.#inbox = undefined;
  }
}

const KINDS = ['publish', 'take', 'drop', 'connect', 'restart', 'stall', 'turn'] as const;

interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly count: number;
}

const WEIGHTS: { readonly [kind in Step['kind']]: number } = {
  publish: 5,
  take: 3,
  drop: 2,
  connect: 2,
  restart: 1,
  stall: 1,
  turn: 1,
};
const STEPS = fc.array(
  fc.record({
    kind: fc.oneof(...KINDS.map((kind) => ({ weight: WEIGHTS[kind], arbitrary: fc.constant(kind) }))),
    count: fc.integer({ min: 1, max: 8 }),
  }),
  { minLength: 5, maxLength: 40 },
);

interface Played {
  readonly runs: readonly (readonly number[])[];
  /** The last message, when anything was published since the server began for the last time. */
  readonly last: number | undefined;
}

/** Plays the steps, then lets the client come back once more and take everything. */
async function play(steps: readonly Step[], messages: number, ack: string | undefined): Promise<Played> {
  let application = start(messages);
  let [published, publishedBefore] = [0, 0];
  const client = new ReturningClient();
  const perform: { readonly [kind in Step['kind']]: (count: number) => Promise<void> } = {
    async publish(count) {
      for (let index = 0; index < count; index += 1) {
        published += 1;
        await application.template.convertAndSend(ROOM, `${published} ${'x'.repeat(published % 50)}`);
      }
    },
    async take(count) {
      await settled();
      client.take(count);
    },
    async drop() {
      client.drop();
    },
    async connect() {
      client.drop();
      await client.connect(application, ack);
    },
    async restart() {
      client.drop();
      await application.stop();
      application = start(messages);
      publishedBefore = published;
      await application.start();
    },
    async stall() {
      client.stopReading();
    },
    turn: settled,
  };
  await application.start();
  for (const { kind, count } of steps) await perform[kind](count);
  await perform.connect(1);
  for (let turn = 0; turn < 100; turn += 1) await perform.take(Infinity);
  await application.stop();
  return {
    runs: client.runs.filter(({ length }) => length > 0),
    last: published > publishedBefore ? published : undefined,
  };
}

describe('recovery', () => {
  it('gives every message exactly once and in order, or says that something is missing', async () => {
    const keeps = fc.integer({ min: 3, max: 30 });
    const modes = fc.constantFrom(undefined, 'client', 'client-individual');
    await fc.assert(
      fc.asyncProperty(STEPS, keeps, modes, async (steps, messages, ack) => {
        const { runs, last } = await play(steps, messages, ack);

        for (const run of runs) expect(run).toEqual(run.map((_each, index) => (run[0] ?? 0) + index));
        const all = runs.flat();
        expect(all).toEqual([...new Set(all)].toSorted((one, other) => one - other));
        expect(all.at(-1)).toBe(last ?? all.at(-1));
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

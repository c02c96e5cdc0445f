import {
  activemqPackage,
  type BrokerName,
  rabbitmqPackage,
  type RealBroker,
  startBroker,
} from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { acknowledgement } from '../../../obligations/acknowledgement-frames.js';
import type { RawClient } from '../../../obligations/raw-client.js';
import { bodies, disconnect, fresh, send, sendAndWait, subscribe, take } from '../../conformance/conversation.js';
import { goOn, heardOfLoss, hearNotices } from '../kit/notices.js';
import { CONFIGURATIONS, type Configuration, nameOf, RelayedApplication } from '../kit/relayed-application.js';

jest.setTimeout(90_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

const PERSISTENT = 'persistent:true\n';
const HOLDING = CONFIGURATIONS.filter(({ onBrokerLoss }) => onBrokerLoss === 'hold');

/** One application before, while and after its broker is gone: what its clients and it itself were told. */
class Story {
  readonly topic = fresh('/topic');
  readonly jobs = fresh('/queue');
  /** Nobody listens here while the broker lives: what it has taken can be counted later. */
  readonly kept = fresh('/queue');
  readonly configuration: Configuration;
  readonly #relayed: RelayedApplication;
  readonly listener: RawClient;
  readonly worker: RawClient;
  readonly sender: RawClient;
  /** How many of its SEND frames, all of which asked for a receipt, have got it. */
  receipts = 0;
  /** How many there were. */
  sent = 0;
  /** What became of a message of the application itself while the broker was away. */
  published: Promise<void> | undefined;

  private constructor(
    configuration: Configuration,
    relayed: RelayedApplication,
    [listener, worker, sender]: readonly [RawClient, RawClient, RawClient],
  ) {
    this.configuration = configuration;
    this.#relayed = relayed;
    this.listener = listener;
    this.worker = worker;
    this.sender = sender;
  }

  static async begin(configuration: Configuration, url: string): Promise<Story> {
    const relayed = await RelayedApplication.on({ ...configuration, url });
    const clients = [
      await relayed.connect(`listener of ${nameOf(configuration)}`),
      await relayed.connect(),
      await relayed.connect(),
    ] as const;
    const story = new Story(configuration, relayed, clients);
    const { listener, worker, sender, topic, jobs } = story;
    await hearNotices(listener);
    await hearNotices(worker);
    await subscribe(listener, topic);
    for (const job of ['1', '2', '3']) await sendAndWait(sender, jobs, job, PERSISTENT);
    worker.type(`SUBSCRIBE\nid:jobs\ndestination:${jobs}\nack:client-individual\n\n\0`);
    const [first] = await take(worker, 3);
    await worker.ask(acknowledgement('ACK', first, '1.2', 'receipt:done\n'));
    return story;
  }

  get holds(): boolean {
    return this.configuration.onBrokerLoss === 'hold';
  }

  get relayed(): RelayedApplication {
    return this.#relayed;
  }

  /** The application sends a message, and waits for the broker as long as it may. */
  publish(): void {
    this.published = this.relayed.application.template.convertAndSend(this.topic, 'into the void');
    this.published.catch(() => undefined); // looked at later
  }

  /** Sends one message after the other and asks a receipt of each; resolves when half of a hundred have it. */
  async flood(): Promise<void> {
    for (; this.sent < 100; this.sent += 1) {
      this.sender.type(send(this.kept, String(this.sent), `${PERSISTENT}receipt:${this.sent}\n`));
    }
    await this.sender.until(() => this.sender.waiting.length >= 50, 'half of the receipts');
    for (; this.sent < 200; this.sent += 1) {
      this.sender.type(send(this.kept, String(this.sent), `${PERSISTENT}receipt:${this.sent}\n`));
    }
  }
}

/** The numbers of the messages in a queue, in order, and nothing is left in it. */
async function drain(relayed: RelayedApplication, queue: string): Promise<number[]> {
  const client = await relayed.reconnect();
  await subscribe(client, queue);
  client.type(send(queue, 'the end'));
  const numbers: number[] = [];
  for (let frame = await client.next(); frame.body.toString() !== 'the end'; frame = await client.next()) {
    numbers.push(Number(frame.body.toString()));
  }
  return numbers;
}

function describeKill(name: BrokerName): void {
  let broker: RealBroker;
  let stories: Map<string, Story>;
  const storyOf = (configuration: Configuration): Story => stories.get(nameOf(configuration))!; // one was begun for each

  beforeAll(async () => {
    broker = await startBroker(name);
    const begun = CONFIGURATIONS.map((configuration) => Story.begin(configuration, broker.url));
    stories = new Map((await Promise.all(begun)).map((story) => [nameOf(story.configuration), story]));
    await Promise.all([...stories.values()].map((story) => story.flood()));
    await broker.kill();
    await Promise.all([...stories.values()].map(({ relayed }) => relayed.whenAvailable(false)));
    for (const story of stories.values()) story.publish();
  });

  afterAll(async () => {
    await Promise.all([...stories.values()].map(({ relayed }) => relayed[Symbol.asyncDispose]()));
    await broker[Symbol.asyncDispose]();
  });

  describe.each(CONFIGURATIONS)('%j: while it is gone', (configuration) => {
    it('every session ends with ERROR, or is told and stays, as configured', async () => {
      const { holds, listener, worker } = storyOf(configuration);

      const heard = [await heardOfLoss(listener), await heardOfLoss(worker)];

      const expected = { ends: !holds, code: 'BROKER_UNAVAILABLE' };
      expect(heard).toEqual([expected, expected]);
      expect([listener.isClosed, worker.isClosed]).toEqual([!holds, !holds]);
    });

    it('every frame that asked for a receipt is answered, in order: by RECEIPT, up to the one whose ERROR ends the session', async () => {
      const { sender, sent } = storyOf(configuration);

      const frames = await sender.rest();
      const error = frames.at(-1);
      const receipts = frames.slice(0, -1).map((frame) => Number(frame.header('receipt-id')));

      expect(receipts).toEqual(Array.from(receipts, (_, index) => index));
      expect(receipts.length).toBeGreaterThanOrEqual(50);
      expect(receipts.length).toBeLessThan(sent);
      storyOf(configuration).receipts = receipts.length;
      expect(error?.command).toBe('ERROR');
      expect(['OUTCOME_UNKNOWN', 'BROKER_UNAVAILABLE']).toContain(error?.header('code'));
    });

    it('who connects is refused, or held, within the time for that', async () => {
      const { holds, relayed } = storyOf(configuration);

      const answer = await relayed.open().next();

      expect([answer.command, answer.header('code')]).toEqual(
        holds ? ['CONNECTED', undefined] : ['ERROR', 'BROKER_UNAVAILABLE'],
      );
    });

    it('what the application sends by way of the broker fails', async () => {
      const { published } = storyOf(configuration);

      await expect(published).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
    });
  });

  it.each(HOLDING)('%j: while it is gone held sessions get what needs no broker', async (configuration) => {
    const { listener, relayed } = storyOf(configuration);

    await subscribe(listener, '/user/queue/news', '', 'news');
    await relayed.application.template.convertAndSendToUser(
      `listener of ${nameOf(configuration)}`,
      '/queue/news',
      'still here',
    );

    expect(bodies(await take(listener, 1))).toEqual(['still here']);
  });

  describe('when it is back', () => {
    beforeAll(async () => {
      await broker.start();
      await Promise.all([...stories.values()].map(({ relayed }) => relayed.whenAvailable(true)));
    });

    describe.each(CONFIGURATIONS)('%j', (configuration) => {
      it('it is told once that it went and once that it came', () => {
        expect(storyOf(configuration).relayed.availability).toEqual([true, false, true]);
      });

      it('held sessions are told, and their subscriptions live again; others connect anew', async () => {
        const { listener: former, relayed, topic } = storyOf(configuration);
        const listener = await goOn(former, relayed, (client) => subscribe(client, topic));

        await relayed.application.template.convertAndSend(topic, 'for the listener');

        expect(bodies(await listener.take(1))).toEqual(['for the listener']);
        expect(await listener.leftovers()).toEqual([]);
      });

      it('what was acknowledged does not come again; what was not does, in order and marked', async () => {
        const { worker: former, relayed, jobs } = storyOf(configuration);
        const resumed = await goOn(former, relayed, (client) =>
          subscribe(client, jobs, 'ack:client-individual\n', 'jobs'),
        );

        const again = await resumed.take(2);
        // RabbitMQ answers an ACK before it is on its disk: killed right then it gives the message once more.
        const isOnceMore = name === 'rabbitmq' && again[0]?.body.toString() === '1';
        if (isOnceMore) again.push(...(await resumed.take(1)));
        for (const frame of again) await resumed.client.ask(acknowledgement('ACK', frame, '1.2', 'receipt:done\n'));
        await disconnect(resumed.client);

        expect(bodies(again).slice(isOnceMore ? 1 : 0)).toEqual(['2', '3']);
        // ActiveMQ does not store what it has delivered before.
        const mark = name === 'rabbitmq' ? 'true' : undefined;
        expect(again.filter((frame) => frame.header('redelivered') !== mark)).toEqual([]);
        expect(await drain(relayed, jobs)).toEqual([]);
      });

      it('every message whose receipt came is in its queue, once and in order', async () => {
        const { kept, receipts, relayed, sent } = storyOf(configuration);

        const numbers = await drain(relayed, kept);

        expect(numbers).toEqual(Array.from(numbers, (_, index) => index));
        expect(numbers.length).toBeGreaterThanOrEqual(receipts);
        expect(numbers.length).toBeLessThanOrEqual(sent);
      });
    });
  });
}

describeWith(rabbitmqPackage, 'a RabbitMQ that is killed (SIGKILL)', () => describeKill('rabbitmq'));

describeWith(activemqPackage, 'an ActiveMQ that is killed (SIGKILL)', () => describeKill('activemq'));

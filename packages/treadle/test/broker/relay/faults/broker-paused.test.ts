import {
  activemqPackage,
  type BrokerName,
  rabbitmqPackage,
  type RealBroker,
  startBroker,
} from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { setTimeout as pass } from 'node:timers/promises';
import type { RawClient } from '../../../obligations/raw-client.js';
import { bodies, fresh, leftovers, send, sendAndWait, subscribe, take } from '../../conformance/conversation.js';
import { goOn, heardOfLoss, hearNotices } from '../kit/notices.js';
import { CONFIGURATIONS, type Configuration, nameOf, RelayedApplication } from '../kit/relayed-application.js';

/** One application whose broker falls silent. */
interface Story {
  readonly configuration: Configuration;
  readonly relayed: RelayedApplication;
  readonly topic: string;
  readonly listener: RawClient;
  readonly sender: RawClient;
}

async function begin(configuration: Configuration, url: string): Promise<Story> {
  const relayed = await RelayedApplication.on({ ...configuration, url });
  const [listener, sender] = [await relayed.connect(), await relayed.connect()];
  const topic = fresh('/topic');
  await hearNotices(listener);
  await subscribe(listener, topic);
  await sendAndWait(sender, topic, 'before');
  await take(listener, 1);
  return { configuration, relayed, topic, listener, sender };
}

function describePause(name: BrokerName): void {
  let broker: RealBroker;
  let stories: readonly Story[];
  const storyOf = (configuration: Configuration): Story =>
    stories.find((story) => nameOf(story.configuration) === nameOf(configuration))!; // one was begun for each

  beforeAll(async () => {
    broker = await startBroker(name);
    stories = await Promise.all(CONFIGURATIONS.map((configuration) => begin(configuration, broker.url)));
    broker.pause();
    for (const { sender, topic } of stories) sender.type(send(topic, 'into the silence', 'receipt:silent\n'));
    await Promise.all(stories.map(({ relayed }) => relayed.whenAvailable(false)));
  }, 60_000);

  afterAll(async () => {
    broker.resume();
    await Promise.all(stories.map(({ relayed }) => relayed[Symbol.asyncDispose]()));
    await broker[Symbol.asyncDispose]();
  }, 60_000);

  describe.each(CONFIGURATIONS)('%j: when it has said nothing for three heart-beats', (configuration) => {
    it('it counts as lost, and who waits for an answer learns that the outcome is unknown', async () => {
      const { sender } = storyOf(configuration);

      const error = await sender.refusal();

      expect(['OUTCOME_UNKNOWN', 'BROKER_UNAVAILABLE']).toContain(error.header('code'));
    });

    it('sessions end, or are told and stay', async () => {
      const { listener } = storyOf(configuration);

      expect(await heardOfLoss(listener)).toEqual({
        ends: configuration.onBrokerLoss === 'close',
        code: 'BROKER_UNAVAILABLE',
      });
    });
  });

  describe('when it goes on', () => {
    beforeAll(async () => {
      broker.resume();
      await Promise.all(stories.map(({ relayed }) => relayed.whenAvailable(true)));
    }, 60_000);

    it.each(CONFIGURATIONS)(
      '%j: so does everything else, and what had been written before arrives at most once',
      async (configuration) => {
        const { listener: former, relayed, topic } = storyOf(configuration);
        const listener = await goOn(former, relayed, (client) => subscribe(client, topic));

        await sendAndWait(await relayed.connect(), topic, 'after');

        const heard = bodies(await listener.take(1));
        if (heard[0] === 'into the silence') heard.push(...bodies(await take(listener.client, 1)));
        expect(heard.at(-1)).toBe('after');
        expect(bodies(await leftovers(listener.client))).toEqual([]);
      },
    );
  });
}

describeWith(rabbitmqPackage, 'a RabbitMQ that says nothing any more (SIGSTOP)', () => describePause('rabbitmq'));

describeWith(activemqPackage, 'an ActiveMQ that says nothing any more (SIGSTOP)', () => describePause('activemq'));

describeWith(rabbitmqPackage, 'a RabbitMQ that says nothing for half a minute, with the relay’s own times', () => {
  it('is lost when its heart-beats are missing, and everything works when it goes on', async () => {
    await using broker = await startBroker('rabbitmq');
    const own = { heartBeat: { sends: 10_000, expects: 10_000 }, receiptTimeMs: 30_000, holdTimeMs: 10_000 };
    const relayed = await Promise.all(
      CONFIGURATIONS.map((configuration) => RelayedApplication.on({ ...configuration, ...own, url: broker.url })),
    );
    const clients = await Promise.all(relayed.map((one) => one.connect()));
    const topics = relayed.map(() => fresh('/topic'));
    await Promise.all(clients.map((client, index) => subscribe(client, topics[index] ?? '')));
    const asked = await Promise.all(relayed.map((one) => one.connect()));

    broker.pause();
    for (const [index, client] of asked.entries()) client.type(send(topics[index] ?? '', 'hi', 'receipt:r\n'));
    await pass(30_500);
    await Promise.all(relayed.map((one) => one.whenAvailable(false)));
    broker.resume();
    await Promise.all(relayed.map((one) => one.whenAvailable(true)));

    for (const [index, client] of clients.entries()) {
      expect(client.isClosed).toBe(CONFIGURATIONS[index]?.onBrokerLoss === 'close');
      expect((await asked[index]?.rest())?.at(-1)?.command).toBe('ERROR');
    }
    for (const one of relayed) await one[Symbol.asyncDispose]();
  }, 120_000);
});

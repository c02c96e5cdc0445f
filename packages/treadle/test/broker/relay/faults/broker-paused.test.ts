import {
  activemqPackage,
  type BrokerName,
  rabbitmqPackage,
  type RealBroker,
  startBroker,
} from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import type { BrokerRelayOptions } from '../../../../src/broker/relay/relay-options.js';
import type { RawClient } from '../../../obligations/raw-client.js';
import { bodies, fresh, send, sendAndWait, subscribe, take } from '../../conformance/conversation.js';
import { goOn, heardOfLoss, hearNotices } from '../kit/notices.js';
import { CONFIGURATIONS, RelayedApplication } from '../kit/relayed-application.js';

jest.setTimeout(90_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

/** RabbitMQ knows no heart-beats below a second. */
const SHORT_TIMES: BrokerRelayOptions = { heartBeat: { sends: 1_000, expects: 1_000 }, receiptTimeMs: 4_000 };

/** Those that a relay has unless it is told otherwise. */
const OWN_TIMES: BrokerRelayOptions = {
  heartBeat: { sends: 10_000, expects: 10_000 },
  receiptTimeMs: 30_000,
  holdTimeMs: 10_000,
};

/** What a relay is told, beside where its broker is. */
interface Situation {
  readonly title: string;
  readonly relay: BrokerRelayOptions & Pick<(typeof CONFIGURATIONS)[number], 'onBrokerLoss'>;
}

const HASTY: readonly Situation[] = CONFIGURATIONS.map((relay) => ({
  title: `${relay.connections}, ${relay.onBrokerLoss}`,
  relay: { ...relay, ...SHORT_TIMES },
}));
const PATIENT: readonly Situation[] = HASTY.map(({ title, relay }) => ({
  title: `${title}, with the relay’s own times`,
  relay: { ...relay, ...OWN_TIMES },
}));

/** One application whose broker falls silent. */
interface Story {
  readonly relayed: RelayedApplication;
  readonly topic: string;
  readonly listener: RawClient;
  readonly sender: RawClient;
}

async function begin({ relay }: Situation, url: string): Promise<Story> {
  const relayed = await RelayedApplication.on({ ...relay, url });
  const [listener, sender] = [await relayed.connect(), await relayed.connect()];
  const topic = fresh('/topic');
  await hearNotices(listener);
  await subscribe(listener, topic);
  await sendAndWait(sender, topic, 'before');
  await take(listener, 1);
  return { relayed, topic, listener, sender };
}

function describePause(name: BrokerName, situations: readonly Situation[]): void {
  let broker: RealBroker;
  let stories: ReadonlyMap<Situation, Story>;
  const storyOf = (situation: Situation): Story => stories.get(situation)!; // one was begun for each
  const whenAvailable = (isAvailable: boolean): Promise<unknown> =>
    Promise.all([...stories.values()].map(({ relayed }) => relayed.whenAvailable(isAvailable)));

  beforeAll(async () => {
    broker = await startBroker(name);
    const begun = situations.map(async (situation) => [situation, await begin(situation, broker.url)] as const);
    stories = new Map(await Promise.all(begun));
    await broker.pause();
    for (const { sender, topic } of stories.values()) sender.type(send(topic, 'into the silence', 'receipt:silent\n'));
    await whenAvailable(false);
  });

  afterAll(async () => {
    broker.resume();
    await Promise.all([...stories.values()].map(({ relayed }) => relayed[Symbol.asyncDispose]()));
    await broker[Symbol.asyncDispose]();
  });

  describe.each(situations)('$title: when it has said nothing for three heart-beats', (situation) => {
    it('it counts as lost, and who waits for an answer learns that the outcome is unknown', async () => {
      const { sender } = storyOf(situation);

      const error = await sender.refusal();

      expect(['OUTCOME_UNKNOWN', 'BROKER_UNAVAILABLE']).toContain(error.header('code'));
    });

    it('sessions end, or are told and stay', async () => {
      const { listener } = storyOf(situation);

      expect(await heardOfLoss(listener)).toEqual({
        ends: situation.relay.onBrokerLoss === 'close',
        code: 'BROKER_UNAVAILABLE',
      });
    });
  });

  describe('when it goes on', () => {
    beforeAll(async () => {
      broker.resume();
      await whenAvailable(true);
    });

    it.each(situations)(
      '$title: so does everything else, and what had been written before arrives at most once',
      async (situation) => {
        const { listener: former, relayed, topic } = storyOf(situation);
        const listener = await goOn(former, relayed, (client) => subscribe(client, topic));

        await sendAndWait(await relayed.connect(), topic, 'after');

        const heard = bodies(await listener.take(1));
        if (heard[0] === 'into the silence') heard.push(...bodies(await listener.take(1)));
        expect(heard.at(-1)).toBe('after');
        expect(bodies(await listener.leftovers())).toEqual([]);
      },
    );
  });
}

// A real half minute once: with the relay's own times.
describeWith(rabbitmqPackage, 'a RabbitMQ that says nothing any more (SIGSTOP)', () =>
  describePause('rabbitmq', [...HASTY, ...PATIENT]),
);

describeWith(activemqPackage, 'an ActiveMQ that says nothing any more (SIGSTOP)', () =>
  describePause('activemq', HASTY),
);

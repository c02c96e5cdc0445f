import { rabbitmqPackage, type RealBroker, startBroker } from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { TreadleError } from '../../../../src/foundation/errors.js';
import { bodies, fresh, send, sendAndWait, subscribe, take } from '../../conformance/conversation.js';
import { FaultProxy } from '../kit/fault-proxy.js';
import { CONFIGURATIONS, type Configuration, RelayedApplication } from '../kit/relayed-application.js';

jest.setTimeout(90_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

const UNCONFIRMED = 50;
const HELD = 20;
/** Room for so many small ones: a message counts 512 octets beside its payload. */
const HELD_OCTETS = HELD * 520;
const PATIENT = {
  receiptTimeMs: 60_000,
  holdTimeMs: 60_000,
  unconfirmedMessages: UNCONFIRMED,
  heldOctets: HELD_OCTETS,
};

/** One application and what stands between it and the broker. */
interface Story {
  readonly relayed: RelayedApplication;
  readonly proxy: FaultProxy;
}

describeWith(rabbitmqPackage, 'a RabbitMQ that has no memory left, and blocks publishers', () => {
  let broker: RealBroker;
  const raiseAlarm = (): Promise<string> => broker.ctl('set_vm_memory_high_watermark', '0.00001');
  const liftAlarm = (): Promise<string> => broker.ctl('set_vm_memory_high_watermark', '0.4');
  beforeAll(async () => (broker = await startBroker('rabbitmq')));
  afterAll(() => broker[Symbol.asyncDispose]());

  async function begin(configuration: Configuration): Promise<Story> {
    const proxy = await FaultProxy.before(broker.url);
    return { proxy, relayed: await RelayedApplication.on({ ...configuration, ...PATIENT, url: proxy.url }) };
  }

  async function end({ relayed, proxy }: Story): Promise<void> {
    await relayed[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  }

  it('makes publishers wait instead of memory grow; subscribers get what was taken; all goes on when it is over', async () => {
    const stories = await Promise.all(CONFIGURATIONS.map(begin));
    const told = stories.map(() => fresh('/topic'));
    const topics = stories.map(() => fresh('/topic'));
    const senders = await Promise.all(stories.map(({ relayed }) => relayed.connect()));
    const listeners = await Promise.all(stories.map(({ relayed }) => relayed.connect()));
    await Promise.all(listeners.map((client, index) => subscribe(client, topics[index] ?? '')));
    await Promise.all(listeners.map((client, index) => subscribe(client, told[index] ?? '', '', 'told')));
    const numbers = Array.from({ length: 1_000 }, (_, index) => String(index));
    await raiseAlarm();

    for (const [index, sender] of senders.entries()) {
      for (const number of numbers) sender.type(send(topics[index] ?? '', number));
    }
    const published = stories.map(({ relayed }, story) =>
      Array.from({ length: UNCONFIRMED + HELD + 30 }, (_, index) =>
        relayed.application.template.convertAndSend(told[story] ?? '', String(index)).then(
          () => 'sent',
          (error: unknown) => (error instanceof TreadleError ? error.code : String(error)),
        ),
      ),
    );
    const refused = await Promise.all(published.map((each) => Promise.race(each.slice(UNCONFIRMED + HELD + 5))));
    await Promise.all(senders.map((sender) => sender.arrived()));
    const unanswered = stories.map(
      ({ proxy }) => proxy.count('SEND') + proxy.count('SUBSCRIBE') - proxy.count('RECEIPT'),
    );
    await liftAlarm();

    // Of the application nothing waits without bound, and what is refused says so.
    expect(refused).toEqual(CONFIGURATIONS.map(() => 'BROKER_UNAVAILABLE'));
    // Neither does what clients send: their sessions are not read any more.
    for (const count of unanswered) expect(count).toBeLessThanOrEqual(2 * UNCONFIRMED + 2);
    for (const [index, client] of listeners.entries()) {
      const outcomes = await Promise.all(published[index] ?? []);
      const taken = outcomes.flatMap((outcome, number) => (outcome === 'sent' ? [String(number)] : []));
      const frames = await take(client, numbers.length + taken.length);
      const own = (id: string): string[] => bodies(frames.filter((frame) => frame.header('subscription') === id));
      expect(taken.length).toBeGreaterThanOrEqual(HELD);
      expect(own('told')).toEqual(taken);
      expect(own('s')).toEqual(numbers);
    }
    expect(stories.map(({ relayed }) => relayed.availability)).toEqual(CONFIGURATIONS.map(() => [true]));
    await Promise.all(stories.map(end));
  });

  it.each(['per-client', 'shared'] as const)(
    'ends nobody who only listens, though those who publish are given up (%s)',
    async (connections) => {
      const relay = { url: broker.url, connections, sharedConnections: 1, receiptTimeMs: 2_000 };
      await using relayed = await RelayedApplication.on(relay);
      const [listener, sender] = [await relayed.connect(), await relayed.connect()];
      const topic = fresh('/topic');
      await subscribe(listener, topic);
      await raiseAlarm();

      // It takes a moment until the broker stops to read.
      let answer;
      do {
        sender.type(send(topic, 'meanwhile', 'receipt:1\n'));
        answer = await sender.next();
      } while (answer.command === 'RECEIPT');
      expect(answer.header('code')).toBe('OUTCOME_UNKNOWN');
      await liftAlarm();
      const successor = await relayed.reconnect();
      await sendAndWait(successor, topic, 'over');

      let last;
      do last = await listener.next();
      while (last.body.toString() !== 'over');
      expect(last.command).toBe('MESSAGE');
    },
  );

  it('lets new subscriptions be made meanwhile', async () => {
    const stories = await Promise.all(CONFIGURATIONS.map(begin));
    const clients = await Promise.all(
      stories.map(async ({ relayed }) => [await relayed.connect(), await relayed.connect()] as const),
    );
    await raiseAlarm();

    for (const [sender] of clients) {
      for (let number = 0; number < 20; number += 1) sender.type(send(fresh('/topic'), 'waits'));
    }
    await Promise.all(clients.map(([, listener]) => subscribe(listener, fresh('/topic'))));

    await liftAlarm();
    expect(clients.map(([, listener]) => listener.isClosed)).toEqual(CONFIGURATIONS.map(() => false));
    await Promise.all(stories.map(end));
  });
});

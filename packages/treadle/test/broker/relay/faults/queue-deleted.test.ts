import { rabbitmqPackage, type RealBroker, startBroker } from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { bodies, fresh, sendAndWait, subscribe, take } from '../../conformance/conversation.js';
import { hearNotices, notice } from '../kit/notices.js';
import { CONFIGURATIONS, RelayedApplication } from '../kit/relayed-application.js';

jest.setTimeout(90_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

// ActiveMQ does not delete a queue that has consumers.
describeWith(rabbitmqPackage, 'a queue of RabbitMQ is deleted under its subscriber', () => {
  let broker: RealBroker;
  beforeAll(async () => (broker = await startBroker('rabbitmq')));
  afterAll(() => broker[Symbol.asyncDispose]());

  it.each(CONFIGURATIONS)(
    '%j: its client learns that this subscription has ended, keeps the others, and may subscribe again',
    async (configuration) => {
      await using relayed = await RelayedApplication.on({ ...configuration, url: broker.url });
      const [worker, sender] = [await relayed.connect(), await relayed.connect()];
      const [queue, topic] = [fresh('/queue'), fresh('/topic')];
      await hearNotices(worker);
      await subscribe(worker, queue, 'ack:client-individual\n', 'jobs');
      await sendAndWait(sender, queue, 'job');
      await take(worker, 1);

      await broker.ctl('delete_queue', queue.slice('/queue/'.length));

      expect(await notice(worker)).toBe('UNSUBSCRIBED_BY_SERVER');
      await subscribe(worker, topic, '', 'topic');
      await sendAndWait(sender, topic, 'hi');
      expect(bodies(await take(worker, 1))).toEqual(['hi']);
      await subscribe(worker, queue, 'ack:client-individual\n', 'jobs');
      await sendAndWait(sender, queue, 'another job');
      expect(bodies(await take(worker, 1))).toEqual(['another job']);
    },
  );
});

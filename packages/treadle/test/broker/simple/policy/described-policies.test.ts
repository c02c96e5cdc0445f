import { startUpReport } from '../../../../src/start-up/start-up-report.js';
import { policed } from '../policed-application.js';

test('describe() and the report of a start tell the policies, in their order, with all that holds', async () => {
  const latestByKey = (): string => 'key';
  await using broker = policed([
    { destinations: '/topic/a', slowConsumer: { latestByKey }, history: { messages: 5 }, retainLast: undefined },
    { destinations: ['/queue/**', '/topic/jobs'], kind: 'queue', maxMessages: 10, maxSubscribers: 3 },
    { destinations: '/topic/b' },
  ] as const);

  const description = broker.application.describe();
  const report = startUpReport(description);

  expect(JSON.parse(JSON.stringify(description.broker.policies))).toEqual([
    {
      destinations: ['/topic/a'],
      kind: 'topic',
      options: {
        slowConsumer: { latestByKey: 'a function' },
        history: { messages: 5, octets: 1048576 },
        retainLast: false,
        maxWaitingMessages: 1000,
      },
    },
    {
      destinations: ['/queue/**', '/topic/jobs'],
      kind: 'queue',
      options: {
        maxMessages: 10,
        maxSubscribers: 3,
        maxOctets: 67108864,
        whenFull: 'refuse',
        maxDeliveries: 5,
        deadLetters: '/queue/dead-letters',
      },
    },
    {
      destinations: ['/topic/b'],
      kind: 'topic',
      options: { retainLast: false, slowConsumer: 'disconnect', maxWaitingMessages: 1000 },
    },
  ]);
  expect(report).toMatch(
    /policy +\/topic\/a +topic +slowConsumer: \{ latestByKey: 'a function' \}, history: \{ octets: 1048576, messages: 5 \}/,
  );
  expect(report).toMatch(
    /policy +\/queue\/\*\* +\/topic\/jobs +queue +maxMessages: 10, maxSubscribers: 3, maxOctets: 67108864/,
  );
  expect(report).toMatch(
    /policy +\/topic\/b +topic +retainLast: false, slowConsumer: 'disconnect', maxWaitingMessages: 1000\n/,
  );
});

test('an application without policies has none to tell', async () => {
  await using broker = policed([]);

  expect(startUpReport(broker.application.describe())).not.toContain('policy');
});

import { DestinationPolicies } from '../../../../src/broker/simple/policy/destination-policies.js';
import type { DestinationPolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import { createMessage } from '../../broker-under-test.js';

const prices: DestinationPolicy = { destinations: ['/topic/prices/*', '/topic/rates'], retainLast: true };
const topics: DestinationPolicy = { destinations: '/topic/**' };
const jobs: DestinationPolicy = { destinations: '/**', kind: 'queue' };
const notices: DestinationPolicy = { destinations: '/user/queue/notices', maxMessageOctets: 10 };

const forUser = (userDestination: string) =>
  createMessage('MESSAGE', { destination: '/queue/notices-user1', userDestination });

describe('DestinationPolicies', () => {
  const policies = new DestinationPolicies([prices, topics, jobs, notices]);

  it.each([
    ['/topic/prices/gold', prices],
    ['/topic/rates', prices],
    ['/topic/prices/gold/today', topics],
    ['/queue/jobs', jobs],
  ])('the first policy that matches %s counts, however often it is asked for', (destination, policy) => {
    const found = [1, 2].map(() => policies.find(createMessage('MESSAGE', { destination })));

    expect(found).toEqual([policy, policy]);
  });

  it.each([
    ['/queue/**', {}, ['/queue', '/queue/a', '/queue/a/b'], ['/queues', '/topic/a', '/queu', '']],
    ['/topic/v1.*', {}, ['/topic/v1.x', '/topic/v1.'], ['/topic/v1', '/topic/v2.x']],
    ['**', {}, ['/a', 'b'], []],
    ['/{any}/a', {}, ['/queue/a', '/topic/a'], ['/queue/b']],
    ['jobs.#', { separator: '.', wildcards: 'rabbitmq' }, ['jobs', 'jobs.a', 'jobs.a.b'], ['job', 'jobsa', 'topic.a']],
  ] as const)(
    '%s alone has those it matches and no others, whatever they begin with',
    (destinations, syntax, own, others) => {
      const single = new DestinationPolicies([{ destinations }], syntax);

      const haveOne = [...own, ...others].filter((destination) => single.findFor(destination) !== undefined);

      expect(haveOne).toEqual(own);
    },
  );

  it('a translated user destination is looked up as its client knows it, and is never a queue', () => {
    const found = policies.find(forUser('/user/queue/notices'));

    expect(found).toBe(notices);
  });

  it.each(['/**', '/*/queue/*', '/user*/**', '/{any}/queue/**'])(
    'a user destination has no policy of %s, which does not name the user prefix',
    (destinations) => {
      const found = new DestinationPolicies([{ destinations }]).find(forUser('/user/queue/errors'));

      expect(found).toBeUndefined();
    },
  );

  it.each(['/user/**', '/user/queue/*', '/user/queue/errors'])(
    'a user destination has the policy of %s',
    (destinations) => {
      const policy = { destinations };

      const found = new DestinationPolicies([{ destinations: '/**' }, policy]).find(forUser('/user/queue/errors'));

      expect(found).toBe(policy);
    },
  );

  it('the user prefix is the one of the application', () => {
    const own = new DestinationPolicies([topics, notices], { userPrefix: '/me/' });
    const ofMe = new DestinationPolicies([{ destinations: '/me/**' }], { userPrefix: '/me/' });

    expect(own.find(forUser('/user/queue/notices'))).toBeUndefined();
    expect(ofMe.find(forUser('/me/queue/notices'))).toBeDefined();
  });

  it('what no policy matches has none, and so has a message without destination', () => {
    const some = new DestinationPolicies([prices]);

    const found = [createMessage('MESSAGE', { destination: '/queue/x' }), createMessage('ACK')].map((message) =>
      some.find(message),
    );

    expect(found).toEqual([undefined, undefined]);
  });

  it('a pattern is found by its own text', () => {
    expect(policies.findFor('/topic/prices/*')).toBe(prices);
  });

  it('segments may be parted by dots', () => {
    const dotted = new DestinationPolicies([{ destinations: 'topic.prices.*' }], { separator: '.' });

    const found = ['topic.prices.gold', 'topic.prices.gold.today'].map((each) => dotted.findFor(each) !== undefined);

    expect(found).toEqual([true, false]);
  });

  it('wildcards may be those of RabbitMQ', () => {
    const rabbit = new DestinationPolicies([{ destinations: '/topic/prices.#' }], { wildcards: 'rabbitmq' });

    const found = ['/topic/prices.gold.today', '/topic/other'].map((each) => rabbit.findFor(each) !== undefined);

    expect(found).toEqual([true, false]);
  });

  it('keeps nothing of destinations that clients invent beyond a bound', () => {
    const many = new DestinationPolicies([topics]);
    for (let index = 0; index < 20_000; index += 1) many.findFor(`/topic/${index}`);

    expect([many.findFor('/topic/1'), many.findFor(`/topic/${'x'.repeat(5000)}`)]).toEqual([topics, topics]);
  });
});

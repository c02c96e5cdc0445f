import {
  activemq,
  rabbitmq,
  rabbitmqPackage,
  type RealBroker,
  startBroker,
} from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { FaultProxy } from '../kit/fault-proxy.js';
import { login, presentOn, Servers } from './servers-under-test.js';

jest.setTimeout(60_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

const HOLD = { onBrokerLoss: 'hold', holdTimeMs: 20_000 } as const;

describe.each([rabbitmq, activemq])('a server whose link to $name is cut', (broker) => {
  describeWith(broker, 'with a broker', (url) => {
    test('keeps what it sends to users of the other one until it is back, in order', async () => {
      await using proxy = await FaultProxy.before(url);
      await using servers = new Servers(url, HOLD);
      const one = await servers.begin({ url: proxy.url });
      await one.whenAvailable(true);
      const inbox = await (await login(await servers.start(), 'bob')).subscribe('/user/queue/news');
      await presentOn(one.application, 'bob');
      const alice = await login(one.application, 'alice');
      proxy.closeToNew();
      proxy.cutAll();
      await one.whenAvailable(false);

      const { template } = one.application;
      const sent = [template.convertAndSendToUser('bob', '/queue/news', 'by the application')];
      const byAlice = alice.send('/user/bob/queue/news', 'by alice');
      sent.push(template.convertAndSendToUser('bob', '/queue/news', 'the last'));
      proxy.openToNew();

      await Promise.all([...sent, byAlice]);
      const texts: string[] = [await inbox.next(), await inbox.next(), await inbox.next()];
      expect(new Set(texts)).toEqual(new Set(['by alice', 'by the application', 'the last']));
      expect(texts.indexOf('by the application')).toBeLessThan(texts.indexOf('the last'));
    });

    test('fails what it sends to users of others when it is not back in time; a user who is here has it at once', async () => {
      await using proxy = await FaultProxy.before(url);
      await using servers = new Servers(url, HOLD);
      const one = await servers.begin({ url: proxy.url, holdTimeMs: 100 });
      await one.whenAvailable(true);
      const two = await servers.start();
      await login(two, 'bob');
      await presentOn(one.application, 'bob');
      const alice = await login(one.application, 'alice');
      const inbox = await alice.subscribe('/user/queue/echo');
      proxy.closeToNew();
      proxy.cutAll();
      await one.whenAvailable(false);
      await login(two, 'carol');

      const { template } = one.application;
      for (const user of ['bob', 'carol']) {
        await expect(template.convertAndSendToUser(user, '/queue/news', 'x')).rejects.toMatchObject({
          code: 'BROKER_UNAVAILABLE',
        });
      }
      await alice.send('/app/echo', 'here');

      expect(await inbox.next()).toBe('here');
    });

    test('that has not been there yet keeps what a service sends at its start', async () => {
      await using proxy = await FaultProxy.before(url);
      proxy.closeToNew();
      await using servers = new Servers(url, HOLD);
      const inbox = await (await login(await servers.start(), 'bob')).subscribe('/user/queue/news');
      const one = await servers.begin({ url: proxy.url });

      const sent = one.application.template.convertAndSendToUser('bob', '/queue/news', 'at the start');
      proxy.openToNew();
      await sent;

      expect(await inbox.next()).toBe('at the start');
    });
  });
});

describeWith(rabbitmqPackage, 'servers on a RabbitMQ of their own', () => {
  let broker: RealBroker;
  beforeAll(async () => (broker = await startBroker('rabbitmq')));
  afterAll(() => broker[Symbol.asyncDispose]());

  test('hear each other again when the queues of their broadcasts were deleted, and health tells meanwhile', async () => {
    await using servers = new Servers(broker.url);
    const [one, two] = [await servers.begin(), await servers.begin()];
    await Promise.all([one.whenAvailable(true), two.whenAvailable(true)]);
    const inbox = await (await login(two.application, 'bob')).subscribe('/user/queue/news');
    await presentOn(one.application, 'bob');
    const reasons = new Set<string | undefined>();
    const note = setInterval(() => reasons.add(two.application.health().broker.reason), 5);

    for (const queue of await broadcastQueues(broker)) await broker.ctl('delete_queue', queue);
    let count = 0;
    while (inbox.size === 0) {
      await one.application.template.convertAndSendToUser('bob', '/queue/news', count);
      count += 1;
    }
    clearInterval(note);

    await login(two.application, 'carol');
    await presentOn(one.application, 'carol');
    expect([...reasons].join()).toContain('servers cannot tell each other');
    expect(two.application.health().broker.reason).toBeUndefined();
    expect([one.availability, two.availability]).toEqual([[true], [true]]);
  });
});

async function broadcastQueues(broker: RealBroker): Promise<readonly string[]> {
  const names = await broker.ctl('list_queues', '-q', 'name');
  return names.split('\n').filter((name) => name.startsWith('stomp-subscription'));
}

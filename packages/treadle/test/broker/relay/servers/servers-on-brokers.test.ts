import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import {
  activemq,
  activemqPackage,
  rabbitmq,
  rabbitmqPackage,
  startBroker,
} from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { login, presentOn, Servers } from './servers-under-test.js';

const CONNECTIONS = ['per-client', 'shared'] as const;

describe.each([rabbitmq, activemq])('two servers on $name', (broker) => {
  describeWith(broker, 'with a broker', (url) => {
    test.each(CONNECTIONS)(
      'a user has one inbox on all servers, and everybody sees who is there (%s)',
      async (connections) => {
        await using servers = new Servers(url, { connections });
        const [one, two] = [await servers.start(), await servers.start()];
        const [phone, desk] = [await login(one, 'alice'), await login(two, 'alice')];
        const bob = await login(two, 'bob');
        const inboxes = [await phone.subscribe('/user/queue/echo'), await desk.subscribe('/user/queue/echo')];
        await presentOn(one, 'alice', 'bob');
        await presentOn(two, 'alice', 'bob');

        await phone.send('/app/echo', 'by a handler');
        await one.template.convertAndSendToUser('alice', '/queue/echo', 'by the application');
        await bob.send('/user/alice/queue/echo', 'by bob');

        for (const inbox of inboxes) {
          const texts: string[] = [await inbox.next(), await inbox.next(), await inbox.next()];
          expect(new Set(texts)).toEqual(new Set(['by a handler', 'by bob', 'by the application']));
          await inbox.expectNothing();
        }
      },
    );

    test('what one server sends to a user of the other arrives in order, octet by octet', async () => {
      await using servers = new Servers(url);
      const [one, two] = [await servers.start(), await servers.start()];
      const bob = await login(two, 'bob');
      const inbox = await bob.subscribe('/user/queue/news');
      await presentOn(one, 'bob');
      const octets = Buffer.from([0, 255, 10, 13, 0, 58, 92]);

      await Promise.all(
        Array.from({ length: 200 }, (_, number) =>
          one.template.convertAndSendToUser('bob', '/queue/news', Buffer.concat([octets, Buffer.from([number])]), {
            color: 'r:\\ed',
          }),
        ),
      );

      for (let number = 0; number < 200; number += 1) {
        const { headers, octets: received } = await inbox.nextMessage();
        expect(Buffer.from(received)).toEqual(Buffer.concat([octets, Buffer.from([number])]));
        expect(headers).toMatchObject({ destination: '/user/queue/news', color: 'r:\\ed' });
        expect(Object.keys(headers).filter((name) => name.startsWith('treadle-'))).toEqual([]);
      }
    });

    test('a user acknowledges what came from the other server; what is left unacknowledged is gone with the session', async () => {
      await using servers = new Servers(url);
      const [one, two] = [await servers.start(), await servers.start()];
      const bob = await login(two, 'bob');
      const inbox = await bob.subscribe('/user/queue/work', { ack: 'client-individual' });
      await presentOn(one, 'bob');

      for (const work of ['first', 'second']) await one.template.convertAndSendToUser('bob', '/queue/work', work);

      const [first, second] = [await inbox.nextMessage(), await inbox.nextMessage()];
      expect([first.body, second.body]).toEqual(['first', 'second']);
      await bob.ack(first);
      await bob.disconnect();
      const again = await login(two, 'bob');
      await (await again.subscribe('/user/queue/work', { ack: 'client-individual' })).expectNothing();
    });

    test('a user is kicked from the other server, and a server that stops takes its users along', async () => {
      await using servers = new Servers(url);
      const [one, two] = [await servers.start(), await servers.start()];
      const watcher = await login(one, 'watcher');
      const people = await watcher.subscribe('/topic/presence');
      await people.next();
      const [bob] = [await login(two, 'bob'), await people.next()];
      await login(two, 'carol');
      await people.next();

      expect(await one.users.getUser('bob')?.disconnect('enough')).toBe(1);
      await bob.closed;
      expect(await people.next()).toMatchObject({ type: 'left', user: 'bob' });

      await two.stop();
      expect(await people.next()).toMatchObject({ type: 'left', user: 'carol' });
      expect(one.users.getUsers().map(({ name }) => name)).toEqual(['watcher']);
    });

    test('no client reaches what servers tell each other', async () => {
      const userRegistryBroadcast = `/topic/registry-${randomUUID()}`;
      await using servers = new Servers(url, { userRegistryBroadcast });
      const [one, two] = [await servers.start(), await servers.start()];
      const mallory = await login(one, 'mallory');
      const errors = await mallory.subscribe('/user/queue/errors');
      const everything = await mallory.subscribe('/topic/**');

      mallory.sendWithoutReceipt(userRegistryBroadcast, '{"v":1,"kind":"goodbye"}', { 'treadle-server': 'x' });
      mallory.sendFrame('SUBSCRIBE', { id: 'x', destination: userRegistryBroadcast });
      const refused = [await errors.next(), await errors.next()];
      await login(two, 'bob');
      await presentOn(one, 'bob');

      expect(refused).toMatchObject([{ code: 'ACCESS_DENIED' }, { code: 'ACCESS_DENIED' }]);
      while (everything.size > 0) {
        const { headers } = await everything.nextMessage();
        expect(headers['destination']).toBe('/topic/presence');
      }
    });
  });
});

describeWith(rabbitmqPackage, 'user destinations on a RabbitMQ', () => {
  test('leave no queue behind, acknowledged ones included (Spring L17)', async () => {
    await using broker = await startBroker('rabbitmq');
    await using servers = new Servers(broker.url);
    const application = await servers.start();
    const before = await broker.ctl('list_queues', '-q', 'name');
    const alice = await login(application, 'alice');
    await alice.subscribe('/user/queue/news');
    await alice.subscribe('/user/queue/work', { ack: 'client' });
    const during = await broker.ctl('list_queues', '-q', 'name');
    expect(during.split('\n')).toHaveLength(before.split('\n').length + 1);

    await alice.disconnect();

    let after = '';
    do after = await broker.ctl('list_queues', '-q', 'name');
    while (after === during);
    expect(after).toBe(before);
  }, 60_000);
});

const PACKAGES = [
  ['activemq', activemqPackage],
  ['rabbitmq', rabbitmqPackage],
] as const;

describe.each(PACKAGES)('two servers whose %s is killed and started again', (name, installed) => {
  describeWith(installed, 'with its package', () => {
    test('know each other again, and nobody has left meanwhile', async () => {
      await using broker = await startBroker(name);
      await using servers = new Servers(broker.url, { onBrokerLoss: 'hold', holdTimeMs: 20_000 });
      const [one, two] = [await servers.start(), await servers.start()];
      const watcher = await login(one, 'watcher');
      const people = await watcher.subscribe('/topic/presence');
      await people.next();
      const bob = await login(two, 'bob');
      const inbox = await bob.subscribe('/user/queue/news');
      await people.next();

      await broker.kill();
      await broker.start();
      await login(two, 'carol');
      expect(await people.next({ withinMs: 10_000 })).toMatchObject({ type: 'joined', user: 'carol' });

      await one.template.convertAndSendToUser('bob', '/queue/news', 'afterwards');
      expect(await inbox.next()).toBe('afterwards');
      await people.expectNothing();
    }, 60_000);
  });
});

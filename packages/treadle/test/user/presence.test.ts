import 'reflect-metadata';
import { connect, FakeClock, type TestClient } from '@treadle/testing';
import { injectable } from 'tsyringe';
import {
  type Application,
  type ApplicationOptions,
  createApplication,
  Presence,
  type PresenceOptions,
  silentLogger,
  simpleBroker,
} from '../../src/index';

let application: Application;

afterEach(() => application?.stop());

function start(presence: boolean | PresenceOptions, options: ApplicationOptions = {}): void {
  application = createApplication({
    presence,
    authenticate: ({ login: name }) => (name === undefined ? undefined : { name }),
    logger: silentLogger,
    ...options,
  });
}

function login(name: string): Promise<TestClient> {
  return connect(application, { login: name });
}

const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown;
const present = (...users: string[]) => ({ type: 'present', users, at });
const joined = (user: string) => ({ type: 'joined', user, at });
const left = (user: string) => ({ type: 'left', user, at });

describe('who is connected, as a topic', () => {
  test('a subscription begins with who is here, and tells who comes and goes', async () => {
    start(true);
    const alice = await login('alice');
    const people = await alice.subscribe('/topic/presence');

    const bob = await login('bob');
    await bob.disconnect();

    expect(await people.next()).toEqual(present('alice'));
    expect(await people.next()).toEqual(joined('bob'));
    expect(await people.next()).toEqual(left('bob'));
    await people.expectNothing();
  });

  test('the list is there when the RECEIPT of the subscription comes', async () => {
    start(true);
    const alice = await login('alice');

    const people = await alice.subscribe('/topic/presence');

    expect(people.size).toBe(1);
  });

  test('a user comes with the first session and goes with the last, in whatever way it ends', async () => {
    start(true);
    const watcher = await login('watcher');
    const people = await watcher.subscribe('/topic/presence');
    await people.next();

    const [phone, desk] = [await login('bob'), await login('bob')];
    phone.drop();
    await phone.closed;
    expect(await people.next()).toEqual(joined('bob'));
    await people.expectNothing();
    await desk.disconnect();

    expect(await people.next()).toEqual(left('bob'));
  });

  test('anonymous sessions are nobody, and may watch', async () => {
    start(true);
    const watcher = await connect(application);
    const people = await watcher.subscribe('/topic/presence');

    const other = await connect(application);
    await other.disconnect();

    expect(await people.next()).toEqual(present());
    await people.expectNothing();
  });

  test('a user is named as in user destinations', async () => {
    start(true, { authenticate: ({ login: name = '' }) => ({ name, destinationUserName: `id-of-${name}` }) });
    const alice = await login('alice');

    const people = await alice.subscribe('/topic/presence');

    expect(await people.next()).toEqual(present('id-of-alice'));
  });

  test('a wildcard subscription gets the changes, without a list', async () => {
    start(true);
    const alice = await login('alice');
    const people = await alice.subscribe('/topic/**');

    await login('bob');

    expect(await people.next()).toEqual(joined('bob'));
  });

  test.each(['/topic/presence', '/topic/presence/topic/rooms/tea'])('no client can SEND to %s', async (destination) => {
    start({ subscribersOf: ['/topic/rooms/*'] });
    const [alice, mallory] = [await login('alice'), await login('mallory')];
    const people = await alice.subscribe(destination);
    await people.next();

    await expect(mallory.send(destination, joined('king'))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });

    expect(people.messages.map(({ body }) => body).join()).not.toContain('king');
  });

  test('is off unless asked for', async () => {
    application = createApplication({ logger: silentLogger, authenticate: () => ({ name: 'alice' }) });
    const client = await connect(application);

    const people = await client.subscribe('/topic/presence');
    await login('bob');

    await people.expectNothing();
  });

  test('a stop does not tell every session of the end of every other', async () => {
    start(true);
    const clients = [await login('alice'), await login('bob')];
    const people = await Promise.all(clients.map((client) => client.subscribe('/topic/presence')));

    await application.stop();

    expect(people.map(({ messages }) => messages.filter(({ body }) => body.includes('left')))).toEqual([[], []]);
  });
});

describe('leaveDelayMs', () => {
  test('who comes back in time was never gone; who does not has left then', async () => {
    const clock = new FakeClock();
    start({ leaveDelayMs: 5_000 }, { clock });
    const watcher = await login('watcher');
    const people = await watcher.subscribe('/topic/presence');
    await people.next();

    const page = await login('bob');
    await page.disconnect();
    await clock.advance(4_999);
    const reloaded = await login('bob');
    await clock.advance(10_000);
    expect(await people.next()).toEqual(joined('bob'));
    await people.expectNothing();
    await reloaded.disconnect();
    await clock.advance(4_999);
    await people.expectNothing();
    await clock.advance(1);

    expect(await people.next()).toEqual(left('bob'));
  });

  test('a list holds those whose leave is delayed, and a stop leaves no timer', async () => {
    const clock = new FakeClock();
    start({ leaveDelayMs: 5_000 }, { clock });
    const [alice, bob] = [await login('alice'), await login('bob')];
    await bob.disconnect();

    const people = await alice.subscribe('/topic/presence');
    await application.stop();

    expect(await people.next()).toEqual(present('alice', 'bob'));
    expect(clock.timerCount).toBe(0);
  });
});

describe('who has subscribed, as a topic', () => {
  const tea = '/topic/presence/topic/rooms/tea';

  test('a subscription begins with who has subscribed, and tells who comes and goes', async () => {
    start({ subscribersOf: ['/topic/rooms/*'] });
    const [alice, bob] = [await login('alice'), await login('bob')];
    await alice.subscribe('/topic/rooms/tea');
    const guests = await alice.subscribe(tea);

    const room = await bob.subscribe('/topic/rooms/tea');
    await room.unsubscribe();
    await bob.subscribe('/topic/rooms/tea');
    await bob.disconnect();

    expect(await guests.next()).toEqual(present('alice'));
    expect(await guests.next()).toEqual(joined('bob'));
    expect(await guests.next()).toEqual(left('bob'));
    expect(await guests.next()).toEqual(joined('bob'));
    expect(await guests.next()).toEqual(left('bob'));
    await guests.expectNothing();
  });

  test('a user comes with the first subscription and goes with the last', async () => {
    start({ subscribersOf: ['/topic/rooms/*'] });
    const [alice, phone, desk] = [await login('alice'), await login('bob'), await login('bob')];
    const guests = await alice.subscribe(tea);

    const first = await phone.subscribe('/topic/rooms/tea');
    await phone.subscribe('/topic/rooms/tea');
    await desk.subscribe('/topic/rooms/tea');
    await first.unsubscribe();
    await phone.disconnect();
    expect(await guests.next()).toEqual(present());
    expect(await guests.next()).toEqual(joined('bob'));
    await guests.expectNothing();
    await desk.disconnect();

    expect(await guests.next()).toEqual(left('bob'));
  });

  test('nothing is told of other destinations, nor of presence itself', async () => {
    start({ subscribersOf: ['/topic/**'] });
    const alice = await login('alice');
    const ofQueue = await alice.subscribe('/topic/presence/queue/a');
    const ofPresence = await alice.subscribe('/topic/presence/topic/presence');

    await alice.subscribe('/queue/a');

    await ofQueue.expectNothing();
    await ofPresence.expectNothing();
  });

  test('a subscription by a wildcard is in no room: it has no group of its own, and joins none', async () => {
    start({ subscribersOf: ['/topic/**'] });
    const alice = await login('alice');
    const ofTea = await alice.subscribe(tea);
    const ofWildcard = await alice.subscribe('/topic/presence/topic/rooms/*');

    await (await login('bob')).subscribe('/topic/rooms/*');

    expect(await ofTea.next()).toEqual(present());
    await ofTea.expectNothing();
    await ofWildcard.expectNothing();
    expect(application.container.resolve(Presence).destinations).toEqual([]);
  });

  test('nobody is told who subscribed to user destinations, whatever the patterns are', async () => {
    start({ subscribersOf: ['/**'] });
    const alice = await login('alice');
    const guests = await alice.subscribe('/topic/presence/user/queue/errors');
    await alice.subscribe('/user/queue/errors');

    await (await login('bob')).subscribe('/user/queue/errors');

    await guests.expectNothing();
    expect(application.container.resolve(Presence).destinations).toEqual([]);
  });

  test.each(['/user/**', '/user', '/user/queue/*'])(
    'a pattern of user destinations, %s, fails the start',
    (pattern) => {
      expect(() => start({ subscribersOf: ['/topic/rooms/*', pattern] })).toThrow(
        `presence.subscribersOf: '${pattern}' is about user destinations, and who subscribed to those is told to nobody; drop it`,
      );
    },
  );

  test.each(['/topic/rooms/a%2Fb', '/topic/rooms/a.b', '/topic/rooms/a b/c', '/topic/rooms/50%', '/topic/rooms/é'])(
    'a destination is told at its own name, whatever it holds: %s',
    async (room) => {
      start({ subscribersOf: ['/topic/rooms/**'] });
      const alice = await login('alice');
      const guests = await alice.subscribe(`/topic/presence${room}`);

      await (await login('bob')).subscribe(room);

      expect(await guests.next()).toEqual(present());
      expect(await guests.next()).toEqual(joined('bob'));
      expect(application.container.resolve(Presence).subscribersOf(room)).toEqual(['bob']);
    },
  );

  test.each(['tea/room', 'tea.room', 'tea%2Froom', '__proto__', 'é "x" {y}'])(
    'a user is told by the name it has: %s',
    async (name) => {
      start(true);
      const people = await (await login('alice')).subscribe('/topic/presence');

      const user = await login(name);
      await user.disconnect();

      expect(await people.next()).toEqual(present('alice'));
      expect(await people.next()).toEqual(joined(name));
      expect(await people.next()).toEqual(left(name));
    },
  );

  test('it may be all that is told', async () => {
    start({ connected: false, subscribersOf: ['/topic/rooms/*'] });
    const alice = await login('alice');
    const people = await alice.subscribe('/topic/presence');
    const guests = await alice.subscribe(tea);

    await (await login('bob')).subscribe('/topic/rooms/tea');

    expect(await guests.next()).toEqual(present());
    expect(await guests.next()).toEqual(joined('bob'));
    await people.expectNothing();
  });

  test('destinations without slashes are joined by a dot', async () => {
    start(
      { destination: 'topic.presence', subscribersOf: ['topic.rooms.*'] },
      { broker: simpleBroker({ destinationPrefixes: ['topic'] }), destinationSeparator: '.' },
    );
    const alice = await login('alice');
    await alice.subscribe('topic.rooms.tea');

    const guests = await alice.subscribe('topic.presence.topic.rooms.tea');

    expect(await guests.next()).toEqual(present('alice'));
  });
});

describe('Presence, injected', () => {
  @injectable()
  class Reception {
    constructor(readonly presence: Presence) {}
  }

  test('answers who is here and who has subscribed', async () => {
    start({ subscribersOf: ['/topic/rooms/*'] }, { services: [Reception] });
    const alice = await login('alice');
    await login('bob');
    await alice.subscribe('/topic/rooms/tea');

    const { presence } = application.container.resolve(Reception);

    expect(presence.users).toEqual(['alice', 'bob']);
    expect([presence.has('alice'), presence.has('carol')]).toEqual([true, false]);
    expect(presence.subscribersOf('/topic/rooms/tea')).toEqual(['alice']);
    expect(presence.subscribersOf('/topic/rooms/coffee')).toEqual([]);
    expect(presence.destinations).toEqual(['/topic/rooms/tea']);
  });

  test('keeps nothing of who has gone', async () => {
    start({ subscribersOf: ['/topic/rooms/*'] }, { services: [Reception] });
    const alice = await login('alice');
    await alice.subscribe('/topic/rooms/tea');

    await alice.disconnect();

    const { presence } = application.container.resolve(Reception);
    expect(presence.users).toEqual([]);
    expect(presence.subscribersOf('/topic/rooms/tea')).toEqual([]);
    expect(presence.destinations).toEqual([]);
  });

  test('without the option there is no application, but the cure', () => {
    expect(() => createApplication({ services: [Reception], logger: silentLogger })).toThrow(
      'Reception, constructor parameter 0: Presence is injected, but it is off; set the option `presence: true`',
    );
  });
});

describe('mistakes in the option presence', () => {
  test.each([
    [{ destination: '/news/presence' }, "'/news/presence', which begins with none of the broker's prefixes"],
    [{ leaveDelayMs: -1 }, 'presence.leaveDelayMs: it is -1; give a number of milliseconds from 0 to 2147483647'],
    [
      { leaveDelayMs: Number.NaN },
      'presence.leaveDelayMs: it is NaN; give a number of milliseconds from 0 to 2147483647',
    ],
    [{ subscribersOf: ['/topic/{'] }, '/topic/{'],
  ])('%j fails the start', (presence, text) => {
    expect(() => createApplication({ presence, logger: silentLogger })).toThrow(text);
  });
});

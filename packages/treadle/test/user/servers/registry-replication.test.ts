import { FakeClock } from '@treadle/testing';
import { ApplicationError } from '../../../src/foundation/application-error.js';
import { RegistryServer } from './registry-servers.js';
import { ServerHub, settled, turn } from './server-hub.js';

let hub: ServerHub;
let clock: FakeClock;
const servers: RegistryServer[] = [];

beforeEach(() => {
  hub = new ServerHub();
  clock = new FakeClock();
});

afterEach(async () => {
  for (const { replication } of servers.splice(0)) await replication.stop();
  await settled();
  expect(clock.timerCount).toBe(0);
});

/** One more server; all of a test have one clock. */
function start(): RegistryServer {
  const server = new RegistryServer(hub, clock);
  servers.push(server);
  return server;
}

/** Two servers that know each other. */
async function startTwo(): Promise<readonly [RegistryServer, RegistryServer]> {
  const two = [start(), start()] as const;
  await settled();
  return two;
}

/** Of a process that was stopped and goes on: its timers find that it is later than they thought. */
class PausedClock extends FakeClock {
  stoodStillMs = 0;

  override now(): number {
    return super.now() + this.stoodStillMs;
  }
}

/** What does not answer any more, as a process that was killed. */
function kill(server: RegistryServer): void {
  server.link.setUp(false);
}

describe('one registry on all servers (Spring L13, L15, L16)', () => {
  test('a session of one server is known on the other, with its user and where it is', async () => {
    const [one, two] = await startTwo();

    one.connect('a1', 'alice');
    one.subscribe('a1', '0', '/topic/tea');
    await settled();

    const session = two.users.getSession('a1');
    expect(session).toMatchObject({ id: 'a1', server: 'server-1', transport: 'none', version: '1.2' });
    expect(session?.connectedAt).toEqual(new Date(0));
    expect(session?.isCongested).toBe(false);
    expect(two.users.getUser('alice')?.sessions).toEqual([session]);
    expect(two.users.getUser('alice')?.principal).toEqual({ name: 'alice' });
    expect(two.users.findSubscriptions(({ destination }) => destination === '/topic/tea')).toMatchObject([{ id: '0' }]);
    expect(one.users.getSession('a1')?.server).toBeUndefined();
  });

  test('a user with sessions on both is one user, with all of them', async () => {
    const [one, two] = await startTwo();

    one.connect('a1', 'alice');
    const here = two.connect('a2', 'alice');
    here.user = Object.assign(here.user ?? { name: 'alice' }, { roles: ['staff'] });
    await settled();

    for (const { users } of [one, two]) {
      expect(users.userCount).toBe(1);
      expect(users.getUsers()).toHaveLength(1);
      expect(
        users
          .getUser('alice')
          ?.sessions.map(({ id }) => id)
          .toSorted(),
      ).toEqual(['a1', 'a2']);
    }
    expect(two.users.getUser('alice')?.principal).toMatchObject({ roles: ['staff'] });
  });

  test('what a user was authenticated as here is no more, once only sessions elsewhere are left', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    Object.assign(two.connect('a2', 'alice').user ?? {}, { roles: ['staff'] });
    await settled();

    const user = two.users.getUser('alice');
    expect(user?.principal).toMatchObject({ roles: ['staff'] });
    two.disconnect('a2');

    expect(two.users.getUser('alice')).toBe(user);
    expect(user?.principal).toEqual({ name: 'alice' });
    expect(user?.sessions.map(({ id }) => id)).toEqual(['a1']);
  });

  test('subscriptions and sessions that end are gone on the others too', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    one.subscribe('a1', '0', '/topic/tea');
    one.subscribe('a1', '1', '/topic/milk');
    one.connect('n1');
    await settled();
    expect(two.view).toEqual(['a1 alice 0:/topic/tea 1:/topic/milk', 'n1 -']);

    one.unsubscribe('a1', '0');
    await settled();
    expect(two.view).toEqual(['a1 alice 1:/topic/milk', 'n1 -']);

    one.disconnect('a1');
    await settled();
    expect(two.view).toEqual(['n1 -']);
    expect(two.users.userCount).toBe(0);
  });

  test('who comes later learns what was before', async () => {
    const one = start();
    one.connect('a1', 'alice');
    one.subscribe('a1', '0', '/topic/tea');
    await settled();

    const two = start();
    await settled();
    await clock.advance(200);
    await settled();

    expect(two.view).toEqual(one.view);
  });

  test('what happens in one turn of the event loop is one word', async () => {
    const [one] = await startTwo();
    const before = hub.taken.length;

    for (let count = 0; count < 500; count += 1) one.connect(`s${count}`, `user ${count}`);
    await settled();

    expect(hub.taken.length - before).toBeLessThanOrEqual(2);
  });

  test('many servers that begin together answer each other with few words', async () => {
    const many = Array.from({ length: 10 }, () => start());
    many.forEach((server, index) => server.connect(`s${index}`, `user ${index}`));
    await settled();
    await clock.advance(200);
    await settled();

    for (const server of many) expect(server.users.sessionCount).toBe(10);
    const snapshots = hub.textsOf('user-registry').filter((text) => text.includes('"snapshot"'));
    expect(snapshots.length).toBeLessThanOrEqual(30);
  });

  test('a state of many sessions travels in several words, none of them long', async () => {
    const one = start();
    for (let count = 0; count < 2_000; count += 1) {
      one.connect(`session-${count}`, `user ${count}`);
      one.subscribe(`session-${count}`, '0', `/topic/${'x'.repeat(100)}`);
    }
    const two = start();
    await settled();
    await clock.advance(200);
    await settled();

    expect(two.users.sessionCount).toBe(2_000);
    expect(two.view).toEqual(one.view);
    expect(Math.max(...hub.taken.map(({ body }) => body.length))).toBeLessThan(70_000);
  });
});

describe('who says what', () => {
  test('each server tells of its own sessions alone', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    two.connect('b1', 'bob');
    await clock.advance(500);

    const three = start();
    await settled();
    await clock.advance(200);
    await settled();

    expect(three.users.getSession('a1')?.server).toBe('server-1');
    expect(three.users.getSession('b1')?.server).toBe('server-2');
    const ofTwo = hub.taken.filter(({ from }) => from === 'server-2').map(({ text }) => text);
    expect(ofTwo.filter((text) => text.includes('"a1"'))).toEqual([]);
  });

  test('however many ask, a state is told a few times a second', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await clock.advance(500);
    const before = hub.taken.length;

    for (let count = 0; count < 20; count += 1) {
      await two.link.broadcast('user-registry', Buffer.from('{"v":1,"kind":"ask"}'));
      await settled();
    }
    await clock.advance(200);
    await settled();

    const told = hub.taken.slice(before).filter(({ text }) => text.includes('"snapshot"'));
    expect(told).toHaveLength(2);
  });

  test('who is asked alone answers alone', async () => {
    const [one] = await startTwo();
    start();
    await clock.advance(500);
    const before = hub.taken.length;

    await one.link.broadcast('user-registry', Buffer.from('{"v":1,"kind":"ask","of":"server-2"}'));
    await settled();

    const told = hub.taken.slice(before).filter(({ text }) => text.includes('"snapshot"'));
    expect(told.map(({ from }) => from)).toEqual(['server-2']);
  });
});

describe('words that get lost', () => {
  /** Loses what server 1 tells until the function that is returned is called. */
  function deafen(): () => void {
    hub.loses = ({ from }) => from === 'server-1';
    return () => {
      hub.loses = () => false;
    };
  }

  test('a change that was missed is noticed by the next one', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    const hearAgain = deafen();
    one.connect('b1', 'bob');
    one.disconnect('a1');
    await settled();
    hearAgain();

    one.connect('c1', 'carol');
    await settled();
    await clock.advance(200);
    await settled();

    expect(two.view).toEqual(['b1 bob', 'c1 carol']);
    expect(two.heard).toEqual(['joined a1', 'left a1', 'joined b1', 'joined c1']);
  });

  test('the last change that was missed is noticed after ten seconds', async () => {
    const [one, two] = await startTwo();
    await clock.advance(500);
    const hearAgain = deafen();
    one.connect('a1', 'alice');
    await settled();
    hearAgain();

    await clock.advance(9_000);
    expect(two.view).toEqual([]);
    await clock.advance(500);
    await settled();

    expect(two.view).toEqual(['a1 alice']);
  });

  test.each([0, 1, 2])('a state of which part %i was missed does not count, and is asked for again', async (part) => {
    const one = start();
    for (let count = 0; count < 1_000; count += 1) one.connect(`session-${count}`, `${'u'.repeat(60)}${count}`);
    await settled();
    hub.loses = ({ text }) => text.includes(`"part":${part},"parts":3`);
    const two = start();
    await settled();
    await clock.advance(200);
    await settled();
    expect(two.users.sessionCount).toBe(0);
    hub.loses = () => false;

    await clock.advance(10_000);
    await settled();
    await clock.advance(200);
    await settled();

    expect(two.users.sessionCount).toBe(1_000);
  });

  test('subscriptions that came and went unheard are set right', async () => {
    const [one, two] = await startTwo();
    await clock.advance(500);
    one.connect('a1', 'alice');
    for (const [id, destination] of ['/topic/tea', '/topic/milk', '/topic/cake'].entries()) {
      one.subscribe('a1', String(id), destination);
    }
    await settled();
    const hearAgain = deafen();
    one.unsubscribe('a1', '0');
    one.unsubscribe('a1', '1');
    one.subscribe('a1', '1', '/topic/bread');
    one.subscribe('a1', '3', '/topic/salt');
    await settled();
    hearAgain();

    await clock.advance(10_000);
    await settled();

    expect(two.view).toEqual(['a1 alice 1:/topic/bread 2:/topic/cake 3:/topic/salt']);
  });

  test('a link that fails and is back before a word is answered costs nobody ten seconds', async () => {
    const [one, two] = await startTwo();
    await clock.advance(500);
    one.connect('a1', 'alice');
    await turn();
    one.link.setUp(false);
    one.connect('b1', 'bob');
    one.link.setUp(true);
    await settled();
    await clock.advance(200);
    await settled();

    expect(two.view).toEqual(['a1 alice', 'b1 bob']);
  });

  test('nobody leaves and comes again while words are missed', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    two.link.setUp(false);
    one.connect('b1', 'bob');
    await clock.advance(5_000);

    two.link.setUp(true);
    await settled();
    await clock.advance(200);
    await settled();

    expect(two.view).toEqual(['a1 alice', 'b1 bob']);
    expect(two.heard).toEqual(['joined a1', 'joined b1']);
  });

  test('what happened while the own link was down is told when it is up again', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    one.link.setUp(false);
    one.disconnect('a1');
    one.connect('b1', 'bob');
    await settled();

    one.link.setUp(true);
    await settled();
    await clock.advance(200);
    await settled();

    expect(two.view).toEqual(['b1 bob']);
  });

  test('a broker that refuses what is told is asked again every ten seconds, and the log says so once a minute', async () => {
    const [one, two] = await startTwo();
    one.link.refusal = new Error('no permission');
    one.connect('a1', 'alice');
    await settled();
    one.connect('b1', 'bob');
    await settled();
    const warnings = () => one.logger.lines.filter(({ level }) => level === 'warn').length;
    expect(warnings()).toBe(1);
    await clock.advance(30_000);
    expect(warnings()).toBe(1);

    one.link.refusal = undefined;
    await clock.advance(10_000);
    await settled();

    expect(two.view).toEqual(['a1 alice', 'b1 bob']);
  });

  test.each([
    ['no JSON', 'tea'],
    ['no UTF-8', Buffer.from([0xff, 0xfe])],
    ['no object', '[1]'],
    ['no number', '{"v":1,"kind":"alive","seq":"1"}'],
    ['a number below zero', '{"v":1,"kind":"alive","seq":-1}'],
    ['no list', '{"v":1,"kind":"changes","seq":1,"changes":{}}'],
    ['a change without a type', '{"v":1,"kind":"changes","seq":1,"changes":[{"id":"1"}]}'],
    ['a session without id', '{"v":1,"kind":"changes","seq":1,"changes":[{"type":"disconnected"}]}'],
    [
      'an unknown version of STOMP',
      '{"v":1,"kind":"snapshot","seq":9,"part":0,"parts":1,"changes":[{"type":"connected","id":"1","at":1,"transport":"tcp","version":"2"}]}',
    ],
    ['a part beyond the last', '{"v":1,"kind":"snapshot","seq":9,"part":1,"parts":1,"changes":[]}'],
    [
      'a code that is none',
      '{"v":1,"kind":"disconnect","of":"server-1","id":"a1","reason":{"code":"no code","sentence":"x"}}',
    ],
  ])('a word that is malformed (%s) is dropped, and the log says so', async (_, body) => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();

    await two.link.broadcast('user-registry', Buffer.from(body));
    await two.link.broadcast('user-registry', Buffer.from(body));
    await settled();

    expect(one.view).toEqual(['a1 alice']);
    expect(one.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test.each(['{"v":2,"kind":"goodbye"}', '{"v":1,"kind":"wave"}'])(
    'a word of a newer server is left alone: %s',
    async (body) => {
      const [one, two] = await startTwo();
      two.connect('a2', 'alice');
      await settled();

      await two.link.broadcast('user-registry', Buffer.from(body));
      await settled();

      expect(one.view).toEqual(['a2 alice']);
      expect(one.logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
    },
  );

  test('a change that only a newer server knows is left out; the others of its word count', async () => {
    const [one, two] = await startTwo();
    two.connect('a2', 'alice');
    await settled();
    const taken = hub.taken.length;
    const later = '{"type":"disconnected","id":"a2"}';

    await two.link.broadcast(
      'user-registry',
      Buffer.from(`{"v":1,"kind":"changes","seq":2,"changes":[{"type":"dozes","of":"a2"},${later}]}`),
    );
    await settled();

    expect(one.view).toEqual([]);
    expect(one.logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
    expect(hub.taken.length).toBe(taken + 1);
  });

  test('nobody speaks for the sessions of others', async () => {
    const [one, two, three] = [start(), start(), start()];
    one.connect('a1', 'alice');
    await settled();
    const changes = [
      { type: 'disconnected', id: 'a1' },
      { type: 'connected', id: 'a1', user: 'mallory', at: 1, transport: 'tcp', version: '1.2' },
      { type: 'subscribed', id: 'a1', subscription: '0', destination: '/topic/x' },
    ];

    const body = JSON.stringify({ v: 1, kind: 'snapshot', seq: 99, part: 0, parts: 1, changes });
    await two.link.broadcast('user-registry', Buffer.from(body));
    await settled();
    const next = JSON.stringify({ v: 1, kind: 'changes', seq: 100, changes });
    await two.link.broadcast('user-registry', Buffer.from(next));
    await settled();

    expect(one.view).toEqual(['a1 alice']);
    expect(three.view).toEqual(['a1 alice']);
  });
});

describe('servers that go (Spring L14)', () => {
  test('one that is silent for twenty seconds is forgotten, with its sessions', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    kill(one);

    await clock.advance(19_000);
    expect(two.view).toEqual(['a1 alice']);
    await clock.advance(11_000);

    expect(two.view).toEqual([]);
    expect(two.users.userCount).toBe(0);
  });

  test('one that has nothing to tell is not forgotten', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();

    await clock.advance(300_000);

    expect(two.view).toEqual(['a1 alice']);
    expect(two.heard).toEqual(['joined a1']);
  });

  test('one that stops is forgotten at once, whatever it had begun to tell', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();

    one.connect('b1', 'bob');
    await one.replication.stop();
    await settled();

    expect(two.view).toEqual([]);
    expect(two.logger.lines.at(-1)?.message).toBe('another server of the application is gone');
  });

  test('those that could not be heard have their time once the own link is up again', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    two.link.setUp(false);
    await clock.advance(19_500);

    two.link.setUp(true);
    await clock.advance(10_000);
    await settled();

    expect(two.heard).toEqual(['joined a1']);
  });

  test('nobody is forgotten while the own link is down, however long', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    two.link.setUp(false);

    await clock.advance(600_000);
    two.link.setUp(true);
    await clock.advance(10_000);
    await settled();

    expect(two.heard).toEqual(['joined a1']);
  });

  test('nobody is silent to a server whose own words the broker keeps back', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    const alarmIsOver = hub.stall();

    await clock.advance(120_000);
    expect(two.view).toEqual(['a1 alice']);
    alarmIsOver();
    await settled();
    await clock.advance(60_000);

    expect(two.heard).toEqual(['joined a1']);
  });

  test('one that died while the broker kept all words back is forgotten afterwards', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    const alarmIsOver = hub.stall();
    await clock.advance(60_000);
    kill(one);

    alarmIsOver();
    await settled();
    await clock.advance(50_000);

    expect(two.view).toEqual([]);
  });

  test('a server that stood still for a while gives the others time to be heard', async () => {
    const paused = new PausedClock();
    const [one, two] = [start(), new RegistryServer(hub, paused)];
    servers.push(two);
    one.connect('a1', 'alice');
    await settled();

    paused.stoodStillMs = 35_000;
    await paused.advance(10_000); // its timers go on before it reads what came meanwhile

    expect(two.heard).toEqual(['joined a1']);
    await paused.advance(30_000);
    expect(two.heard).toEqual(['joined a1', 'left a1']);
  });

  test('who was forgotten and is heard again is known again', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    kill(one);
    await clock.advance(40_000);
    expect(two.view).toEqual([]);

    one.link.setUp(true);
    await settled();

    expect(two.view).toEqual(['a1 alice']);
  });
});

describe('sessions of other servers are ended by asking those', () => {
  test('a session of another server is disconnected; the promise waits for its end', async () => {
    const [one, two] = await startTwo();
    const session = one.connect('a1', 'alice');
    await settled();

    await two.users.getSession('a1')?.disconnect('enough');

    expect(session.failures).toEqual(['DISCONNECTED_BY_SERVER']);
    expect(two.users.getSession('a1')).toBeUndefined();
  });

  test('a user is disconnected everywhere, and the sessions are counted', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    one.connect('a2', 'alice');
    two.connect('a3', 'alice');
    two.connect('b1', 'bob');
    await settled();

    const count = await two.users.getUser('alice')?.disconnect();

    expect(count).toBe(3);
    expect(two.view).toEqual(['b1 bob']);
    await settled();
    expect(one.view).toEqual(['b1 bob']);
  });

  test('what an ApplicationError says to the client travels along', async () => {
    const [one, two] = await startTwo();
    const { reasons } = one.connect('a1', 'alice');
    await settled();

    await two.users
      .getSession('a1')
      ?.disconnect(new ApplicationError('BANNED', 'You are banned.', { details: { days: 3 } }));

    expect(reasons).toMatchObject([{ code: 'BANNED', message: 'You are banned.', details: { days: 3 } }]);
    expect(reasons[0]).toBeInstanceOf(ApplicationError);
  });

  test('a subscription is ended, unless its id means another one by now', async () => {
    const [one, two] = await startTwo();
    const ended: unknown[] = [];
    const session = one.connect('a1', 'alice');
    session.unsubscribe = (id, reason) => ended.push([id, reason]) > 0;
    one.subscribe('a1', '0', '/topic/tea');
    await settled();
    const tea = two.users.getSession('a1')?.getSubscription('0');

    expect(tea?.unsubscribe('closed')).toBe(true);
    await settled();
    expect(ended).toEqual([['0', 'closed']]);

    one.unsubscribe('a1', '0');
    one.subscribe('a1', '0', '/topic/milk');
    tea?.unsubscribe('closed');
    await settled();
    expect(ended).toHaveLength(1);
    one.unsubscribe('a1', '0');
    await settled();
    expect(tea?.unsubscribe()).toBe(false);
  });

  test('who waits for a server that does not answer waits ten seconds', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    hub.loses = () => true;
    let count: number | undefined;
    const done = two.users
      .getUser('alice')
      ?.disconnect()
      .then((result) => (count = result));

    await clock.advance(9_000);
    expect(count).toBeUndefined();
    await clock.advance(1_000);
    await done;

    expect(count).toBe(0);
  });

  test('who asks while the link is down does not wait; the log says it', async () => {
    const [one, two] = await startTwo();
    one.connect('a1', 'alice');
    await settled();
    two.link.setUp(false);

    expect(await two.users.getUser('alice')?.disconnect()).toBe(0);

    const warnings = two.logger.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([{ details: { server: 'server-1', kind: 'disconnect' } }]);
  });
});

describe('isComplete', () => {
  test('the users of others count as known two seconds after the link is up, unless words were missed', async () => {
    const [one, two] = await startTwo();
    expect(two.replication.isComplete).toBe(false);

    await clock.advance(2_000);
    expect(two.replication.isComplete).toBe(true);

    hub.loses = ({ text }) => !text.includes('second');
    one.connect('first', 'alice');
    await settled();
    one.connect('second', 'alice');
    await settled();
    expect(two.replication.isComplete).toBe(false);

    hub.loses = () => false;
    await clock.advance(10_000);
    await settled();
    expect(two.replication.isComplete).toBe(true);

    two.link.setUp(false);
    expect(two.replication.isComplete).toBe(false);
  });
});

import { FakeClock } from '@treadle/testing';
import type { BroadcastTopic, ReceivedBroadcast } from '../../../../src/broker/cluster/server-link.js';
import { PlainDialect } from '../../../../src/broker/relay/dialect/plain.js';
import { RabbitMqDialect } from '../../../../src/broker/relay/dialect/rabbitmq.js';
import type { BrokerLink, LinkFrame } from '../../../../src/broker/relay/link/broker-link.js';
import type { LinkSubscription, LinkSubscriptionRequest } from '../../../../src/broker/relay/link/link-subscription.js';
import { brokerRefused, brokerUnavailable, outcomeUnknown } from '../../../../src/broker/relay/link/link-errors.js';
import type { SystemLink } from '../../../../src/broker/relay/servers/broadcast-subscription.js';
import { RelayServers, type RelayServersOptions } from '../../../../src/broker/relay/servers/relay-servers.js';
import { codeOf, RecordingLogger } from '../../broker-under-test.js';

const dialect = new RabbitMqDialect({ destinationSeparator: '/', destinationPrefixes: ['/topic'] });
const link = { dialect } as unknown as BrokerLink; // nothing else of it is looked at

/** A system connection whose SUBSCRIBE frames a test answers. */
class FakeSystem implements SystemLink {
  link: BrokerLink | undefined = link;
  readonly requests: LinkSubscriptionRequest[] = [];
  readonly answers: { resolve: () => void; reject: (error: Error) => void }[] = [];

  subscribe(request: LinkSubscriptionRequest): Promise<LinkSubscription> {
    this.requests.push(request);
    return new Promise((resolve, reject) => {
      this.answers.push({ resolve: () => resolve({ id: '0', end: () => Promise.resolve() }), reject });
    });
  }

  get destinations(): readonly string[] {
    return this.requests.map((request) => request.frame(dialect).destination);
  }
}

interface UnderTest {
  readonly servers: RelayServers;
  readonly clock: FakeClock;
  readonly system: FakeSystem;
  readonly logger: RecordingLogger;
  readonly sent: LinkFrame[];
  readonly changes: boolean[];
  /** What broadcasts fail with, in turn; without one they are taken. */
  readonly outcomes: Error[];
}

const NOTHING = new Uint8Array();

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function create(settings: Partial<RelayServersOptions['settings']> = {}, hasComplained = () => true): UnderTest {
  const outcomes: Error[] = [];
  const logger = new RecordingLogger();
  const sent: LinkFrame[] = [];
  const clock = new FakeClock();
  const servers = new RelayServers({
    settings: {
      userDestinationBroadcast: '/topic/users',
      userRegistryBroadcast: '/topic/registry',
      reconnectDelayMs: 1_000,
      maxReconnectDelayMs: 8_000,
      ...settings,
    },
    send: async ({ frame }) => {
      const outcome = outcomes.shift();
      if (outcome) throw outcome;
      sent.push(frame(dialect));
    },
    hasComplained,
    clock,
    logger,
  });
  const changes: boolean[] = [];
  servers.onChange((isUp) => changes.push(isUp));
  return { servers, clock, system: new FakeSystem(), logger, sent, changes, outcomes };
}

/** Its system connection is up and everything was answered. */
async function createUp(hasComplained = () => true): Promise<UnderTest> {
  const underTest = create({}, hasComplained);
  underTest.servers.up(underTest.system);
  for (const { resolve } of underTest.system.answers) resolve();
  await Promise.resolve();
  return underTest;
}

const TOPICS: readonly BroadcastTopic[] = ['user-destinations', 'user-registry'];

describe('RelayServers (Spring N30)', () => {
  test('each has an id of its own, the name of the machine and a UUID', () => {
    const [one, two] = [create().servers.serverId, create().servers.serverId];

    expect(one).toMatch(/^.+-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(one).not.toBe(two);
  });

  test('a broadcast goes to a place of its kind that no destination of a client leads to', async () => {
    const { servers, sent, system } = await createUp();

    for (const topic of TOPICS) await servers.broadcast(topic, Buffer.from('hello'));

    const places = sent.map(({ headers }) => headers[headers.indexOf('destination') + 1]);
    expect(places).toEqual(system.destinations);
    expect(new Set(places).size).toBe(2);
    for (const destination of ['/topic/users', '/topic/registry']) {
      expect(places).not.toContain(dialect.sendDestination(destination, false));
      expect(places).not.toContain(dialect.sendDestination(destination, true));
    }
  });

  test('on a broker of unknown kind clients may not have the names of these places', () => {
    const { servers } = create();
    expect(new PlainDialect().serverDestination('/topic/users')).toBe('/topic/users');

    expect(codeOf(() => servers.requireOpenToClients('/topic/users'))).toBe('ACCESS_DENIED');
    expect(codeOf(() => servers.requireOpenToClients('/topic/registry'))).toBe('ACCESS_DENIED');
    expect(codeOf(() => servers.requireOpenToClients('/topic/registry2'))).toBeUndefined();
  });

  test('a broadcast of another server is handed on, one of its own is not', async () => {
    const { servers, system } = await createUp();
    const received: ReceivedBroadcast[] = [];
    const off = servers.onBroadcast('user-registry', (broadcast) => received.push(broadcast));
    const chunk = new Uint8Array(100_000).fill(7);
    const say = (serverId: string): void =>
      system.requests[1]?.onMessage({ headers: ['treadle-server', serverId], body: chunk.subarray(0, 2) }, link);

    say('another');
    say(servers.serverId);
    off();
    say('a third');

    expect(received).toEqual([{ serverId: 'another', body: new Uint8Array([7, 7]) }]);
    // What was read of the socket is not kept with it.
    expect(received[0]?.body.buffer.byteLength).toBeLessThan(10_000);
  });

  test('what comes there and is no broadcast is dropped, and the log says so once in a while', async () => {
    const { servers, system, logger } = await createUp();
    const received: ReceivedBroadcast[] = [];
    servers.onBroadcast('user-destinations', (broadcast) => received.push(broadcast));

    for (let count = 0; count < 10; count += 1) {
      system.requests[0]?.onMessage({ headers: [], body: Buffer.from('x') }, link);
    }

    expect(received).toEqual([]);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('it is up when the broker has confirmed the subscription, and as long as the system connection is', async () => {
    const { servers, system, changes } = create();
    expect(servers.isUp('user-registry')).toBe(false);

    servers.up(system);
    expect(servers.isUp('user-registry')).toBe(false);
    system.answers[1]?.resolve();
    await Promise.resolve();
    expect(TOPICS.map((topic) => servers.isUp(topic))).toEqual([false, true]);

    system.link = undefined;
    servers.down();
    expect(servers.isUp('user-registry')).toBe(false);

    system.link = link;
    servers.up(system);
    expect(servers.isUp('user-registry')).toBe(true);
    expect(changes).toEqual([false, true, false, true]);
    expect(system.requests).toHaveLength(2); // it comes back with the link
  });

  test('a subscription that the broker ends while the connection lives is made again after a while, and health tells', async () => {
    const { servers, system, clock, logger } = await createUp();
    system.requests[0]?.onEnded(brokerRefused('deleted'));
    expect([servers.isUp('user-destinations'), servers.isUp('user-registry')]).toEqual([false, true]);
    expect(servers.problem).toContain('/topic/users: deleted');
    await servers.broadcast('user-destinations', NOTHING); // it does not hear; it can tell

    await clock.advance(1_000);
    expect(system.requests).toHaveLength(3);
    system.answers[2]?.resolve();
    await turn();

    expect(servers.isUp('user-destinations')).toBe(true);
    expect(servers.problem).toBeUndefined();
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('what fails again and again is tried less and less often, and logged once', async () => {
    const { servers, system, clock, logger } = await createUp();
    system.requests[0]?.onEnded(brokerRefused('deleted'));

    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1_000);
      system.answers.at(-1)?.reject(brokerRefused('no such exchange'));
    }

    expect(system.requests.length).toBeLessThan(18);
    expect(system.requests.length).toBeGreaterThan(8);
    expect(logger.lines.map(({ level }) => level).filter((level) => level !== 'debug')).toEqual(['warn', 'error']);
    servers.stop();
    expect(clock.timerCount).toBe(0);
  });

  test('a broadcast that the broker refuses and keeps the connection is tried again after a while', async () => {
    const { servers, system, clock, outcomes } = await createUp();
    outcomes.push(brokerRefused('not authorized'));
    await Promise.resolve(servers.broadcast('user-registry', NOTHING)).catch(() => undefined);
    expect(servers.isUp('user-registry')).toBe(false);

    servers.up(system); // as often as it likes
    expect(servers.isUp('user-registry')).toBe(false);
    await clock.advance(1_000);
    expect(servers.isUp('user-registry')).toBe(true);
    expect(servers.problem).toContain('not authorized');
    await servers.broadcast('user-registry', NOTHING);

    expect(servers.problem).toBeUndefined();
    expect(system.requests).toHaveLength(2);
  });

  test('a subscription that could not be made before the connection was lost is made on the next one', async () => {
    const { servers, system } = create();
    servers.up(system);
    system.link = undefined;
    system.answers[0]?.reject(brokerUnavailable('the broker is away'));
    await turn();

    system.link = link;
    servers.up(system);

    expect(system.requests).toHaveLength(3);
  });

  test('what the broker refuses is off, and not asked for again by the return of a connection that this cost', async () => {
    const { servers, system, logger } = create();
    servers.up(system);
    system.link = undefined; // RabbitMQ ends it
    system.answers[0]?.reject(brokerRefused('access to exchange refused'));
    system.answers[1]?.resolve();
    await turn();

    system.link = link;
    servers.up(system);

    expect([servers.isUp('user-destinations'), servers.isUp('user-registry')]).toEqual([false, true]);
    expect(system.requests).toHaveLength(2);
    expect(servers.problem).toContain('/topic/users');
    expect(servers.problem).toContain('access to exchange refused');
    expect(codeOf(() => servers.broadcast('user-destinations', Buffer.from('x')))).toBe('BROKER_REFUSED');
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);

    servers.up(system); // lost for another reason, and back
    system.answers[2]?.resolve();
    await turn();
    expect(servers.isUp('user-destinations')).toBe(true);
    expect(servers.problem).toBeUndefined();
  });

  test('broadcasts that cost the connection twice in a row are off', async () => {
    const { servers, system, outcomes } = await createUp();
    const tell = async (): Promise<void> => servers.broadcast('user-registry', NOTHING);
    const lose = async (): Promise<void> => {
      outcomes.push(outcomeUnknown('lost'), outcomeUnknown('lost'));
      await Promise.allSettled([tell(), tell()]);
    };

    await lose();
    servers.up(system);
    await servers.broadcast('user-registry', NOTHING);
    await lose();
    expect(servers.isUp('user-registry')).toBe(true);

    servers.up(system);
    await lose();
    expect([servers.isUp('user-registry'), servers.isUp('user-destinations')]).toEqual([false, true]);
  });

  test('broadcasts that are lost with a connection that the broker had not complained of count for nothing', async () => {
    const { servers, system, outcomes } = await createUp(() => false);
    for (let loss = 0; loss < 5; loss += 1) {
      outcomes.push(outcomeUnknown('lost'));
      await Promise.resolve(servers.broadcast('user-registry', NOTHING)).catch(() => undefined);
      servers.up(system);
    }

    expect(servers.isUp('user-registry')).toBe(true);
  });

  test('what the options turn off is not offered, never up and goes nowhere', async () => {
    const { servers, system, sent } = create({ userDestinationBroadcast: false, userRegistryBroadcast: false });

    servers.up(system);
    for (const topic of TOPICS) await servers.broadcast(topic, Buffer.from('x'));

    expect(TOPICS.map((topic) => servers.offers(topic))).toEqual([false, false]);
    expect(TOPICS.map((topic) => servers.isUp(topic))).toEqual([false, false]);
    expect([system.requests, sent]).toEqual([[], []]);
  });
});

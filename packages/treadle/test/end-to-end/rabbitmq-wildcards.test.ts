import { connect, StompServerError } from '@treadle/testing';
import {
  type Application,
  createApplication,
  Presence,
  silentLogger,
  simpleBroker,
  SimpMessagingTemplate,
} from 'treadle';

const policies = [
  { destinations: '/topic/last.#', retainLast: true },
  { destinations: '/queue/jobs.#', kind: 'queue' },
] as const;

function create(): Application {
  return createApplication({
    broker: simpleBroker({ wildcards: 'rabbitmq', policies }),
    presence: { subscribersOf: ['/topic/**'] },
    authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
    logger: silentLogger,
  });
}

const application = create();
const template = application.container.resolve(SimpMessagingTemplate);

afterAll(() => application.stop());

describe('a broker with the wildcards of RabbitMQ', () => {
  test('gives subscriptions what their words match', async () => {
    await using client = await connect(application);
    const inboxes = await Promise.all(
      ['/topic/price.*', '/topic/price.#', '/topic/#.ibm', '/topic/price.stock.ibm'].map((each) =>
        client.subscribe(each),
      ),
    );

    for (const name of ['price', 'price.ibm', 'price.stock.ibm', 'cost.ibm']) {
      await template.convertAndSend(`/topic/${name}`, name);
    }
    for (const inbox of inboxes) await inbox.unsubscribe();

    expect(inboxes.map((inbox) => inbox.messages.map(({ body }) => body))).toEqual([
      ['price.ibm'],
      ['price', 'price.ibm', 'price.stock.ibm'],
      ['price.ibm', 'price.stock.ibm', 'cost.ibm'],
      ['price.stock.ibm'],
    ]);
  });

  test.each(['/topic/a/*', '/topic/a*', '/topic/**', '/topic/a?b', '/topic/{a}'])(
    'takes the Ant pattern %s as a name, unless it is a word',
    async (destination) => {
      await using client = await connect(application);
      const inbox = await client.subscribe(destination);

      for (const name of ['a.b', 'axb', 'ab']) await template.convertAndSend(`/topic/${name}`, name);
      await template.convertAndSend(destination, 'its own');

      expect(await inbox.next()).toBe('its own');
      await inbox.expectNothing();
    },
  );

  test('knows them at user destinations, and keeps those apart', async () => {
    await using alice = await connect(application, { login: 'alice' });
    await using mallory = await connect(application, { login: 'mallory' });
    const own = await alice.subscribe('/user/queue/#');
    const ofOneWord = await alice.subscribe('/user/queue/price.*');
    const exact = await alice.subscribe('/user/queue/price.ibm');
    const spied = await Promise.all(
      [
        '/queue/#',
        `/queue/price.ibm-user${alice.sessionId}`,
        `/queue/price.*`,
        '/user/queue/#',
        `/user/queue/price.ibm-user${alice.sessionId}`,
      ].map((each) => mallory.subscribe(each)),
    );

    const reach = await template.convertAndSendToUser('alice', '/queue/price.ibm', 'x');

    expect(reach.sessions).toBe(1);
    expect([await own.next(), await ofOneWord.next(), await exact.next()]).toEqual(['x', 'x', 'x']);
    for (const inbox of spied) await inbox.expectNothing();
  });

  test('knows them in policies', async () => {
    await using client = await connect(application);
    await template.convertAndSend('/topic/last.a.b', 'kept');
    await template.convertAndSend('/queue/jobs.mail', 'job');

    const last = await client.subscribe('/topic/last.*.b');
    const jobs = await client.subscribe('/queue/jobs.*');

    expect(await last.next()).toBe('kept');
    expect(await jobs.next()).toBe('job');
  });

  test('has presence take them for no place', async () => {
    await using alice = await connect(application, { login: 'alice' });
    const presence = application.container.resolve(Presence);

    await alice.subscribe('/topic/room.#');
    await alice.subscribe('/topic/room.tea');

    expect(presence.subscribersOf('/topic/room.#')).toEqual([]);
    expect(presence.subscribersOf('/topic/room.tea')).toEqual(['alice']);
  });

  test.each([
    ['33 words', `/topic/${'a.'.repeat(31)}*`],
    ['three #', '/topic/#.a.#.b.#'],
    ['513 characters', `/topic/*.${'a'.repeat(504)}`],
  ])('refuses a pattern with %s', async (_what, destination) => {
    const client = await connect(application);

    await expect(client.subscribe(destination)).rejects.toThrow(StompServerError);
    await client.closed;
    expect(client.errorFrame?.headers['code']).toBe('DESTINATION_MALFORMED');
  });

  test('is a matter of two values', () => {
    const wildcards = JSON.parse('"mqtt"');

    expect(() => createApplication({ broker: simpleBroker({ wildcards }), logger: silentLogger })).toThrow(
      "simpleBroker, wildcards: it is the text 'mqtt'; give 'ant' or 'rabbitmq'",
    );
  });
});

import { connect, type Inbox, type TestClient } from '@treadle/testing';
import {
  type Application,
  createApplication,
  type DestinationPolicy,
  silentLogger,
  simpleBroker,
  SimpMessagingTemplate,
  type WildcardStyle,
} from 'treadle';

/** Everything below the prefixes is a queue, or is retained and has a history. */
function create(kind: 'queue' | 'topic', wildcards: WildcardStyle): Application {
  const rest = wildcards === 'ant' ? '**' : '#';
  const destinations = [`/queue/${rest}`, `/topic/${rest}`];
  const keeping = { retainLast: true, history: { messages: 100 } };
  const policies: DestinationPolicy[] = [
    { destinations: `/user/queue/${rest}`, slowConsumer: 'drop-oldest' },
    kind === 'queue' ? { kind, destinations } : { ...keeping, destinations },
  ];
  return createApplication({
    broker: simpleBroker({ policies, wildcards }),
    authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
    logger: silentLogger,
  });
}

/** Where somebody else might look for what is meant for a session. */
function guesses(sessionId: string): readonly string[] {
  return [
    '/queue/**',
    '/**',
    '/queue/*',
    '/queue/#',
    '/queue/*-user*',
    '/queue/secret-user*',
    '/queue/{any}',
    '/queue/?ecret*',
    `/**/*${sessionId}`,
    `/queue/secret-user${sessionId}`,
    `/user/queue/secret-user${sessionId}`,
    '/user/queue/secret',
    '/user/queue/*',
    '/user/queue/**',
    '/user/queue/#',
    `/user/${sessionId}/queue/secret`,
    '/user/alice/queue/secret',
  ];
}

const WAYS: readonly Readonly<Record<string, string>>[] = [
  {},
  { ack: 'client-individual' },
  { offset: '0' },
  { selector: 'TRUE' },
];

/** Subscribes to a guess in every way there is, from a client of its own, as a refusal ends a session. */
async function spy(
  application: Application,
  destination: string,
): Promise<{ client: TestClient; inboxes: readonly Inbox[] }> {
  const client = await connect(application, { login: 'mallory' });
  const inboxes: Inbox[] = [];
  for (const headers of WAYS) {
    const inbox = await client.subscribe(destination, headers).catch(() => undefined);
    if (inbox) inboxes.push(inbox);
  }
  return { client, inboxes };
}

describe.each(['ant', 'rabbitmq'] as const)('with %s wildcards', (wildcards) => {
  describe.each(['queue', 'topic'] as const)('where every destination has a policy of kind %s', (kind) => {
    test('what is meant for one user reaches nobody else, before or after, by wildcard or by guess', async () => {
      const application = create(kind, wildcards);
      const template = application.container.resolve(SimpMessagingTemplate);
      await using alice = await connect(application, { login: 'alice' });
      const own = await alice.subscribe('/user/queue/secret', { ack: 'client-individual' });
      const sessionId = alice.sessionId ?? '';
      const early = await Promise.all(guesses(sessionId).map((each) => spy(application, each)));

      await template.convertAndSendToUser('alice', '/queue/secret', 'secret 1');
      const late = await Promise.all(guesses(sessionId).map((each) => spy(application, each)));
      await template.convertAndSendToUser('alice', '/queue/secret', 'secret 2');
      const message = await own.nextMessage();
      await alice.nack(message).catch(() => undefined); // what comes back is hers as well

      expect(message.body).toBe('secret 1');
      expect(late.flatMap(({ inboxes }) => inboxes).length).toBeGreaterThan(30); // they do listen
      expect((await own.nextMessage()).body).toMatch(/^secret [12]$/);
      for (const { client, inboxes } of [...early, ...late]) {
        for (const inbox of inboxes) await inbox.unsubscribe();
        expect(inboxes.flatMap(({ messages }) => messages)).toEqual([]);
        client.drop();
      }
      await application.stop();
    });

    test('what is sent to a guessed destination never reaches the user', async () => {
      const application = create(kind, wildcards);
      await using alice = await connect(application, { login: 'alice' });
      await using mallory = await connect(application, { login: 'mallory' });
      const own = await alice.subscribe('/user/queue/secret');
      const ownAll = await alice.subscribe(wildcards === 'ant' ? '/user/queue/**' : '/user/queue/#');

      await mallory.send(`/queue/secret-user${alice.sessionId}`, 'forged');
      const later = await alice.subscribe('/user/queue/secret', { offset: '0' });

      await own.expectNothing();
      await ownAll.expectNothing();
      await later.expectNothing();
      await application.stop();
    });

    test('a session that ends leaves nothing of its user to the next one', async () => {
      const application = create(kind, wildcards);
      const template = application.container.resolve(SimpMessagingTemplate);
      const alice = await connect(application, { login: 'alice' });
      const held = await alice.subscribe('/user/queue/secret', { ack: 'client-individual' });
      await template.convertAndSendToUser('alice', '/queue/secret', 'secret');
      await held.nextMessage();
      await alice.disconnect();

      const { client, inboxes } = await spy(application, '/user/queue/secret');

      expect(inboxes.length).toBeGreaterThan(0);
      for (const inbox of inboxes) await inbox.expectNothing();
      client.drop();
      await application.stop();
    });
  });
});

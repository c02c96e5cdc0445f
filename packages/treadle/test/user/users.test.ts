import 'reflect-metadata';
import { connect, type TestClient } from '@treadle/testing';
import {
  type Application,
  Controller,
  createApplication,
  MessageMapping,
  SendToUser,
  SessionConnectedEvent,
  SessionDisconnectEvent,
  type SessionEvent,
  SessionUnsubscribeEvent,
  silentLogger,
  SubscriptionActiveEvent,
  type ApplicationOptions,
} from '../../src/index';

@Controller()
class Echo {
  @MessageMapping('/echo')
  @SendToUser('/queue/echo')
  echo(text: string): string {
    return text;
  }

  @MessageMapping('/fail')
  fail(): void {
    throw new Error('no');
  }
}

let application: Application;

afterEach(() => application.stop());

function start(options: ApplicationOptions = {}): void {
  application = createApplication({
    controllers: [Echo],
    authenticate: ({ login: name }) => (name === undefined ? undefined : { name }),
    logger: silentLogger,
    ...options,
  });
}

function login(name: string): Promise<TestClient> {
  return connect(application, { login: name });
}

describe('convertAndSendToUser tells how many sessions it reached', () => {
  test('those of the user with a subscription to the destination', async () => {
    start();
    const [phone, desk, elsewhere] = [await login('alice'), await login('alice'), await login('alice')];
    const inboxes = [await phone.subscribe('/user/queue/news'), await desk.subscribe('/user/queue/news')];
    await elsewhere.subscribe('/user/queue/other');
    await (await login('bob')).subscribe('/user/queue/news');

    const reached = await application.template.convertAndSendToUser('alice', '/queue/news', 'hello');

    expect(reached).toEqual({ sessions: 2 });
    expect(await Promise.all(inboxes.map((inbox) => inbox.next()))).toEqual(['hello', 'hello']);
  });

  test('a session with two subscriptions, one of them a wildcard, is one', async () => {
    start();
    const alice = await login('alice');
    await alice.subscribe('/user/queue/news');
    await alice.subscribe('/user/queue/*');

    expect(await application.template.convertAndSendToUser('alice', '/queue/news', 'x')).toEqual({ sessions: 1 });
  });

  test('none when the user is not connected, or has unsubscribed', async () => {
    start();
    const alice = await login('alice');
    await (await alice.subscribe('/user/queue/news')).unsubscribe();

    expect(await application.template.convertAndSendToUser('alice', '/queue/news', 'x')).toEqual({ sessions: 0 });
    expect(await application.template.convertAndSendToUser('carol', '/queue/news', 'x')).toEqual({ sessions: 0 });
  });

  test('an anonymous session by its id', async () => {
    start();
    const client = await connect(application);
    await client.subscribe('/user/queue/news');

    const { sessions } = await application.template.convertAndSendToUser(client.sessionId ?? '', '/queue/news', 'x');

    expect(sessions).toBe(1);
  });

  test('also when interceptors of the broker channel take their time', async () => {
    start({
      interceptors: {
        broker: [
          {
            async preSend(message) {
              await Promise.resolve();
              return message;
            },
          },
        ],
      },
    });
    await (await login('alice')).subscribe('/user/queue/news');

    expect(await application.template.convertAndSendToUser('alice', '/queue/news', 'x')).toEqual({ sessions: 1 });
  });

  test('a destination that nobody serves is refused', async () => {
    start();
    await login('alice');

    const sent = application.template.convertAndSendToUser('alice', '/nowhere', 'x');

    await expect(sent).rejects.toMatchObject({ code: 'DESTINATION_UNSERVED' });
  });
});

describe('a principal with a destinationUserName (Spring H8, L12, StompSubProtocolHandler)', () => {
  beforeEach(() => {
    start({ authenticate: ({ login: name = '' }) => ({ name, destinationUserName: `id/of ${name}` }) });
  });

  test('is registered and addressed by it, and shown its name', async () => {
    const alice = await login('alice');
    const inbox = await alice.subscribe('/user/queue/news');

    const byName = await application.template.convertAndSendToUser('id/of alice', '/queue/news', '1');
    const { principal } = application.users.getUser('id/of alice') ?? {};
    const byPrincipal = await application.template.convertAndSendToUser(principal ?? '', '/queue/news', '2');

    expect(alice.userName).toBe('alice');
    expect([byName, byPrincipal]).toEqual([{ sessions: 1 }, { sessions: 1 }]);
    expect([await inbox.next(), await inbox.next()]).toEqual(['1', '2']);
    expect(application.users.getUser('alice')).toBeUndefined();
  });

  test('gets the results of @SendToUser and the notices of failures', async () => {
    const alice = await login('alice');
    const [echo, errors] = [await alice.subscribe('/user/queue/echo'), await alice.subscribe('/user/queue/errors')];

    await alice.send('/app/echo', 'hello');
    alice.sendWithoutReceipt('/app/fail', '');

    expect(await echo.next()).toBe('hello');
    expect(await errors.next()).toMatchObject({ code: 'HANDLER_FAILED' });
  });
});

describe('disconnect', () => {
  test('ends every session of a user with a code and says how many', async () => {
    start();
    const [phone, desk, bob] = [await login('alice'), await login('alice'), await login('bob')];

    const count = await application.users.getUser('alice')?.disconnect('account closed');
    const isKnown = application.users.getUser('alice') !== undefined;
    await Promise.all([phone.closed, desk.closed]);

    expect(count).toBe(2);
    expect([phone, desk].map(({ errorFrame }) => errorFrame?.headers['code'])).toEqual([
      'DISCONNECTED_BY_SERVER',
      'DISCONNECTED_BY_SERVER',
    ]);
    expect(phone.errorFrame?.body).not.toContain('account closed');
    expect(isKnown).toBe(false);
    await expect(bob.send('/topic/a', 'x')).resolves.not.toThrow();
  });

  test('ends one session, anonymous or not, and once', async () => {
    start();
    const client = await connect(application);
    const session = application.users.getSession(client.sessionId ?? '');

    await Promise.all([session?.disconnect(), session?.disconnect()]);
    await client.closed;

    expect(client.frames.filter(({ command }) => command === 'ERROR')).toHaveLength(1);
    expect(application.users.sessionCount).toBe(0);
  });

  test('may be done by a handler of the session itself', async () => {
    @Controller()
    class Door {
      @MessageMapping('/leave')
      async leave(): Promise<void> {
        for (const session of application.users.getSessions()) await session.disconnect('bye');
      }
    }
    start({ controllers: [Door] });
    const client = await login('alice');

    client.sendWithoutReceipt('/app/leave', '');

    await client.closed;
    expect(client.errorFrame?.headers['code']).toBe('DISCONNECTED_BY_SERVER');
  });
});

describe('the user registry', () => {
  test('knows what listeners of events are told of, and no more what they are told the end of', async () => {
    start();
    const { events, users } = application;
    const told: string[] = [];
    const note = ({ constructor, session: { id } }: SessionEvent): void => {
      const subscriptions = users.getSession(id)?.subscriptions.length ?? 'unknown';
      told.push(`${constructor.name}: ${users.userCount} users, ${subscriptions} subscriptions`);
    };
    for (const type of [SessionConnectedEvent, SubscriptionActiveEvent, SessionUnsubscribeEvent]) events.on(type, note);
    events.on(SessionDisconnectEvent, note);
    const alice = await login('alice');

    await alice.request('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    await alice.request('UNSUBSCRIBE', { id: '1' });
    await alice.request('DISCONNECT', {});
    await alice.closed;

    expect(told).toEqual([
      'SessionConnectedEvent: 1 users, 0 subscriptions',
      'SubscriptionActiveEvent: 1 users, 1 subscriptions',
      'SessionUnsubscribeEvent: 1 users, 0 subscriptions',
      'SessionDisconnectEvent: 0 users, unknown subscriptions',
    ]);
  });
});

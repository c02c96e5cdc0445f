import 'reflect-metadata';
import { connect, FakeClock, type TestClient } from '@treadle/testing';
import {
  ApplicationError,
  type Application,
  type ApplicationOptions,
  type ChannelInterceptor,
  Controller,
  createApplication,
  type ErrorNotice,
  Message,
  MessageMapping,
  Presence,
  SessionUnsubscribeEvent,
  silentLogger,
  type SimpSession,
  type SimpSubscription,
  SubscribeMapping,
} from '../../src/index';
import { deferred, settled, until } from '../session/session-fixture';

@Controller()
class Rooms {
  endedStreams = 0;
  readonly work = deferred();

  @SubscribeMapping('/ticks')
  async *ticks(signal: AbortSignal): AsyncGenerator<string> {
    yield 'first';
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    this.endedStreams += 1;
  }

  @MessageMapping('/work')
  async doWork(): Promise<void> {
    await this.work.promise;
  }
}

let clock: FakeClock;
let application: Application;

afterEach(() => application.stop());

function start(options: ApplicationOptions = {}): void {
  clock = new FakeClock('2030-01-01T00:00:00.000Z');
  application = createApplication({
    controllers: [Rooms],
    authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
    logger: silentLogger,
    clock,
    ...options,
  });
}

const login = (name: string): Promise<TestClient> => connect(application, { login: name });

function sessionOf({ sessionId = '' }: TestClient): SimpSession {
  const session = application.users.getSession(sessionId);
  if (!session) throw new Error(`there is no session ${sessionId}`);
  return session;
}

function subscriptionOf(client: TestClient, id: string): SimpSubscription {
  const subscription = sessionOf(client).getSubscription(id);
  if (!subscription) throw new Error(`there is no subscription ${id}`);
  return subscription;
}

/** The bodies of the MESSAGE frames of a subscription. */
const bodies = (client: TestClient, id: string): string[] =>
  client.frames
    .filter(({ command, headers }) => command === 'MESSAGE' && headers['subscription'] === id)
    .map(({ body }) => body);

/** Publishes, and waits until everybody has it. */
async function publish(text: string, destination = '/topic/a'): Promise<void> {
  await application.template.convertAndSend(destination, text);
  await settled();
}

describe('a session, for the server', () => {
  test('is seen with its transport, address, version and age', async () => {
    start();
    await application.start();
    await clock.advance(5_000);
    const client = await connect(application, { acceptVersion: '1.1', handshake: { remoteAddress: '192.0.2.7' } });

    const { connectedAt, transport, remoteAddress, version, isCongested } = sessionOf(client);

    expect({ connectedAt, transport, remoteAddress, version, isCongested }).toEqual({
      connectedAt: new Date('2030-01-01T00:00:05.000Z'),
      transport: 'memory',
      remoteAddress: '192.0.2.7',
      version: '1.1',
      isCongested: false,
    });
  });

  test('is seen to be congested while its client does not read', async () => {
    start({ limits: { sendBufferOctets: 1_000 } });
    const client = await login('alice');
    await client.subscribe('/topic/a');
    client.stopReading();

    await publish('x'.repeat(700));

    expect(sessionOf(client).isCongested).toBe(true);
  });
});

describe('disconnect', () => {
  test('by an ApplicationError tells the client its code and sentence', async () => {
    start();
    const alice = await login('alice');

    await sessionOf(alice).disconnect(new ApplicationError('ACCOUNT_CLOSED', 'Your account was closed.'));
    await alice.closed;

    expect(alice.errorFrame?.headers).toMatchObject({ code: 'ACCOUNT_CLOSED', message: 'Your account was closed.' });
    expect(application.stats().sessions.endedByCode).toEqual({ ACCOUNT_CLOSED: 1 });
  });

  test('resolves when nothing on the server knows the session any more', async () => {
    start({ presence: true });
    const phone = await login('alice');
    await phone.subscribe('/topic/a');

    const count = await application.users.getUser('alice')?.disconnect();

    expect(count).toBe(1);
    expect(application.users.sessionCount).toBe(0);
    expect(application.stats().broker?.subscriptions).toBe(0);
    expect(application.container.resolve(Presence).users).toEqual([]);
  });

  test('resolves no sooner than an interceptor lets the end of the session pass', async () => {
    const gate = deferred();
    const hold: ChannelInterceptor = {
      preSend: async (message) => {
        if (message.type === 'DISCONNECT') await gate.promise;
        return message;
      },
    };
    start({ interceptors: { clientInbound: [hold] } });
    const alice = await login('alice');
    let isOver = false;

    const over = sessionOf(alice)
      .disconnect()
      .then(() => (isOver = true));
    await settled();
    const before = isOver;
    gate.resolve();
    await over;

    expect(before).toBe(false);
    expect(application.users.sessionCount).toBe(0);
  });

  test('does not wait for a handler that is at work for the session', async () => {
    start();
    const alice = await login('alice');
    alice.sendWithoutReceipt('/app/work');
    await settled();

    await sessionOf(alice).disconnect();
    const { inFlight } = application.stats().handlers;
    application.container.resolve(Rooms).work.resolve();

    expect(inFlight).toBe(1);
    expect(application.users.sessionCount).toBe(0);
  });
});

describe('unsubscribe', () => {
  test('ends a subscription as its client would: broker, registry, presence and listeners take it in', async () => {
    start({ presence: { subscribersOf: ['/topic/a'] } });
    const told: string[] = [];
    application.events.on(SessionUnsubscribeEvent, ({ subscriptionId }) => told.push(subscriptionId));
    const alice = await login('alice');
    await alice.subscribe('/topic/a', { id: '1' });
    await publish('before');

    const isThere = subscriptionOf(alice, '1').unsubscribe('the room is closed');
    await publish('after');

    expect(isThere).toBe(true);
    expect(bodies(alice, '1')).toEqual(['before']);
    expect(sessionOf(alice).subscriptions).toEqual([]);
    expect(application.container.resolve(Presence).subscribersOf('/topic/a')).toEqual([]);
    expect(application.stats().broker?.subscriptions).toBe(0);
    expect(told).toEqual(['1']);
  });

  test('tells the client at its error destination which subscription ended, not why', async () => {
    start();
    const alice = await login('alice');
    const errors = await alice.subscribe('/user/queue/errors');
    await alice.subscribe('/topic/a', { id: '1' });

    subscriptionOf(alice, '1').unsubscribe('suspicious');

    const notice: ErrorNotice = await errors.next();
    expect(notice).toEqual({
      code: 'UNSUBSCRIBED_BY_SERVER',
      message: 'The server ended the subscription.',
      correlationId: expect.any(String),
      destination: '/topic/a',
      subscription: '1',
    });
  });

  test('by an ApplicationError tells its code, sentence and details', async () => {
    start();
    const alice = await login('alice');
    const errors = await alice.subscribe('/user/queue/errors');
    await alice.subscribe('/topic/a', { id: '1' });

    subscriptionOf(alice, '1').unsubscribe(
      new ApplicationError('ROOM_CLOSED', 'The room closed.', { details: { opens: 9 } }),
    );

    expect(await errors.next()).toMatchObject({
      code: 'ROOM_CLOSED',
      message: 'The room closed.',
      details: { opens: 9 },
      subscription: '1',
    });
  });

  test('lets the client end it too, once, though it is not there any more', async () => {
    start();
    const alice = await login('alice');
    await alice.subscribe('/topic/a', { id: '1' });
    subscriptionOf(alice, '1').unsubscribe();
    await settled();

    await expect(alice.request('UNSUBSCRIBE', { id: '1' })).resolves.toMatchObject({ command: 'RECEIPT' });
    await expect(alice.request('UNSUBSCRIBE', { id: '1' })).rejects.toThrow('SUBSCRIPTION_UNKNOWN');
  });

  test('lets the client subscribe again with the same id', async () => {
    start();
    const alice = await login('alice');
    await alice.subscribe('/topic/a', { id: '1' });
    subscriptionOf(alice, '1').unsubscribe();
    await settled();

    const inbox = await alice.subscribe('/topic/a', { id: '1' });
    await publish('again');

    expect(await inbox.next()).toBe('again');
    expect(subscriptionOf(alice, '1').destination).toBe('/topic/a');
  });

  test('of a subscription seen earlier leaves a later one with its id alone', async () => {
    start();
    const alice = await login('alice');
    const inbox = await alice.subscribe('/topic/a', { id: '1' });
    const earlier = subscriptionOf(alice, '1');
    await inbox.unsubscribe();
    const later = await alice.subscribe('/topic/a', { id: '1' });

    const isThere = earlier.unsubscribe();
    await publish('still here');

    expect(isThere).toBe(false);
    expect(await later.next()).toBe('still here');
  });

  test('overtaken by the UNSUBSCRIBE and SUBSCRIBE of its client leaves the new subscription alone', async () => {
    const gate = deferred();
    const hold: ChannelInterceptor = {
      preSend: async (message) => {
        if (message.type === 'MESSAGE') await gate.promise;
        return message;
      },
    };
    start({ interceptors: { clientInbound: [hold] } });
    const alice = await login('alice');
    await alice.subscribe('/topic/a', { id: '1' });
    alice.sendFrame('SEND', { destination: '/topic/b' });
    alice.sendFrame('UNSUBSCRIBE', { id: '1' });
    alice.sendFrame('SUBSCRIBE', { id: '1', destination: '/topic/a' });

    subscriptionOf(alice, '1').unsubscribe();
    gate.resolve();
    await alice.send('/topic/a', 'to the new one');
    await settled();

    expect(bodies(alice, '1')).toEqual(['to the new one']);
  });

  test('comes behind a SUBSCRIBE that is in progress', async () => {
    const gate = deferred();
    let session: Message['session'];
    const hold: ChannelInterceptor = {
      preSend: async (message) => {
        ({ session } = message);
        if (message.type === 'SUBSCRIBE') await gate.promise;
        return message;
      },
    };
    start({ interceptors: { clientInbound: [hold] } });
    const alice = await login('alice');
    const subscribed = alice.request('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    await settled();

    const isThere = session?.unsubscribe('1', 'too late');
    gate.resolve();
    await subscribed;
    await until(() => application.stats().broker?.subscriptions === 0);
    await publish('after');

    expect(isThere).toBe(true);
    expect(bodies(alice, '1')).toEqual([]);
    expect(sessionOf(alice).subscriptions).toEqual([]);
  });

  test('comes behind the frames that have come, so what they acknowledge counts', async () => {
    start();
    const alice = await login('alice');
    const inbox = await alice.subscribe('/topic/a', { id: '1', ack: 'client-individual' });
    await publish('x');
    const { headers } = await inbox.nextMessage();

    alice.sendFrame('ACK', { id: headers['ack'] ?? '' });
    subscriptionOf(alice, '1').unsubscribe();
    await settled();

    expect(application.stats().broker?.messages.acknowledged).toBe(1);
  });

  test('comes behind those that wait to be read, as the queue of the session is full', async () => {
    start({ limits: { inboundQueueFrames: 2 } });
    const alice = await login('alice');
    const inbox = await alice.subscribe('/topic/a', { id: '1', ack: 'client-individual' });
    const acks: string[] = [];
    for (const text of ['1', '2', '3', '4', '5', '6']) {
      await publish(text);
      acks.push(`ACK\nid:${(await inbox.nextMessage()).headers['ack']}\n\n\0`);
    }
    const work = 'SEND\ndestination:/app/work\n\n\0';

    alice.sendOctets(work + acks.join(''));
    subscriptionOf(alice, '1').unsubscribe();
    subscriptionOf(alice, '1').unsubscribe();
    application.container.resolve(Rooms).work.resolve();
    await until(() => application.stats().broker?.subscriptions === 0);

    expect(application.stats().broker?.messages.acknowledged).toBe(6);
    expect((await alice.request('UNSUBSCRIBE', { id: '1' })).command).toBe('RECEIPT');
  });

  test('makes no mistake of an acknowledgement that its client has sent meanwhile', async () => {
    start();
    const alice = await login('alice');
    const inbox = await alice.subscribe('/topic/a', { id: '1', ack: 'client' });
    await publish('x');
    const { headers } = await inbox.nextMessage();
    subscriptionOf(alice, '1').unsubscribe();
    await settled();

    const receipt = await alice.request('ACK', { id: headers['ack'] ?? '' });

    expect(receipt.command).toBe('RECEIPT');
    await alice.request('UNSUBSCRIBE', { id: '1' });
    await expect(alice.request('ACK', { id: headers['ack'] ?? '' })).rejects.toThrow('ACKNOWLEDGEMENT_UNKNOWN');
  });

  test('ends the stream that answers the subscription', async () => {
    start();
    const alice = await login('alice');
    const inbox = await alice.subscribe('/app/ticks', { id: '1' });
    await inbox.next();

    subscriptionOf(alice, '1').unsubscribe();

    await until(() => application.container.resolve(Rooms).endedStreams === 1);
  });

  test('does not end the stream of a later subscription with its id', async () => {
    start();
    const alice = await login('alice');
    await (await alice.subscribe('/app/ticks', { id: '1' })).next();
    subscriptionOf(alice, '1').unsubscribe();
    await settled();

    const again = await alice.subscribe('/app/ticks', { id: '1' });

    expect(await again.next()).toBe('first');
    await settled();
    expect(application.container.resolve(Rooms).endedStreams).toBe(1);
  });

  test.each([
    ['its id is used again', '1'],
    ['it had to make room for another one', '2'],
  ])('makes no mistake of a late acknowledgement either when %s', async (_, id) => {
    start({ limits: { subscriptions: 1 } });
    const alice = await login('alice');
    const inbox = await alice.subscribe('/topic/a', { id: '1', ack: 'client' });
    await publish('x');
    const { headers } = await inbox.nextMessage();
    subscriptionOf(alice, '1').unsubscribe();
    await settled();
    await alice.subscribe('/topic/b', { id, ack: 'client' });

    const receipt = await alice.request('ACK', { id: headers['ack'] ?? '' });

    expect(receipt.command).toBe('RECEIPT');
  });

  test('ends a subscription to a user destination', async () => {
    start();
    const alice = await login('alice');
    await alice.subscribe('/user/queue/news', { id: '1' });

    subscriptionOf(alice, '1').unsubscribe();
    await settled();

    expect(await application.template.convertAndSendToUser('alice', '/queue/news', 'x')).toEqual({ sessions: 0 });
  });

  test('ends the subscription of a STOMP 1.0 client that gave it no id', async () => {
    start();
    const client = await connect(application, { acceptVersion: undefined });
    client.sendFrame('SUBSCRIBE', { destination: '/topic/a' });
    await until(() => sessionOf(client).subscriptions.length === 1);

    sessionOf(client).subscriptions[0]?.unsubscribe();
    await publish('after');

    expect(client.frames.map(({ command }) => command)).toEqual(['CONNECTED']);
    await expect(client.request('UNSUBSCRIBE', { destination: '/topic/a' })).resolves.toBeDefined();
  });

  test('of a user ends all subscriptions to a destination, of all sessions, and says how many those are', async () => {
    start();
    const [phone, desk, bob] = [await login('alice'), await login('alice'), await login('bob')];
    for (const client of [phone, desk, bob]) await client.subscribe('/topic/a', { id: '1' });
    await phone.subscribe('/topic/b', { id: '2' });

    const count = application.users.getUser('alice')?.unsubscribe('/topic/a');
    await publish('for bob');
    await publish('for alice', '/topic/b');

    expect(count).toBe(2);
    expect([phone, desk, bob].map((client) => bodies(client, '1'))).toEqual([[], [], ['for bob']]);
    expect(bodies(phone, '2')).toEqual(['for alice']);
  });

  test('happens once, and not in a session that is over', async () => {
    start();
    const alice = await login('alice');
    await alice.subscribe('/topic/a', { id: '1' });
    await alice.subscribe('/topic/a', { id: '2' });
    const [first, second] = [subscriptionOf(alice, '1'), subscriptionOf(alice, '2')];

    first.unsubscribe();
    await settled();
    await sessionOf(alice).disconnect();

    expect([first.unsubscribe(), second.unsubscribe()]).toEqual([false, false]);
  });

  test('is no frame of the client: interceptors of clientInbound do not see it', async () => {
    const seen: string[] = [];
    start({ interceptors: { clientInbound: [{ preSend: (message) => (seen.push(message.type), message) }] } });
    const alice = await login('alice');
    await alice.subscribe('/topic/a', { id: '1' });

    subscriptionOf(alice, '1').unsubscribe();
    await settled();

    expect(seen).toEqual(['CONNECT', 'SUBSCRIBE']);
    expect(application.stats().frames.UNSUBSCRIBE).toBe(0);
  });

  test('takes no room from the subscriptions that the session may have', async () => {
    start({ limits: { subscriptions: 3 } });
    const alice = await login('alice');

    for (let count = 0; count < 20; count += 1) {
      await alice.subscribe('/topic/a', { id: String(count) });
      subscriptionOf(alice, String(count)).unsubscribe();
      await settled();
    }

    expect(alice.errorFrame).toBeUndefined();
  });

  test('asked for by a handler of the very session comes behind its message', async () => {
    @Controller()
    class Door {
      @MessageMapping('/leave')
      leave(): void {
        for (const { subscriptions } of application.users.getSessions()) subscriptions[0]?.unsubscribe();
      }
    }
    start({ controllers: [Door] });
    const alice = await login('alice');
    await alice.subscribe('/topic/a', { id: '1' });

    await alice.send('/app/leave');
    await settled();

    expect(sessionOf(alice).subscriptions).toEqual([]);
  });
});

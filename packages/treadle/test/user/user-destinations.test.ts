import { TreadleError } from '../../src/foundation/errors.js';
import { CompositeMessageConverter } from '../../src/messaging/converters.js';
import type { ChannelInterceptor } from '../../src/messaging/channel-interceptor.js';
import { MessageChannel } from '../../src/messaging/message-channel.js';
import { SimpMessagingTemplate } from '../../src/messaging/messaging-template.js';
import type { SessionContext } from '../../src/messaging/session-context.js';
import { UserDestinations, type UserDestinationsOptions } from '../../src/user/user-destinations.js';
import { SimpUserRegistry } from '../../src/user/user-registry.js';
import {
  connect,
  createMessage,
  createSession,
  handle,
  publish,
  RecordingHandler,
  RecordingLogger,
  subscribe,
} from '../broker/broker-under-test.js';

const phone = createSession('phone', 'alice');
const desk = createSession('desk', 'alice');
const bob = createSession('b', 'bob');
const anonymous = createSession('nobody');

interface UnderTest {
  readonly destinations: UserDestinations;
  readonly brokerChannel: MessageChannel;
  /** What arrives at the broker. */
  readonly translated: RecordingHandler;
  readonly logger: RecordingLogger;
}

/** User destinations that know these sessions. */
function create(
  sessions: readonly SessionContext[] = [phone, desk, bob, anonymous],
  options: Partial<UserDestinationsOptions> = {},
  interceptors: readonly ChannelInterceptor[] = [],
): UnderTest {
  const logger = new RecordingLogger();
  const registry = new SimpUserRegistry();
  for (const session of sessions) handle(registry, connect(session));
  const brokerChannel = new MessageChannel('brokerChannel', interceptors, logger);
  const translated = new RecordingHandler();
  brokerChannel.subscribe(translated);
  const defaults = { prefix: '/user', removeLeadingSlash: false };
  const destinations = new UserDestinations({ brokerChannel, registry, logger, ...defaults, ...options });
  return { destinations, brokerChannel, translated, logger };
}

/** `destination of subscribers` for each message that reached the broker. */
function targets({ translated }: UnderTest): (string | undefined)[] {
  return translated.messages.map(({ destination }) => destination);
}

function send(session: SessionContext, destination: string) {
  return createMessage('MESSAGE', { session, destination });
}

describe('UserDestinations, SUBSCRIBE and UNSUBSCRIBE (Spring L1)', () => {
  it.each(['SUBSCRIBE', 'UNSUBSCRIBE'] as const)(
    '%s is sent on for the asking session only, with all it holds',
    (type) => {
      const underTest = create();
      const headers = { ack: 'auto', color: 'red' };
      const message = createMessage(type, {
        session: phone,
        subscriptionId: '1',
        destination: '/user/queue/foo',
        headers,
      });

      handle(underTest.destinations.fromClients, message);

      const [translated] = underTest.translated.messages;
      expect(underTest.translated.messages).toHaveLength(1);
      expect(translated?.destination).toBe('/queue/foo-userphone');
      expect(translated?.userDestination).toBe('/user/queue/foo');
      expect(translated?.type).toBe(type);
      expect(translated?.subscriptionId).toBe('1');
      expect(translated?.session).toBe(phone);
      expect(translated?.headers).toBe(message.headers);
    },
  );

  it('a session without a user, and one that is not registered yet, can subscribe too', () => {
    const underTest = create([]);

    handle(underTest.destinations.fromClients, subscribe(anonymous, '1', '/user/queue/foo'));

    expect(targets(underTest)).toEqual(['/queue/foo-usernobody']);
  });

  it('an UNSUBSCRIBE without a destination needs no translation', () => {
    const underTest = create();

    handle(underTest.destinations.fromClients, createMessage('UNSUBSCRIBE', { session: phone, subscriptionId: '1' }));

    expect(targets(underTest)).toEqual([]);
  });

  it('the outcome of the broker is the outcome of the SUBSCRIBE', async () => {
    const refused = new Error('refused');
    const { destinations } = create([phone], {}, [{ preSend: () => Promise.reject(refused) }]);

    const result = destinations.fromClients.handleMessage(subscribe(phone, '1', '/user/queue/foo'));

    await expect(result).rejects.toBe(refused);
  });

  it('the broker refusing at once makes the SUBSCRIBE fail at once', () => {
    const { destinations, brokerChannel } = create();
    brokerChannel.subscribe({
      handleMessage() {
        throw new Error('refused');
      },
    });

    expect(() => destinations.fromClients.handleMessage(subscribe(phone, '1', '/user/queue/foo'))).toThrow('refused');
  });
});

describe('UserDestinations, MESSAGE (Spring L2, L5)', () => {
  it('a message to a user goes to each of their sessions, with headers and payload as they are', () => {
    const underTest = create();
    const message = createMessage('MESSAGE', {
      destination: '/user/alice/queue/foo',
      payload: new Uint8Array([1, 2]),
      headers: { color: 'red' },
    });

    handle(underTest.destinations.fromApplication, message);

    expect(targets(underTest)).toEqual(['/queue/foo-userphone', '/queue/foo-userdesk']);
    for (const translated of underTest.translated.messages) {
      expect(translated.userDestination).toBe('/user/queue/foo');
      expect(translated.payload).toBe(message.payload);
      expect(translated.headers).toBe(message.headers);
    }
  });

  it('a name with dots, and a place with dots, are kept as they are', () => {
    const underTest = create([createSession('s', 'joe.doe')]);

    handle(underTest.destinations.fromApplication, publish('/user/joe.doe/queue.prices.IBM'));

    expect(targets(underTest)).toEqual(['/queue.prices.IBM-users']);
  });

  it.each(['joe', 'a/b', 'a%2Fb', '%', '%25', '100%2f', '/', 'ä ö', 'x@y.z', '..', '{id}', '*'])(
    'the template addresses the user %j and nobody else',
    async (name) => {
      const names = [
        'joe',
        'a',
        'b',
        'a/b',
        'a%2Fb',
        'a%252Fb',
        '%',
        '%25',
        '100%2f',
        '100/',
        '/',
        '//',
        'ä ö',
        'x@y.z',
        '..',
        '{id}',
        '*',
      ];
      const underTest = create(names.map((each, index) => createSession(`s${index}`, each)));
      const { brokerChannel, logger } = underTest;
      brokerChannel.subscribe(underTest.destinations.fromApplication);
      const template = new SimpMessagingTemplate({
        channel: brokerChannel,
        converter: new CompositeMessageConverter(),
        logger,
      });

      await template.convertAndSendToUser(name, '/queue/foo', 'x');

      const reached = targets(underTest).filter((each) => !each?.startsWith('/user/'));
      expect(reached).toEqual([`/queue/foo-users${names.indexOf(name)}`]);
    },
  );

  it.each(['/user/alice', '/user/', '/user//queue/foo'])('%s is malformed', (destination) => {
    const { destinations } = create();

    for (const action of [
      () => destinations.fromApplication.handleMessage(publish(destination)),
      () => destinations.fromClients.handleMessage(send(bob, destination)),
    ]) {
      expect(action).toThrow(TreadleError);
      expect(action).toThrow(/^\/user\/.* does not have the form \/user\/\{name\}\/…$/);
    }
  });

  it('a message to a user who is not connected is gone, with a debug line (Spring L9)', () => {
    const underTest = create();

    const result = underTest.destinations.fromApplication.handleMessage(publish('/user/carol/queue/foo'));

    expect(result).toBeUndefined();
    expect(targets(underTest)).toEqual([]);
    expect(underTest.logger.lines.map(({ level }) => level)).toEqual(['debug']);
  });

  it('one session that fails does not keep the message from the others, and the sender learns of it', () => {
    const underTest = create([phone, desk], {}, [
      {
        preSend(message) {
          if (message.destination?.endsWith('phone')) throw new Error('no phone');
          return message;
        },
      },
    ]);

    const action = () => underTest.destinations.fromApplication.handleMessage(publish('/user/alice/queue/foo'));

    expect(action).toThrow('no phone');
    expect(targets(underTest)).toEqual(['/queue/foo-userdesk']);
  });

  it('the message is accepted when the last of its sessions is done, and fails when one did', async () => {
    const underTest = create([phone, desk], {}, [
      {
        async preSend(message) {
          await Promise.resolve();
          if (message.destination?.endsWith('phone')) throw new Error('no phone');
          return message;
        },
      },
    ]);

    const result = underTest.destinations.fromApplication.handleMessage(publish('/user/alice/queue/foo'));

    await expect(result).rejects.toThrow('no phone');
    expect(targets(underTest)).toEqual(['/queue/foo-userdesk']);
  });
});

describe('UserDestinations, which session is meant (Spring L3, L4, L6)', () => {
  it('an answer within a session of that user goes to this session alone', () => {
    const underTest = create();

    handle(underTest.destinations.fromApplication, send(desk, '/user/alice/queue/foo'));

    expect(targets(underTest)).toEqual(['/queue/foo-userdesk']);
  });

  it("a message within another user's session goes to all sessions of the user it names", () => {
    const underTest = create();

    handle(underTest.destinations.fromApplication, send(bob, '/user/alice/queue/foo'));

    expect(targets(underTest)).toEqual(['/queue/foo-userphone', '/queue/foo-userdesk']);
  });

  it('a name that is the id of the message’s own session means this session', () => {
    const underTest = create();

    handle(underTest.destinations.fromApplication, send(anonymous, '/user/nobody/queue/foo'));

    expect(targets(underTest)).toEqual(['/queue/foo-usernobody']);
  });

  it('the application may address any session by its id', () => {
    const underTest = create();

    handle(underTest.destinations.fromApplication, publish('/user/nobody/queue/foo'));

    expect(targets(underTest)).toEqual(['/queue/foo-usernobody']);
  });

  it('a user whose name is the id of another session is meant first', () => {
    const underTest = create([anonymous, createSession('x', 'nobody')]);

    handle(underTest.destinations.fromApplication, publish('/user/nobody/queue/foo'));

    expect(targets(underTest)).toEqual(['/queue/foo-userx']);
  });

  it('a client may send to another user, and reaches all their sessions', () => {
    const underTest = create();

    handle(underTest.destinations.fromClients, send(bob, '/user/alice/queue/foo'));

    expect(targets(underTest)).toEqual(['/queue/foo-userphone', '/queue/foo-userdesk']);
  });

  it('a client that sends to its own user reaches all devices of that user', () => {
    const underTest = create();

    handle(underTest.destinations.fromClients, send(desk, '/user/alice/queue/foo'));

    expect(targets(underTest)).toEqual(['/queue/foo-userphone', '/queue/foo-userdesk']);
  });

  it('a client may address its own session by id, and no other', () => {
    const underTest = create();

    handle(underTest.destinations.fromClients, send(anonymous, '/user/nobody/queue/own'));
    handle(underTest.destinations.fromClients, send(bob, '/user/nobody/queue/other'));

    expect(targets(underTest)).toEqual(['/queue/own-usernobody']);
  });
});

describe('UserDestinations, what it leaves alone (Spring L8)', () => {
  it.each([
    ['other destinations', send(phone, '/topic/foo')],
    ['destinations that only begin alike', send(phone, '/users/alice/queue/foo')],
    ['the bare prefix', send(phone, '/user')],
    ['messages without a destination', createMessage('MESSAGE', { session: phone })],
    ['other types', createMessage('ACK', { session: phone, destination: '/user/alice/queue/foo' })],
    ['CONNECT', connect(phone)],
    ['what was translated already', send(phone, '/user/alice/queue/foo').with({ userDestination: '/user/queue/foo' })],
  ])('%s', (_what, message) => {
    const underTest = create();

    handle(underTest.destinations.fromClients, message);
    handle(underTest.destinations.fromApplication, message);

    expect(targets(underTest)).toEqual([]);
  });

  it('a SUBSCRIBE on the broker channel', () => {
    const underTest = create();

    handle(underTest.destinations.fromApplication, subscribe(phone, '1', '/user/queue/foo'));

    expect(targets(underTest)).toEqual([]);
  });

  it('a destination that names users within users is translated once, so that no frame multiplies', () => {
    const underTest = create();
    underTest.brokerChannel.subscribe(underTest.destinations.fromApplication);

    handle(underTest.destinations.fromClients, send(bob, '/user/alice/user/alice/user/alice/queue/foo'));

    expect(targets(underTest)).toEqual([
      '/user/alice/user/alice/queue/foo-userphone',
      '/user/alice/user/alice/queue/foo-userdesk',
    ]);
  });

  it.each([
    ['/user/queue/foo', true],
    ['/user/', true],
    ['/user', false],
    ['/users/x', false],
    ['/topic/user/x', false],
  ])('handles %s: %s', (destination, expected) => {
    expect(create().destinations.handles(destination)).toBe(expected);
  });
});

describe('UserDestinations, options', () => {
  it.each(['/me', '/me/'])('the prefix may be %s', (prefix) => {
    const underTest = create([phone], { prefix });

    handle(underTest.destinations.fromClients, subscribe(phone, '1', '/me/queue/foo'));
    handle(underTest.destinations.fromClients, subscribe(phone, '2', '/user/queue/foo'));
    handle(underTest.destinations.fromApplication, publish('/me/alice/queue/foo'));

    expect(targets(underTest)).toEqual(['/queue/foo-userphone', '/queue/foo-userphone']);
    expect(underTest.translated.messages.map(({ userDestination }) => userDestination)).toEqual([
      '/me/queue/foo',
      '/me/queue/foo',
    ]);
  });

  it('brokers whose names have no leading slash get none (Spring D10)', () => {
    const underTest = create([phone], { removeLeadingSlash: true });

    handle(underTest.destinations.fromClients, subscribe(phone, '1', '/user/jms.queue.call'));
    handle(underTest.destinations.fromApplication, publish('/user/alice/jms.queue.call'));

    expect(targets(underTest)).toEqual(['jms.queue.call-userphone', 'jms.queue.call-userphone']);
    expect(underTest.translated.messages[1]?.userDestination).toBe('/user/jms.queue.call');
  });
});

import { Reach } from '../../../src/messaging/reach.js';
import { isPromise } from '../../../src/foundation/awaitable.js';
import {
  codeOf,
  createMessage,
  createSession,
  disconnect,
  handle,
  publish,
  startBroker,
  subscribe,
  unsubscribe,
} from '../broker-under-test.js';

const alice = createSession('a', 'alice');
const bob = createSession('b', 'bob');

describe('SimpleBroker, publishing (Spring M7, M10)', () => {
  it('each matching subscription of each session gets exactly one delivery', () => {
    const { broker, deliveries } = startBroker();
    for (const session of [alice, bob]) {
      handle(broker, subscribe(session, '1', '/topic/foo'));
      handle(broker, subscribe(session, '2', '/topic/foo'));
      handle(broker, subscribe(session, '3', '/topic/bar'));
    }

    handle(broker, publish('/topic/foo', 'x'));
    handle(broker, publish('/topic/bar', 'y'));

    expect(deliveries.summary).toEqual(['a/1 x', 'a/2 x', 'b/1 x', 'b/2 x', 'a/3 y', 'b/3 y']);
  });

  it('the sender gets its own copy when it is subscribed', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));

    handle(broker, createMessage('MESSAGE', { session: alice, destination: '/topic/foo' }));

    expect(deliveries.summary).toEqual(['a/1']);
  });

  it('exact and pattern subscriptions of one session each get a copy, and the destination stays the published one', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, 'exact', '/topic/price/IBM'));
    handle(broker, subscribe(alice, 'one', '/topic/price/*'));
    handle(broker, subscribe(alice, 'all', '/topic/**'));
    handle(broker, subscribe(alice, 'other', '/topic/volume/*'));

    handle(broker, publish('/topic/price/IBM'));

    expect(deliveries.summary.toSorted()).toEqual(['a/all', 'a/exact', 'a/one']);
    expect(new Set(deliveries.messages.map((message) => message.destination))).toEqual(new Set(['/topic/price/IBM']));
  });

  it('all deliveries of a message share its id and its published message, and no two messages share an id', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, subscribe(bob, '1', '/topic/foo'));

    handle(broker, publish('/topic/foo'));
    handle(broker, publish('/topic/foo'));

    const [first, second, third] = deliveries.messages;
    expect(first?.id).toBeTruthy();
    expect(second?.id).toBe(first?.id);
    expect(second?.published).toBe(first?.published);
    expect(third?.id).not.toBe(first?.id);
  });

  it('two brokers never give the same message id', () => {
    const ids = [startBroker(), startBroker()].map(({ broker, deliveries }) => {
      handle(broker, subscribe(alice, '1', '/topic/foo'));
      handle(broker, publish('/topic/foo'));
      return deliveries.messages[0]?.id;
    });

    expect(ids[0]).not.toBe(ids[1]);
  });

  it('nothing of the sender is in what receivers get: neither its session nor its user nor its protocol headers', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(bob, '1', '/topic/foo'));

    handle(
      broker,
      createMessage('MESSAGE', {
        session: alice,
        destination: '/topic/foo',
        subscriptionId: 'of the sender',
        headers: { destination: '/topic/foo', receipt: 'r', passcode: 'p', 'content-type': 'text/plain', color: 'red' },
      }),
    );

    const [delivery] = deliveries.messages;
    expect(delivery?.user?.name).toBe('bob');
    expect(delivery?.subscriptionId).toBe('1');
    expect(delivery?.published.session).toBeUndefined();
    expect(delivery?.headers.list).toEqual(['content-type', 'text/plain', 'color', 'red']);
  });

  it('publishing and delivering through a synchronous channel makes no promise', () => {
    const { broker } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));

    const result = broker.handleMessage(publish('/topic/foo'));

    expect(isPromise(result)).toBe(false);
  });

  it('a failing delivery is logged with its receiver, and the other receivers still get theirs', () => {
    const failure = new Error('no');
    const { broker, deliveries, logger } = startBroker({}, [
      {
        preSend(message) {
          if (message.sessionId === 'a') throw failure;
          return message;
        },
      },
    ]);
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, subscribe(bob, '2', '/topic/foo'));

    handle(broker, publish('/topic/foo'));

    expect(deliveries.summary).toEqual(['b/2']);
    const details = { destination: '/topic/foo', sessionId: 'a', subscriptionId: '1', error: failure };
    expect(logger.lines).toEqual([{ level: 'error', message: 'a delivery failed', details }]);
  });

  it('an outbound interceptor may keep a message from one receiver; that is no error', () => {
    const { broker, deliveries, logger } = startBroker({}, [
      { preSend: (message) => (message.sessionId === 'a' ? null : message) },
    ]);
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, subscribe(bob, '2', '/topic/foo'));

    handle(broker, publish('/topic/foo'));

    expect(deliveries.summary).toEqual(['b/2']);
    expect(logger.lines.map(({ level }) => level)).toEqual(['debug']);
  });

  it('a session that ends while a message is being delivered gets nothing more of it', () => {
    const { broker, clientOutboundChannel, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, subscribe(alice, '2', '/topic/foo'));
    handle(broker, subscribe(bob, '1', '/topic/foo'));
    clientOutboundChannel.subscribe({
      handleMessage(message) {
        if (message.subscriptionId === '1' && message.sessionId === 'a') return broker.handleMessage(disconnect(alice));
      },
    });

    handle(broker, publish('/topic/foo'));

    expect(deliveries.summary).toEqual(['a/1', 'b/1']);
  });

  it('a message published from within a delivery arrives too', () => {
    const { broker, clientOutboundChannel, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/*'));
    clientOutboundChannel.subscribe({
      handleMessage(message) {
        if (message.destination === '/topic/foo') return broker.handleMessage(publish('/topic/bar'));
      },
    });

    handle(broker, publish('/topic/foo'));

    expect(deliveries.messages.map(({ destination }) => destination)).toEqual(['/topic/foo', '/topic/bar']);
  });

  it('a message that nobody subscribed to is gone', () => {
    const { broker, deliveries } = startBroker();

    handle(broker, publish('/topic/foo'));
    handle(broker, subscribe(alice, '1', '/topic/foo'));

    expect(deliveries.messages).toEqual([]);
  });
});

describe('SimpleBroker, destinations of others (Spring D2, D4)', () => {
  it('destinations without one of its prefixes are none of its business', () => {
    const { broker, deliveries } = startBroker();

    handle(broker, subscribe(alice, '1', '/app/foo'));
    handle(broker, subscribe(alice, '2', '/user/queue/foo'));
    handle(broker, publish('/app/foo'));
    handle(broker, publish('/user/queue/foo'));

    expect(deliveries.messages).toEqual([]);
  });

  it('it can be given other prefixes', () => {
    const { broker, deliveries } = startBroker({ destinationPrefixes: ['/feed'] });
    handle(broker, subscribe(alice, '1', '/feed/x'));
    handle(broker, subscribe(alice, '2', '/topic/x'));

    handle(broker, publish('/feed/x'));
    handle(broker, publish('/topic/x'));

    expect(deliveries.summary).toEqual(['a/1']);
  });

  it('names without a leading slash work when all prefixes are written so', () => {
    const { broker, deliveries } = startBroker({ destinationPrefixes: ['topic'] });
    handle(broker, subscribe(alice, '1', 'topic.prices'));

    handle(broker, publish('topic.prices'));

    expect(deliveries.summary).toEqual(['a/1']);
  });

  it('a wildcard cannot stand in for a prefix', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/**'));
    handle(broker, subscribe(alice, '2', '/topic*/foo'));

    handle(broker, publish('/topic/foo'));

    expect(deliveries.messages).toEqual([]);
  });

  it('a MESSAGE without a destination is ignored', () => {
    const { broker, deliveries } = startBroker();

    handle(broker, createMessage('MESSAGE'));

    expect(deliveries.messages).toEqual([]);
  });
});

describe('SimpleBroker, unsubscribing and disconnecting (Spring M11, M12, M25)', () => {
  it('after UNSUBSCRIBE nothing more comes to that subscription, and the others stay', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, subscribe(alice, '2', '/topic/foo'));

    handle(broker, unsubscribe(alice, '1'));
    handle(broker, publish('/topic/foo'));

    expect(deliveries.summary).toEqual(['a/2']);
  });

  it('UNSUBSCRIBE goes by the id, whatever destination it names', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));

    handle(broker, unsubscribe(alice, '1').with({ destination: '/app/other' }));
    handle(broker, publish('/topic/foo'));

    expect(deliveries.messages).toEqual([]);
  });

  it('UNSUBSCRIBE of an id it does not know is silent, as another part may know it', () => {
    const { broker } = startBroker();

    expect(() => broker.handleMessage(unsubscribe(alice, 'never'))).not.toThrow();
  });

  it('the id is free again after UNSUBSCRIBE', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, unsubscribe(alice, '1'));

    handle(broker, subscribe(alice, '1', '/topic/bar'));
    handle(broker, publish('/topic/foo', 'foo'));
    handle(broker, publish('/topic/bar', 'bar'));

    expect(deliveries.summary).toEqual(['a/1 bar']);
  });

  it('DISCONNECT ends all subscriptions of that session and no other', () => {
    const { broker, deliveries } = startBroker();
    const gone = createSession('gone');
    for (const session of [gone, bob]) {
      handle(broker, subscribe(session, '1', '/topic/foo'));
      handle(broker, subscribe(session, '2', '/topic/*'));
    }

    handle(broker, disconnect(gone));
    handle(broker, publish('/topic/foo'));

    expect(deliveries.summary).toEqual(['b/1', 'b/2']);
  });

  it('a SUBSCRIBE that comes after the session has ended is refused and leaves nothing behind', () => {
    const { broker, deliveries } = startBroker();
    const session = createSession('late');
    handle(broker, disconnect(session));

    expect(codeOf(() => broker.handleMessage(subscribe(session, '1', '/topic/foo')))).toBe('MESSAGE_REJECTED');
    handle(broker, publish('/topic/foo'));

    expect(deliveries.messages).toEqual([]);
  });

  it('what a session sent before it ended is still published', () => {
    const { broker, deliveries } = startBroker();
    const session = createSession('sender');
    handle(broker, subscribe(bob, '1', '/topic/foo'));
    handle(broker, disconnect(session));

    handle(broker, createMessage('MESSAGE', { session, destination: '/topic/foo' }));

    expect(deliveries.summary).toEqual(['b/1']);
  });

  it('DISCONNECT without a session and UNSUBSCRIBE without an id change nothing', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));

    handle(broker, createMessage('DISCONNECT'));
    handle(broker, createMessage('UNSUBSCRIBE', { session: alice }));
    handle(broker, publish('/topic/foo'));

    expect(deliveries.summary).toEqual(['a/1']);
  });
});

describe('SimpleBroker, the reach of a message', () => {
  it('it counts sessions with a matching subscription, each once, where it is asked to', () => {
    const { broker } = startBroker();
    const carol = createSession('c');
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, subscribe(alice, '2', '/topic/*'));
    handle(broker, subscribe(bob, '1', '/topic/**'));
    handle(broker, subscribe(carol, '1', '/topic/bar'));
    const reach = new Reach();

    handle(broker, createMessage('MESSAGE', { destination: '/topic/foo', reach }));

    expect(reach.sessions).toBe(2);
  });

  it('nobody is counted for a message without subscribers', () => {
    const { broker } = startBroker();
    const reach = new Reach();

    handle(broker, createMessage('MESSAGE', { destination: '/topic/foo', reach }));

    expect(reach.sessions).toBe(0);
  });
});

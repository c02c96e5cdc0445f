import { isPromise } from '../../../src/foundation/awaitable.js';
import { codeOf, createMessage, createSession, handle, publish, startBroker, subscribe } from '../broker-under-test.js';

const alice = createSession('a', 'alice');
const bob = createSession('b', 'bob');

describe('SimpleBroker, subscribing (Spring M3, M4; STOMP B3, B4)', () => {
  it('a subscription is live when handleMessage returns', () => {
    const { broker, deliveries } = startBroker();

    const result = broker.handleMessage(subscribe(alice, '1', '/topic/foo'));
    handle(broker, publish('/topic/foo'));

    expect(isPromise(result)).toBe(false);
    expect(deliveries.summary).toEqual(['a/1']);
  });

  it('a subscription id in use in the session is refused, and the first subscription stays', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));

    expect(codeOf(() => broker.handleMessage(subscribe(alice, '1', '/topic/bar')))).toBe('SUBSCRIPTION_ID_IN_USE');
    handle(broker, publish('/topic/foo', 'foo'));
    handle(broker, publish('/topic/bar', 'bar'));

    expect(deliveries.summary).toEqual(['a/1 foo']);
  });

  it('the same id in two sessions is fine', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, subscribe(bob, '1', '/topic/foo'));

    handle(broker, publish('/topic/foo'));

    expect(deliveries.summary).toEqual(['a/1', 'b/1']);
  });

  it.each(['CLIENT', '', 'client-', 'toString'])('ack:%s is refused, never ignored', (ack) => {
    const { broker, deliveries } = startBroker();
    const message = createMessage('SUBSCRIBE', {
      session: alice,
      subscriptionId: '1',
      destination: '/topic/foo',
      headers: { ack },
    });

    expect(codeOf(() => broker.handleMessage(message))).toBe('HEADER_MALFORMED');
    handle(broker, publish('/topic/foo'));

    expect(deliveries.messages).toEqual([]);
  });

  it('ack:auto is what it does anyway', () => {
    const { broker, deliveries } = startBroker();
    const init = { session: alice, subscriptionId: '1', destination: '/topic/foo', headers: { ack: 'auto' } };

    handle(broker, createMessage('SUBSCRIBE', init));
    handle(broker, publish('/topic/foo'));

    expect(deliveries.summary).toEqual(['a/1']);
  });

  it.each(['/topic/{a/b}', '/topic/a}*', `/topic/${'x'.repeat(600)}*`])(
    'the pattern %.20s is refused as malformed and leaves nothing behind',
    (destination) => {
      const { broker, deliveries } = startBroker();

      expect(codeOf(() => broker.handleMessage(subscribe(alice, '1', destination)))).toBe('DESTINATION_MALFORMED');
      handle(broker, subscribe(alice, '1', '/topic/foo'));
      handle(broker, publish('/topic/foo'));

      expect(deliveries.summary).toEqual(['a/1']);
    },
  );

  it.each([
    ['a session', createMessage('SUBSCRIBE', { subscriptionId: '1', destination: '/topic/foo' })],
    ['a subscription id', createMessage('SUBSCRIBE', { session: alice, destination: '/topic/foo' })],
    ['a destination', createMessage('SUBSCRIBE', { session: alice, subscriptionId: '1' })],
  ])('SUBSCRIBE without %s is refused', (_what, message) => {
    const { broker } = startBroker();

    expect(codeOf(() => broker.handleMessage(message))).toBe('MESSAGE_REJECTED');
  });
});

import type { SimpleBrokerOptions } from '../../../src/broker/simple/simple-broker-options.js';
import type { Message } from '../../../src/messaging/message.js';
import { createBroker, createMessage, createSession, handle } from '../broker-under-test.js';

const READ_OCTETS = 64 * 1024;

/** A body as a socket gives it: a small part of what one read brought. */
function smallPartOfARead(): Uint8Array {
  return new Uint8Array(READ_OCTETS).subarray(100, 105);
}

/** What one subscription gets of a message whose payload is such a part. */
function deliveredWith(options: SimpleBrokerOptions, headers: Record<string, string> = {}): Message | undefined {
  const { broker, deliveries } = createBroker(options);
  broker.start();
  const session = createSession('s');
  handle(broker, createMessage('SUBSCRIBE', { session, subscriptionId: 'sub', destination: '/topic/x', headers }));
  handle(broker, createMessage('MESSAGE', { destination: '/topic/x', payload: smallPartOfARead() }));
  return deliveries.messages[0];
}

describe('a message that is kept for a while', () => {
  it.each<[string, SimpleBrokerOptions, Record<string, string>]>([
    ['in a history', { policies: [{ destinations: '/topic/*', history: { messages: 5 } }] }, {}],
    ['as a last value', { policies: [{ destinations: '/topic/*', retainLast: true }] }, {}],
    ['for slow subscribers', { policies: [{ destinations: '/topic/*', slowConsumer: 'drop-oldest' }] }, {}],
    ['until it is acknowledged', {}, { ack: 'client' }],
  ])('%s keeps nothing else of what was read with it', (_, options, headers) => {
    const delivered = deliveredWith(options, headers);

    expect(delivered?.payload).toHaveLength(5);
    expect(delivered?.payload.buffer.byteLength).toBeLessThan(READ_OCTETS);
  });

  it('is not copied when nobody keeps it', () => {
    expect(deliveredWith({})?.payload.buffer.byteLength).toBe(READ_OCTETS);
  });
});

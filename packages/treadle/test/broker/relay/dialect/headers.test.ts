import type { Dialect } from '../../../../src/broker/relay/dialect/dialect.js';
import { requireSendable } from '../../../../src/broker/relay/dialect/send-limits.js';
import { NativeHeaders } from '../../../../src/messaging/native-headers.js';
import { dialectOf } from './real-dialects.js';

/** As a SEND has them. */
function write(name: Dialect['name'], headers: readonly string[]): readonly string[] {
  const dialect = dialectOf(name);
  const written = dialect.sendHeaders(new NativeHeaders(headers));
  requireSendable(written, dialect.sendLimits);
  return written;
}

const REFUSED = expect.objectContaining({ code: 'UNSUPPORTED_BY_BROKER', endsSession: false });

test('headers that mean nothing to the broker are passed on without a copy', () => {
  const headers = new NativeHeaders(['content-type', 'text/plain', 'price', '5']);

  expect(dialectOf('rabbitmq').sendHeaders(headers)).toBe(headers.list);
  expect(dialectOf('activemq').sendHeaders(headers)).toBe(headers.list);
  expect(dialectOf('none').sendHeaders(headers)).toBe(headers.list);
});

test.each<[string, string[]]>([
  ['a value', ['big', 'x'.repeat(10 * 1024)]],
  ['a name', ['x'.repeat(10 * 1024), '']],
  ['octets', ['big', 'ä'.repeat(5 * 1024)]],
  ['escapes', ['big', ':'.repeat(5 * 1024)]],
  ['what is packed', ['JMSType', '\u{1F3BA}'.repeat(1000)]],
])('ActiveMQ gives a connection up for a line of more than 10 KiB: %s of so many is refused before', (_, headers) => {
  expect(() => write('activemq', headers)).toThrow(REFUSED);
  expect(() => write('rabbitmq', headers)).not.toThrow();
});

test('no name is written that AMQP has no room for', () => {
  const headers = new NativeHeaders(['ä'.repeat(128), '1', 'ä'.repeat(127), '2']);

  const sent = dialectOf('rabbitmq').sendHeaders(headers);

  expect(sent.slice(0, 3)).toEqual(['ä'.repeat(127), '2', 'treadle-headers']);
});

test('a line that ActiveMQ takes is not refused', () => {
  const headers = ['big', 'x'.repeat(10 * 1024 - 10)];

  expect(write('activemq', headers)).toBe(headers);
});

test.each(['rabbitmq', 'activemq', 'none'] as const)('%s: more headers than are read again are refused', (name) => {
  const headers = Array.from({ length: 1000 }, (_, index) => [`h${index}`, '']).flat();

  expect(() => write(name, headers)).toThrow(REFUSED);
});

test.each<[string, string[]]>([
  ['one line', ['big', 'x'.repeat(64 * 1024)]],
  ['octets', ['big', 'ä'.repeat(32 * 1024)]],
  ['what is packed of many', ['a', 'b', 'c'].flatMap((each) => [`treadle-${each}`, '<'.repeat(8_000)])],
  ['what is packed of one that is repeated', Array.from({ length: 6 }, () => ['note', 'é'.repeat(3_000)]).flat()],
])('nothing is written that would not be read again, and end the link of every receiver: %s', (_, headers) => {
  expect(() => write('rabbitmq', headers)).toThrow(REFUSED);
});

test('nobody can write headers of the protocol by packing them', () => {
  const packed = ['treadle-headers', 'destination=/topic/forged&redelivered=true&login=eve&price=5'];

  expect(dialectOf('rabbitmq').messageHeaders(packed)).toEqual(['price', '5']);
});

test('what the protocol, the relay and the broker added to a MESSAGE is taken off', () => {
  const added = ['destination', '/topic/x', 'message-id', '1', 'treadle-sender', 'abc', 'receipt', '7'];
  const byActiveMq = ['expires', '0', 'priority', '4', 'timestamp', '1700000000000'];

  expect(dialectOf('rabbitmq').messageHeaders([...added, ...byActiveMq])).toEqual(byActiveMq);
  expect(dialectOf('activemq').messageHeaders([...added, ...byActiveMq, 'price', '5'])).toEqual(['price', '5']);
  expect(dialectOf('activemq').messageHeaders(['expires', '12', 'priority', '9'])).toEqual([
    'expires',
    '12',
    'priority',
    '9',
  ]);
});

test('a sender cannot play the relay to a broker of which nothing is known', () => {
  const headers = new NativeHeaders(['treadle-sender', 'eve', 'price', '5']);

  expect(dialectOf('none').sendHeaders(headers)).toEqual(['price', '5']);
});

test('redelivered is read as a name, not as the value of another header', () => {
  const dialect = dialectOf('rabbitmq');

  expect(dialect.isRedelivered(['redelivered', 'true'])).toBe(true);
  expect(dialect.isRedelivered(['redelivered', 'false'])).toBe(false);
  expect(dialect.isRedelivered(['note', 'redelivered', 'redelivered', 'true'])).toBe(true);
  expect(dialect.isRedelivered(['note', 'redelivered', 'true', 'x'])).toBe(false);
});

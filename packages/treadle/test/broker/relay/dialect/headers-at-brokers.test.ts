import { randomBytes } from 'node:crypto';
import type { HeaderList } from '@treadle/stomp';
import type { Dialect } from '../../../../src/broker/relay/dialect/dialect.js';
import { NativeHeaders } from '../../../../src/messaging/native-headers.js';
import { BrokerConversation, headerOf } from './broker-conversation.js';
import { describeBrokers, dialectOf, requested } from './real-dialects.js';

const LONG = 'x'.repeat(300);

/** Each alone would end a connection, make something at the broker, or come back as something else, if it were written as it is. */
const HEADERS: readonly (readonly string[])[] = [
  ['content-type', 'application/json'],
  ['content-type', LONG],
  ['persistent', 'true'],
  ['persistent', 'yes'],
  ['priority', '7'],
  ['priority', '4'],
  ['priority', 'abc'],
  ['priority', '400'],
  ['expires', 'soon'],
  ['expires', '0'],
  ['expiration', 'soon'],
  ['expiration', '60000'],
  ['timestamp', '12'],
  ['timestamp', '012'],
  ['timestamp', 'now'],
  ['user-id', 'eve'],
  ['reply-to', '/temp-queue/x'],
  ['reply-to', '/user/queue/answers'],
  ['correlation-id', 'c1'],
  ['correlation-id', LONG],
  ['amqp-message-id', LONG],
  ['type', LONG],
  ['app-id', 'a'],
  ['cluster-id', 'c'],
  ['x-expires', '5'],
  ['x-message-ttl', 'abc'],
  ['x-queue-type', 'quorum'],
  ['x-custom', '5'],
  ['durable', 'true'],
  ['auto-delete', 'true'],
  ['exclusive', 'true'],
  ['prefetch-count', 'x'],
  ['CC', 'a'],
  ['BCC', 'b'],
  ['transformation', 'jms-map-json'],
  ['amq-msg-type', 'text'],
  ['AMQ_SCHEDULED_DELAY', '100000'],
  ['JMSXGroupID', 'g'],
  ['JMSXGroupSeq', 'zz'],
  ['JMSXUserID', 'eve'],
  ['JMSDeliveryMode', 'x'],
  ['JMSReplyTo', '/x'],
  ['', 'without a name'],
  ['empty', ''],
  [LONG, 'long name'],
  ['line ends', 'a\r\nb: c'],
  ['name\nwith: lines', 'x'],
  [' padded ', ' padded '],
  ['escapes', 'a:b\\c=d&e%20+f'],
  ['ü', '🎺'],
  ['twice', '1', 'twice', '2', 'twice', '1'],
  ['constructor', 'x', '__proto__', 'y'],
  ['treadle-headers', 'login=eve'],
  ['treadle-sender', 'eve'],
];

async function roundTrip(url: string, dialect: Dialect, headers: readonly string[], kind: 'topic' | 'queue') {
  const destination = `/${kind}/${randomBytes(6).toString('hex')}`;
  await using receiver = await BrokerConversation.open(url);
  await using sender = await BrokerConversation.open(url);
  const place = dialect.subscription(requested(destination)).destination;
  await receiver.request('SUBSCRIBE', ['id', '1', 'destination', place]);

  const sent = dialect.sendHeaders(new NativeHeaders(headers));
  await sender.request('SEND', ['destination', dialect.sendDestination(destination, false), ...sent], 'hi');
  await receiver.until(() => receiver.messages.length > 0);

  const [message] = receiver.messages;
  // Queues live longer than the test.
  await receiver.request('UNSUBSCRIBE', ['id', '1']);
  return { got: dialect.messageHeaders(message?.headers ?? []), sent };
}

/** Brokers keep no order of names; that of repeated ones counts. */
function sorted(headers: HeaderList): string[][] {
  const pairs: string[][] = [];
  for (let index = 0; index < headers.length; index += 2) pairs.push(headers.slice(index, index + 2));
  return pairs.toSorted(([one = ''], [other = '']) => (one < other ? -1 : Number(one > other)));
}

describeBrokers('headers', (name, url) => {
  test.each(HEADERS.map((headers) => [JSON.stringify(headers).slice(0, 60), headers] as const))(
    'a message with %s arrives with it and no other header',
    async (_, headers) => {
      const { got } = await roundTrip(url, dialectOf(name), headers, 'queue');

      expect(sorted(got)).toEqual(sorted(headers));
    },
  );

  test('all of them together arrive', async () => {
    const headers = new Map(
      HEADERS.flatMap((list) => sorted(list).map(([key = '', value = '']) => [key, value] as const)),
    );

    const { got } = await roundTrip(url, dialectOf(name), [...headers].flat(), 'topic');

    expect(sorted(got)).toEqual(sorted([...headers].flat()));
  });

  test('what other programs may use is written as headers of the broker', async () => {
    const plain = [
      'content-type',
      'text/plain',
      'persistent',
      'true',
      'priority',
      '7',
      'correlation-id',
      'c1',
      'price',
      '5',
    ];

    const { sent } = await roundTrip(url, dialectOf(name), plain, 'topic');

    expect(sent).toEqual(plain);
  });

  test('a line end in a header is no line end for a receiver that speaks STOMP 1.0', async () => {
    const dialect = dialectOf(name);
    const place = dialect.sendDestination(`/topic/${randomBytes(6).toString('hex')}`, false);
    await using old = await BrokerConversation.open(url, '1.0');
    await using sender = await BrokerConversation.open(url);
    await old.request('SUBSCRIBE', ['id', '1', 'destination', place]);

    const headers = new NativeHeaders(['note', 'a\nforged:yes', 'name\nforged', 'yes']);
    await sender.request('SEND', ['destination', place, ...dialect.sendHeaders(headers)], 'hi');
    await old.until(() => old.messages.length > 0);

    expect(headerOf(old.messages[0] ?? { headers: [] }, 'forged')).toBeUndefined();
  });

  test('a body is the same octets behind the broker, NUL and what is no UTF-8 included', async () => {
    const dialect = dialectOf(name);
    const body = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    const place = dialect.sendDestination(`/topic/${randomBytes(6).toString('hex')}`, false);
    await using conversation = await BrokerConversation.open(url);
    await conversation.request('SUBSCRIBE', ['id', '1', 'destination', place]);

    await conversation.request('SEND', ['destination', place], body);
    await conversation.until(() => conversation.messages.length > 0);

    expect(conversation.messages[0]?.body).toEqual(body);
  });

  test('a message that comes again says so', async () => {
    const dialect = dialectOf(name);
    const destination = `/queue/${randomBytes(6).toString('hex')}`;
    const asked = dialect.subscription(requested(destination, { ackMode: 'client-individual' }));
    const subscribe = ['id', '1', 'destination', asked.destination, 'ack', 'client-individual', ...asked.headers];
    await using second = await BrokerConversation.open(url);
    const first = await BrokerConversation.open(url);
    await first.request('SUBSCRIBE', subscribe);
    await first.request('SEND', ['destination', asked.destination], 'hi');
    await first.until(() => first.messages.length > 0);

    // Ended in order: ActiveMQ counts only deliveries of consumers that said so.
    await first.request('DISCONNECT', []);
    await first[Symbol.asyncDispose]();
    await second.request('SUBSCRIBE', subscribe);
    await second.until(() => second.messages.length > 0);

    const [again] = second.messages;
    await second.request('ACK', ['id', headerOf(again!, 'ack') ?? '']); // there is one
    expect(dialect.isRedelivered(first.messages[0]?.headers ?? [])).toBe(false);
    expect(dialect.isRedelivered(again?.headers ?? [])).toBe(true);
  });
});

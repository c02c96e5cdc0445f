import { randomBytes } from 'node:crypto';
import { activemq, rabbitmq } from '../../../../../../scripts/testing/real-brokers';
import { describeWith } from '../../../../../../scripts/testing/require-server';
import type { Dialect } from '../../../../src/broker/relay/dialect/dialect.js';
import { NativeHeaders } from '../../../../src/messaging/native-headers.js';
import { BrokerConversation, headerOf } from './broker-conversation.js';
import { describeBrokers, dialectOf, requested } from './real-dialects.js';

const REQUEUE_FALSE = new NativeHeaders(['requeue', 'false']);

/** A subscription with acknowledgements to a queue of its own, to which one message was sent. */
async function withOneMessage(url: string, dialect: Dialect) {
  const destination = `/queue/${randomBytes(6).toString('hex')}`;
  const conversation = await BrokerConversation.open(url);
  await subscribe(conversation, dialect, destination);
  await conversation.request('SEND', ['destination', dialect.sendDestination(destination, false)], 'first');
  await conversation.until(() => conversation.messages.length === 1);
  return { conversation, destination };
}

function subscribe(
  conversation: BrokerConversation,
  dialect: Dialect,
  destination: string,
  headers = NativeHeaders.EMPTY,
) {
  const asked = dialect.subscription(requested(destination, { ackMode: 'client-individual', headers }));
  const list = ['id', destination, 'destination', asked.destination, 'ack', 'client-individual', ...asked.headers];
  return conversation.request('SUBSCRIBE', list);
}

function bodies({ messages }: BrokerConversation): string[] {
  return messages.map(({ body }) => Buffer.from(body).toString());
}

function nack(conversation: BrokerConversation, dialect: Dialect, headers: NativeHeaders) {
  const id = headerOf(conversation.messages[0] ?? { headers: [] }, 'ack') ?? '';
  return conversation.request('NACK', ['id', id, ...dialect.nackHeaders(headers)]);
}

describeWith(rabbitmq, 'RabbitMQ: NACK', (url) => {
  test('has the message come again', async () => {
    const dialect = dialectOf('rabbitmq');
    const { conversation } = await withOneMessage(url, dialect);
    await using _ = conversation;

    await nack(conversation, dialect, NativeHeaders.EMPTY);
    await conversation.until(() => conversation.messages.length === 2);

    expect(bodies(conversation)).toEqual(['first', 'first']);
  });

  test('with requeue:false ends the message', async () => {
    const dialect = dialectOf('rabbitmq');
    const { conversation, destination } = await withOneMessage(url, dialect);
    await using _ = conversation;

    await nack(conversation, dialect, REQUEUE_FALSE);
    await conversation.request('SEND', ['destination', dialect.sendDestination(destination, false)], 'second');
    await conversation.until(() => conversation.messages.length === 2);

    expect(bodies(conversation)).toEqual(['first', 'second']);
  });
});

describeWith(activemq, 'ActiveMQ', (url) => {
  const dialect = dialectOf('activemq');

  test('NACK takes a stored message to the dead letters, which a client may subscribe to', async () => {
    const destination = `/queue/${randomBytes(6).toString('hex')}`;
    await using conversation = await BrokerConversation.open(url);
    await subscribe(conversation, dialect, destination);
    const place = dialect.sendDestination(destination, false);
    await conversation.request('SEND', ['destination', place, 'persistent', 'true', 'mark', destination], 'first');
    await conversation.until(() => conversation.messages.length === 1);

    await nack(conversation, dialect, NativeHeaders.EMPTY);
    const selector = new NativeHeaders(['selector', `mark = '${destination}'`]);
    await subscribe(conversation, dialect, '/queue/ActiveMQ/DLQ', selector);
    await conversation.until(() => conversation.messages.length === 2);

    await conversation.request('ACK', ['id', headerOf(conversation.messages[1] ?? { headers: [] }, 'ack') ?? '']);
    expect(bodies(conversation)).toEqual(['first', 'first']);
  });

  test('the selector of a queue keeps messages for others, and takes texts for numbers', async () => {
    const destination = `/queue/${randomBytes(6).toString('hex')}`;
    await using conversation = await BrokerConversation.open(url);
    await subscribe(conversation, dialect, destination, new NativeHeaders(['selector', 'price > 5']));
    const place = dialect.sendDestination(destination, false);

    for (const price of ['4', '10', '6']) {
      await conversation.request('SEND', ['destination', place, 'price', price], price);
    }
    await conversation.until(() => conversation.messages.length === 2);

    expect(bodies(conversation)).toEqual(['10', '6']);
  });
});

describeBrokers('messages of other programs', (name, url) => {
  test('a text without content-length arrives as its octets', async () => {
    const dialect = dialectOf(name);
    const place = dialect.sendDestination(`/topic/${randomBytes(6).toString('hex')}`, false);
    await using conversation = await BrokerConversation.open(url);
    await conversation.request('SUBSCRIBE', ['id', '1', 'destination', place]);

    conversation.writeText(`SEND\ndestination:${place}\n\ngrüße 🎺\0`);
    await conversation.until(() => conversation.messages.length === 1);

    expect(bodies(conversation)).toEqual(['grüße 🎺']);
  });

  test("a name that no destination has is nobody's, and one with dots is that of slashes", async () => {
    const base = randomBytes(6).toString('hex');
    const all = dialectOf(name).subscription(requested(`/topic/${base}/**`));
    await using conversation = await BrokerConversation.open(url);
    await conversation.request('SUBSCRIBE', ['id', '1', 'destination', all.destination]);

    await conversation.request('SEND', ['destination', `/topic/${base}.~zz`], 'hi');
    await conversation.request('SEND', ['destination', `/topic/${base}.chat.tea`], 'hi');
    await conversation.until(() => conversation.messages.length === 2);

    const got = conversation.messages.map((message) => all.applicationDestination(message.headers));
    expect(got).toEqual([undefined, `/topic/${base}/chat/tea`]);
  });
});

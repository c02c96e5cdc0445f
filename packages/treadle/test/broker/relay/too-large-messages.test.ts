import { activemq, rabbitmq } from '../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../scripts/testing/require-server.js';
import { acknowledgement } from '../../obligations/acknowledgement-frames.js';
import { bodies, fresh, send, sendAndWait, subscribe, take } from '../conformance/conversation.js';
import { BrokerConversation } from './dialect/broker-conversation.js';
import { hearNotices } from './kit/notices.js';
import { type Configuration, CONFIGURATIONS, nameOf, RelayedApplication } from './kit/relayed-application.js';

jest.setTimeout(60_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

const LIMIT = 128 * 1024;

/** A listener, a sender who hears what is refused of his, and the application between them. */
async function start(relay: Configuration & { readonly url: string }) {
  const relayed = await RelayedApplication.on({ ...relay, sharedConnections: 1, brokerFrameBodyOctets: LIMIT });
  const [listener, sender] = [await relayed.connect(), await relayed.connect()];
  const topic = fresh('/topic');
  await subscribe(listener, topic);
  await hearNotices(sender);
  return { relayed, listener, sender, topic };
}

/** Three headers, each within the limits of a client's frame, that are written as one line of three times their octets. */
const POISON = ['a', 'b', 'c'].map((name) => `treadle-${name}:${'<'.repeat(7_900)}\n`).join('');

const RIGHT_BEHIND = 'what comes next';

describe.each([
  ['rabbitmq', rabbitmq],
  ['activemq', activemq],
] as const)('%s: what is larger than may come back', (name, server) => {
  describeWith(server, name, (url) => {
    describe.each(CONFIGURATIONS.map((relay) => [nameOf(relay), relay] as const))('%s', (_, relay) => {
      test('headers: the SEND is refused alone, and nobody loses anything', async () => {
        const { relayed, listener, sender, topic } = await start({ ...relay, url });
        await using _relayed = relayed;

        sender.type(send(topic, 'poison', POISON));
        const notice = await sender.next();
        await sendAndWait(sender, topic, RIGHT_BEHIND);

        expect(notice.text).toContain('UNSUPPORTED_BY_BROKER');
        expect(bodies([await listener.next()])).toEqual([RIGHT_BEHIND]);
        expect(relayed.availability).toEqual([true]);
      });

      test('a destination: SEND and SUBSCRIBE are refused alone, the application hears of its own', async () => {
        const { relayed, listener, sender, topic } = await start({ ...relay, url });
        await using _relayed = relayed;
        const { template } = relayed.application;
        const long = `/topic/${'%'.repeat(7_900)}`;

        sender.type(send(long, 'lost'));
        const notices = [await sender.next()];
        sender.type(`SUBSCRIBE\nid:long\ndestination:${long}\n\n\0`);
        notices.push(await sender.next());
        await expect(template.convertAndSend(long, 'lost')).rejects.toMatchObject({ code: 'DESTINATION_MALFORMED' });
        await sendAndWait(sender, topic, RIGHT_BEHIND);
        await template.convertAndSend(topic, RIGHT_BEHIND);

        for (const { text } of notices) expect(text).toContain('DESTINATION_MALFORMED');
        expect(bodies(await take(listener, 2))).toEqual([RIGHT_BEHIND, RIGHT_BEHIND]);
        expect(relayed.availability).toEqual([true]);
      });

      test('a body: it is refused, and of what other programs send the rest arrives', async () => {
        const { relayed, listener, topic } = await start({ ...relay, url });
        await using _relayed = relayed;
        const { template } = relayed.application;
        await using other = await BrokerConversation.open(url);
        const place = `/topic/${topic.slice('/topic/'.length)}`;

        await expect(template.convertAndSend(topic, 'x'.repeat(LIMIT + 1))).rejects.toMatchObject({
          code: 'DESTINATION_MESSAGE_TOO_LARGE',
        });
        await other.request('SEND', ['destination', place], 'x'.repeat(LIMIT + 1));
        await other.request('SEND', ['destination', place], RIGHT_BEHIND);

        expect(bodies([await listener.next()])).toEqual([RIGHT_BEHIND]);
        expect(relayed.availability).toEqual([true]);
      });

      test('a body in a queue: the broker gets it back for good, and the next one is delivered', async () => {
        const { relayed, listener } = await start({ ...relay, url });
        await using _relayed = relayed;
        const queue = fresh('/queue');
        await using other = await BrokerConversation.open(url);
        await other.request('SEND', ['destination', queue], 'x'.repeat(LIMIT + 1));
        await other.request('SEND', ['destination', queue], RIGHT_BEHIND);

        await subscribe(listener, queue, 'ack:client-individual\nprefetch-count:1\n', 'worker');
        const message = await listener.next();
        await listener.ask(acknowledgement('ACK', message, '1.2', 'receipt:done\n'));
        await listener.ask('UNSUBSCRIBE\nid:worker\nreceipt:gone\n\n\0');
        await subscribe(listener, queue, 'ack:client-individual\n', 'again');
        const [early] = await sendAndWait(listener, queue, 'the last'); // it may come before the RECEIPT
        const last = early ?? (await listener.next());

        expect(bodies([message, last])).toEqual([RIGHT_BEHIND, 'the last']);
        expect(relayed.availability).toEqual([true]);
      });
    });
  });
});

describeWith(activemq, 'activemq', (url) => {
  test('the name of a user is refused where it is too long for a header, and nothing else is lost', async () => {
    await using relayed = await RelayedApplication.on({ url });
    const [listener, topic] = [await relayed.connect('alice'), fresh('/topic')];
    await subscribe(listener, topic);
    await subscribe(listener, '/user/queue/work', 'ack:client\n', 'work');
    const { template } = relayed.application;

    const long = template.convertAndSendToUser('alice', `/queue/${'%'.repeat(7_900)}`, 'lost');
    await long.catch(() => undefined);
    await template.convertAndSend(topic, RIGHT_BEHIND);

    expect(bodies([await listener.next()])).toEqual([RIGHT_BEHIND]);
    expect(relayed.availability).toEqual([true]);
  });
});

import type { ConformanceCase } from './broker-conformance.js';
import { bodies, disconnect, fresh, leftovers, send, sendAndWait, subscribe, take } from './conversation.js';

const NUMBERS = Array.from({ length: 200 }, (_, index) => String(index));

/** How messages get from one client to others. */
export const DELIVERY_CASES: readonly ConformanceCase[] = [
  {
    capability: 'fan-out',
    title: 'every subscriber of a topic gets a message, its sender too',
    async run(broker) {
      const topic = fresh('/topic');
      const clients = [await broker.connect(), await broker.connect(), await broker.connect()];
      for (const client of clients) await subscribe(client, topic);

      clients[0]?.type(send(topic, 'hi'));

      for (const client of clients) expect((await client.next()).body.toString()).toBe('hi');
    },
  },
  {
    capability: 'fan-out',
    title: 'two subscriptions of a session get a message each, named by their ids',
    async run(broker) {
      const topic = fresh('/topic');
      const client = await broker.connect();
      await subscribe(client, topic, '', 'one');
      await subscribe(client, topic, '', 'two');

      client.type(send(topic, 'hi'));

      const ids = (await take(client, 2)).map((frame) => frame.header('subscription'));
      expect(new Set(ids)).toEqual(new Set(['one', 'two']));
    },
  },
  {
    capability: 'fan-out',
    title: 'who subscribed to another destination gets nothing',
    async run(broker) {
      const client = await broker.connect();
      await subscribe(client, fresh('/topic'));

      await sendAndWait(client, fresh('/topic'), 'hi');

      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'fan-out',
    title: 'what nobody subscribed to is gone',
    async run(broker) {
      const topic = fresh('/topic');
      const client = await broker.connect();

      await sendAndWait(client, topic, 'into the void');
      await subscribe(client, topic);

      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'order',
    title: 'the messages of one sender arrive in the order they were sent, at everybody',
    async run(broker) {
      const topic = fresh('/topic');
      const [sender, one, other] = [await broker.connect(), await broker.connect(), await broker.connect()];
      for (const client of [one, other]) await subscribe(client, topic);

      for (const number of NUMBERS) sender.type(send(topic, number));

      for (const client of [one, other]) expect(bodies(await take(client, NUMBERS.length))).toEqual(NUMBERS);
    },
  },
  {
    capability: 'order over destinations',
    title: 'those of one sender to several destinations arrive in the order they were sent, in one session',
    async run(broker) {
      const topics = [fresh('/topic'), fresh('/topic'), fresh('/topic')];
      const [sender, client] = [await broker.connect(), await broker.connect()];
      for (const topic of topics) await subscribe(client, topic, '', topic);

      for (const number of NUMBERS) sender.type(send(topics[Number(number) % 3] ?? '', number));

      expect(bodies(await take(client, NUMBERS.length))).toEqual(NUMBERS);
    },
  },
  {
    capability: 'order',
    title: 'those of two senders mix, and each keeps its order',
    async run(broker) {
      const topic = fresh('/topic');
      const senders = [await broker.connect(), await broker.connect()];
      const client = await broker.connect();
      await subscribe(client, topic);

      for (const number of NUMBERS) senders.forEach((sender, who) => sender.type(send(topic, number, `who:${who}\n`)));

      const frames = await take(client, 2 * NUMBERS.length);
      for (const who of ['0', '1']) {
        expect(bodies(frames.filter((frame) => frame.header('who') === who))).toEqual(NUMBERS);
      }
    },
  },
  {
    capability: 'receipts',
    title: 'of SUBSCRIBE means that the subscription is live: what anybody sends then arrives',
    async run(broker) {
      const topic = fresh('/topic');
      const [client, sender] = [await broker.connect(), await broker.connect()];

      await subscribe(client, topic);
      await sendAndWait(sender, topic, 'hi');

      expect((await client.next()).body.toString()).toBe('hi');
    },
  },
  {
    capability: 'receipts',
    title: 'of SEND means that the message is accepted: it arrives though its sender is gone',
    async run(broker) {
      const topic = fresh('/topic');
      const [client, sender] = [await broker.connect(), await broker.connect()];
      await subscribe(client, topic);

      await sendAndWait(sender, topic, 'last words');
      sender.vanish();

      expect((await client.next()).body.toString()).toBe('last words');
    },
  },
  {
    capability: 'ends of subscriptions',
    title: 'after the receipt of UNSUBSCRIBE nothing more comes, and other subscriptions go on',
    async run(broker) {
      const [ended, kept] = [fresh('/topic'), fresh('/topic')];
      const client = await broker.connect();
      await subscribe(client, ended, '', 'ended');
      await subscribe(client, kept, '', 'kept');

      await client.ask('UNSUBSCRIBE\nid:ended\nreceipt:gone\n\n\0');
      client.type(send(ended, 'no') + send(kept, 'yes'));

      expect(bodies(await take(client, 1))).toEqual(['yes']);
      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'ends of subscriptions',
    title: 'an id may be used again, and what was sent to the earlier subscription does not reach the later one',
    async run(broker) {
      const [former, later] = [fresh('/topic'), fresh('/topic')];
      const [client, sender] = [await broker.connect(), await broker.connect()];
      await subscribe(client, former);
      for (const number of NUMBERS) sender.type(send(former, number));

      await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');
      await subscribe(client, later);
      await sendAndWait(sender, later, 'new');

      expect(bodies(await take(client, 1))).toEqual(['new']);
      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'ends of subscriptions',
    title: 'those of a session end with it, with and without DISCONNECT, and others notice nothing',
    async run(broker) {
      const topic = fresh('/topic');
      const [orderly, lost, kept] = [await broker.connect(), await broker.connect(), await broker.connect()];
      for (const client of [orderly, lost, kept]) await subscribe(client, topic);

      await disconnect(orderly);
      lost.vanish();
      kept.type(send(topic, 'still here'));

      expect(bodies(await take(kept, 1))).toEqual(['still here']);
      expect(await leftovers(kept)).toEqual([]);
    },
  },
  {
    capability: 'payloads',
    title: 'large ones arrive whole',
    async run(broker) {
      const topic = fresh('/topic');
      const client = await broker.connect();
      await subscribe(client, topic);
      const body = 'ä€😀'.repeat(50_000);

      client.type(send(topic, body));

      expect((await client.next()).body.equals(Buffer.from(body))).toBe(true);
    },
  },
  {
    capability: 'payloads',
    title: 'all octets pass, NUL among them, and so does nothing at all',
    async run(broker) {
      const topic = fresh('/topic');
      const client = await broker.connect();
      await subscribe(client, topic);
      const octets = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet));

      const head = `SEND\ndestination:${topic}\ncontent-type:application/octet-stream\ncontent-length:256\n\n`;
      client.type(Buffer.concat([Buffer.from(head), octets, Buffer.of(0)]));
      client.type(send(topic, ''));

      expect((await client.next()).body.equals(octets)).toBe(true);
      expect((await client.next()).body).toHaveLength(0);
    },
  },
  {
    capability: 'headers',
    title: 'of users and content-type pass unchanged, whatever characters they have',
    async run(broker) {
      const topic = fresh('/topic');
      const client = await broker.connect();
      await subscribe(client, topic);
      const lines = ['content-type:text/x; charset=utf-8', 'empty:', 'ä-€:😀', 'a\\cb:c\\\\d', 'spaced: x '];

      client.type(send(topic, 'hi', `${lines.join('\n')}\n`));

      expect((await client.next()).lines).toEqual(expect.arrayContaining(lines));
    },
  },
  {
    capability: 'line ends in headers',
    title: 'pass, escaped: no receiver reads a header line of its own in them',
    async run(broker) {
      const topic = fresh('/topic');
      const client = await broker.connect();
      await subscribe(client, topic);

      client.type(send(topic, 'hi', 'note:one\\nadmin\\cyes\\r\\n\n'));

      const { lines } = await client.next();
      expect(lines).toContain('note:one\\nadmin\\cyes\\r\\n');
      expect(lines.filter((line) => line.startsWith('admin'))).toEqual([]);
    },
  },
  {
    capability: 'headers',
    title: 'of MESSAGE name the destination as sent and the message, another one each time',
    async run(broker) {
      const topic = fresh('/topic');
      const client = await broker.connect();
      await subscribe(client, topic);

      client.type(send(topic, '1') + send(topic, '2', 'message-id:mine\n'));

      const frames = await take(client, 2);
      expect(frames.map((frame) => frame.header('destination'))).toEqual([topic, topic]);
      expect(new Set(frames.map((frame) => frame.header('message-id'))).size).toBe(2);
    },
  },
  {
    capability: 'headers',
    title: 'that are for the server alone do not pass, nor does the name of the sender',
    async run(broker) {
      const topic = fresh('/topic');
      const [client, alice] = [await broker.connect(), await broker.connect('alice')];
      await subscribe(client, topic);

      await sendAndWait(alice, topic, 'hi', 'login:x\npasscode:secret\n');

      const { text } = await client.next();
      expect(text).not.toMatch(/^(receipt|login|passcode|transaction):/m);
      expect(text).not.toContain('alice');
    },
  },
  {
    capability: 'wildcards',
    title: 'a pattern gets what matches it and nothing else, under the destination it was sent to',
    async run(broker) {
      const [stem, other] = [fresh('/topic'), fresh('/topic')];
      const client = await broker.connect();
      await subscribe(client, `${stem}/*/price`);

      for (const topic of [`${stem}/a/price`, `${stem}/a`, `${other}/a/price`, `${stem}/a/b/price`]) {
        client.type(send(topic, topic));
      }
      client.type(send(`${stem}/b/price`, 'last'));

      const frames = await take(client, 2);
      expect(frames.map((frame) => frame.header('destination'))).toEqual([`${stem}/a/price`, `${stem}/b/price`]);
    },
  },
  {
    capability: 'wildcards',
    title: 'a pattern in SEND is a destination like any other',
    async run(broker) {
      const stem = fresh('/topic');
      const client = await broker.connect();
      await subscribe(client, `${stem}/a`);

      await sendAndWait(client, `${stem}/*`, 'to all');

      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'stalled subscribers',
    title: 'one that does not read holds up nobody: neither senders nor other subscribers',
    async run(broker) {
      const topic = fresh('/topic');
      const [stalled, healthy, sender] = [await broker.connect(), await broker.connect(), await broker.connect()];
      for (const client of [stalled, healthy]) await subscribe(client, topic);
      stalled.stopReading();

      for (const number of NUMBERS) await sendAndWait(sender, topic, number.padEnd(10_000, ' '));

      const frames = await take(healthy, NUMBERS.length);
      expect(bodies(frames).map((body) => body.trimEnd())).toEqual(NUMBERS);
    },
  },
];

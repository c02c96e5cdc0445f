import type { ConformanceCase } from './broker-conformance.js';
import { bodies, fresh, leftovers, send, sendAndWait, subscribe, take } from './conversation.js';

/** What subscriptions may ask for, and what destinations keep. */
export const POLICY_CASES: readonly ConformanceCase[] = [
  {
    capability: 'selectors',
    title: 'a subscription gets what its selector wants, and nothing else',
    async run(broker) {
      const topic = fresh('/topic');
      const client = await broker.connect();
      await subscribe(client, topic, `selector:kind = 'price' AND amount > 10\n`);

      client.type(send(topic, '1', 'kind:price\namount:11\n') + send(topic, '2', 'kind:price\namount:9\n'));
      client.type(
        send(topic, '3', 'kind:news\namount:11\n') + send(topic, '4') + send(topic, '5', 'kind:price\namount:1e3\n'),
      );

      expect(bodies(await take(client, 2))).toEqual(['1', '5']);
      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'selectors of queues',
    title: 'what one consumer does not want waits for another and holds up nothing behind it',
    async run(broker) {
      const queue = fresh('/queue');
      const [choosy, other, sender] = [await broker.connect(), await broker.connect(), await broker.connect()];
      await subscribe(choosy, queue, `selector:kind = 'a'\n`);

      for (const kind of ['b', 'a', 'b', 'a']) await sendAndWait(sender, queue, kind, `kind:${kind}\n`);
      const chosen = await take(choosy, 2);
      await subscribe(other, queue);

      expect(bodies(chosen)).toEqual(['a', 'a']);
      expect(bodies(await take(other, 2))).toEqual(['b', 'b']);
    },
  },
  {
    capability: 'selectors',
    title: 'one that is not well formed: ERROR and the end',
    async run(broker) {
      const client = await broker.connect();

      client.type(`SUBSCRIBE\nid:s\ndestination:${fresh('/topic')}\nselector:kind = = 'a'\n\n\0`);

      expect((await client.refusal()).command).toBe('ERROR');
    },
  },
  {
    capability: 'no-echo',
    title: 'a subscription that wants no echo gets what others send',
    async run(broker) {
      const topic = fresh('/topic');
      const [client, other] = [await broker.connect(), await broker.connect()];
      await subscribe(client, topic, 'no-echo:true\n');
      await subscribe(other, topic);

      await sendAndWait(client, topic, 'own');
      await sendAndWait(other, topic, 'of the other');

      expect(bodies(await take(client, 1))).toEqual(['of the other']);
      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'expiry',
    title: 'a message whose time is over is not delivered any more',
    async run(broker) {
      const queue = fresh('/queue');
      const client = await broker.connect();
      await sendAndWait(client, queue, 'stale', 'expires:1\n');
      await sendAndWait(client, queue, 'fresh', 'expires:0\n');

      await subscribe(client, queue);

      expect(bodies(await take(client, 1))).toEqual(['fresh']);
      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'retained messages',
    title: 'a new subscription gets the last message first, marked, and then the later ones',
    async run(broker) {
      const topic = fresh('/topic/retained');
      const client = await broker.connect();
      await sendAndWait(client, topic, 'older');
      await sendAndWait(client, topic, 'last');

      client.type(`SUBSCRIBE\nid:s\ndestination:${topic}\nreceipt:live\n\n\0`);
      const first = await take(client, 2);
      client.type(send(topic, 'later'));

      const messages = [...first, await client.next()].filter(({ command }) => command === 'MESSAGE');
      expect(bodies(messages)).toEqual(['last', 'later']);
      expect(messages.map((frame) => frame.header('retained'))).toEqual(['true', undefined]);
    },
  },
  {
    capability: 'retained messages',
    title: 'an empty one clears it',
    async run(broker) {
      const topic = fresh('/topic/retained');
      const client = await broker.connect();
      await sendAndWait(client, topic, 'last');
      await sendAndWait(client, topic, '');

      client.type(`SUBSCRIBE\nid:s\ndestination:${topic}\n\n\0`);

      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'recovery',
    title: 'a subscription that names the last message it has gets what it missed, then the rest, in order and once',
    async run(broker) {
      const topic = fresh('/topic/history');
      const [lost, sender] = [await broker.connect(), await broker.connect()];
      await subscribe(lost, topic);
      await sendAndWait(sender, topic, '1');
      const last = await lost.next();
      lost.vanish();
      for (const missed of ['2', '3', '4']) await sendAndWait(sender, topic, missed);

      const back = await broker.connect();
      back.type(
        `SUBSCRIBE\nid:s\ndestination:${topic}\noffset:${last.header('offset')}\nepoch:${last.header('epoch')}\nreceipt:live\n\n\0`,
      );
      const frames = await take(back, 4);
      await sendAndWait(sender, topic, '5');
      frames.push(await back.next());

      const messages = frames.filter(({ command }) => command === 'MESSAGE');
      expect(bodies(messages)).toEqual(['2', '3', '4', '5']);
      expect(frames.find(({ command }) => command === 'RECEIPT')?.header('recovered')).toBe('true');
      expect(messages.map((frame) => Number(frame.header('offset')) - Number(last.header('offset')))).toEqual([
        1, 2, 3, 4,
      ]);
    },
  },
  {
    capability: 'recovery',
    title: 'it is told when something is gone for good',
    async run(broker) {
      const topic = fresh('/topic/history');
      const client = await broker.connect();
      await sendAndWait(client, topic, '1');

      client.type(`SUBSCRIBE\nid:s\ndestination:${topic}\noffset:1\nepoch:of-another-time\nreceipt:live\n\n\0`);
      await client.until(() => client.waiting.some(({ command }) => command === 'RECEIPT'), 'RECEIPT');

      const receipt = client.waiting.find(({ command }) => command === 'RECEIPT');
      expect(receipt?.header('recovered')).toBe('false');
    },
  },
];

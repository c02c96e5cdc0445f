import { acknowledgement } from '../../obligations/acknowledgement-frames.js';
import type { RawClient } from '../../obligations/raw-client.js';
import type { RawFrame } from '../../obligations/raw-frame.js';
import type { ConformanceCase, RunningBroker } from './broker-conformance.js';
import { bodies, disconnect, fresh, leftovers, send, sendAndWait, subscribe, take } from './conversation.js';

const RECEIPT = 'receipt:done\n';

/** Puts messages into a queue. */
async function fill(broker: RunningBroker, queue: string, sent: readonly string[]): Promise<void> {
  const sender = await broker.connect();
  for (const body of sent) await sendAndWait(sender, queue, body);
}

/** A consumer of a queue and its first messages. */
async function consume(
  broker: RunningBroker,
  queue: string,
  { ack, count }: { ack: string; count: number },
): Promise<{ readonly client: RawClient; readonly messages: RawFrame[] }> {
  const client = await broker.connect();
  client.type(`SUBSCRIBE\nid:s\ndestination:${queue}\nack:${ack}\n\n\0`);
  return { client, messages: await take(client, count) };
}

/** What waits in a queue: a new consumer gets it before a message that is sent now. */
async function waiting(broker: RunningBroker, queue: string): Promise<RawFrame[]> {
  const client = await broker.connect();
  await subscribe(client, queue);
  client.type(send(queue, 'the end'));
  const frames: RawFrame[] = [];
  for (let frame = await client.next(); frame.body.toString() !== 'the end'; frame = await client.next()) {
    frames.push(frame);
  }
  await disconnect(client);
  return frames;
}

/** What comes again from a queue: so many messages, however long that takes a broker that is told elsewhere, and nothing behind them. */
async function comesAgain(broker: RunningBroker, queue: string, count: number): Promise<RawFrame[]> {
  const client = await broker.connect();
  await subscribe(client, queue);
  const frames = await take(client, count);
  expect(await leftovers(client)).toEqual([]);
  await disconnect(client);
  return frames;
}

/** Queues, and what their consumers say of their messages. */
export const QUEUE_CASES: readonly ConformanceCase[] = [
  {
    capability: 'queues',
    title: 'one of the consumers gets a message, and all get their share',
    async run(broker) {
      const queue = fresh('/queue');
      const [one, other] = [await broker.connect(), await broker.connect()];
      for (const client of [one, other]) await subscribe(client, queue);

      await fill(broker, queue, ['1', '2', '3', '4', '5', '6']);

      const taken = [...(await take(one, 3)), ...(await take(other, 3))];
      expect(bodies(taken).toSorted()).toEqual(['1', '2', '3', '4', '5', '6']);
    },
  },
  {
    capability: 'queues',
    title: 'messages wait, in order, while nobody listens',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1', '2', '3']);

      expect(bodies(await waiting(broker, queue))).toEqual(['1', '2', '3']);
    },
  },
  {
    capability: 'acknowledgements',
    title: 'auto: a message is done when it is sent',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1', '2']);

      const { client } = await consume(broker, queue, { ack: 'auto', count: 2 });
      await disconnect(client);

      expect(await waiting(broker, queue)).toEqual([]);
    },
  },
  {
    capability: 'acknowledgements',
    title: 'client: ACK covers the message and all before it',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1', '2', '3']);
      const { client, messages } = await consume(broker, queue, { ack: 'client', count: 3 });

      await client.ask(acknowledgement('ACK', messages[1], '1.2', RECEIPT));
      await disconnect(client);

      expect(bodies(await waiting(broker, queue))).toEqual(['3']);
    },
  },
  {
    capability: 'acknowledgements',
    title: 'client: ACK covers those of its own subscription alone',
    async run(broker) {
      const [queue, other] = [fresh('/queue'), fresh('/queue')];
      const client = await broker.connect();
      await subscribe(client, queue, 'ack:client\n', 'one');
      await subscribe(client, other, 'ack:client\n', 'other');
      await fill(broker, queue, ['1']);
      await take(client, 1);
      await fill(broker, other, ['2']);

      await client.ask(acknowledgement('ACK', (await take(client, 1))[0], '1.2', RECEIPT));
      await disconnect(client);

      expect(bodies(await waiting(broker, queue))).toEqual(['1']);
      expect(bodies(await waiting(broker, other))).toEqual([]);
    },
  },
  {
    capability: 'acknowledgements',
    title: 'client-individual: ACK covers the message alone',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1', '2', '3']);
      const { client, messages } = await consume(broker, queue, { ack: 'client-individual', count: 3 });

      await client.ask(acknowledgement('ACK', messages[1], '1.2', RECEIPT));
      await disconnect(client);

      expect(bodies(await waiting(broker, queue))).toEqual(['1', '3']);
    },
  },
  {
    capability: 'acknowledgements',
    title: 'what was not acknowledged comes again, in order and marked, when its consumer is gone',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1', '2']);
      const { client } = await consume(broker, queue, { ack: 'client', count: 2 });

      client.vanish();
      await client.rest();

      const again = await comesAgain(broker, queue, 2);
      expect(bodies(again)).toEqual(['1', '2']);
      expect(again.map((frame) => frame.header('redelivered'))).toEqual(['true', 'true']);
    },
  },
  {
    capability: 'acknowledgements',
    title: 'what was not acknowledged goes back at UNSUBSCRIBE',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1', '2']);
      const { client } = await consume(broker, queue, { ack: 'client-individual', count: 2 });

      await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');

      expect(bodies(await waiting(broker, queue))).toEqual(['1', '2']);
    },
  },
  {
    capability: 'acknowledgements',
    title: 'a message that is not there to be acknowledged: ERROR and the end',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1']);
      const { client, messages } = await consume(broker, queue, { ack: 'client', count: 1 });
      await client.ask(acknowledgement('ACK', messages[0], '1.2', RECEIPT));

      client.type(acknowledgement('ACK', messages[0], '1.2'));

      expect((await client.refusal()).command).toBe('ERROR');
    },
  },
  {
    capability: 'NACK that gives back',
    title: 'makes the message come again, marked, to whom that may be',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1']);
      const { client, messages } = await consume(broker, queue, { ack: 'client-individual', count: 1 });

      client.type(acknowledgement('NACK', messages[0], '1.2'));

      const again = await client.next();
      await client.ask(acknowledgement('ACK', again, '1.2', RECEIPT));
      expect([again.body.toString(), again.header('redelivered')]).toEqual(['1', 'true']);
      expect(again.header('ack')).not.toBe(messages[0]?.header('ack'));
    },
  },
  {
    capability: 'NACK that gives to others',
    title: 'makes another consumer get the message, marked',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1']);
      const { client, messages } = await consume(broker, queue, { ack: 'client', count: 1 });
      const other = await broker.connect();
      await subscribe(other, queue);

      client.type(acknowledgement('NACK', messages[0], '1.2'));

      const again = await other.next();
      expect(again.body.toString()).toBe('1');
      expect(again.header('redelivered')).toBe('true');
    },
  },
  {
    capability: 'NACK that drops',
    title: 'with requeue:false drops the message',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1', '2']);
      const { client, messages } = await consume(broker, queue, { ack: 'client-individual', count: 2 });

      await client.ask(acknowledgement('NACK', messages[0], '1.2', `requeue:false\n${RECEIPT}`));
      await disconnect(client);

      expect(bodies(await waiting(broker, queue))).toEqual(['2']);
    },
  },
  {
    capability: 'prefetch',
    title: 'so many messages a consumer has at a time, and the next one when it acknowledges',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1', '2', '3']);
      const client = await broker.connect();
      client.type(`SUBSCRIBE\nid:s\ndestination:${queue}\nack:client-individual\nprefetch-count:2\n\n\0`);
      const [first] = await take(client, 2);

      const early = await leftovers(client);
      client.type(acknowledgement('ACK', first, '1.2'));

      expect(early).toEqual([]);
      expect((await client.next()).body.toString()).toBe('3');
    },
  },
  {
    capability: 'prefetch',
    title: 'what one consumer has no room for goes to another',
    async run(broker) {
      const queue = fresh('/queue');
      const [busy, free] = [await broker.connect(), await broker.connect()];
      await subscribe(busy, queue, 'ack:client\nprefetch-count:1\n');
      await fill(broker, queue, ['1', '2', '3']);
      await busy.next();

      await subscribe(free, queue);

      expect(bodies(await take(free, 2))).toEqual(['2', '3']);
      expect(await leftovers(busy)).toEqual([]);
    },
  },
  {
    capability: 'dead letters',
    title: 'after its last delivery a message goes to them',
    async run(broker) {
      const queue = fresh('/queue');
      const undertaker = await broker.connect();
      await subscribe(undertaker, '/queue/dead-letters');
      await fill(broker, queue, ['poison']);
      const { client, messages } = await consume(broker, queue, { ack: 'client', count: 1 });

      let message = messages[0];
      for (let delivery = 1; delivery < 3; delivery += 1) {
        client.type(acknowledgement('NACK', message, '1.2'));
        message = await client.next();
      }
      client.type(acknowledgement('NACK', message, '1.2'));

      const dead = await undertaker.next();
      expect(dead.body.toString()).toBe('poison');
      expect(dead.header('original-destination')).toBe(queue);
      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'transactions',
    title: 'what is sent within arrives at COMMIT, in order, and never after ABORT',
    async run(broker) {
      const topic = fresh('/topic');
      const [client, sender] = [await broker.connect(), await broker.connect()];
      await subscribe(client, topic);
      for (const transaction of ['kept', 'dropped']) {
        sender.type(`BEGIN\ntransaction:${transaction}\n\n\0`);
        for (const number of ['1', '2']) {
          sender.type(send(topic, `${transaction} ${number}`, `transaction:${transaction}\n`));
        }
      }

      await sendAndWait(sender, topic, 'beside');
      await sender.ask('ABORT\ntransaction:dropped\nreceipt:aborted\n\n\0');
      await sender.ask('COMMIT\ntransaction:kept\nreceipt:committed\n\n\0');

      expect(bodies(await take(client, 3))).toEqual(['beside', 'kept 1', 'kept 2']);
      expect(await leftovers(client)).toEqual([]);
    },
  },
  {
    capability: 'transactions',
    title: 'ACK within counts at COMMIT, and not when the connection is lost before',
    async run(broker) {
      const queue = fresh('/queue');
      await fill(broker, queue, ['1', '2']);
      const { client, messages } = await consume(broker, queue, { ack: 'client-individual', count: 2 });
      client.type('BEGIN\ntransaction:kept\n\n\0BEGIN\ntransaction:lost\n\n\0');
      client.type(acknowledgement('ACK', messages[0], '1.2', 'transaction:kept\n'));
      client.type(acknowledgement('ACK', messages[1], '1.2', 'transaction:lost\n'));

      await client.ask('COMMIT\ntransaction:kept\nreceipt:committed\n\n\0');
      client.vanish();
      await client.rest();

      expect(bodies(await comesAgain(broker, queue, 1))).toEqual(['2']);
    },
  },
];

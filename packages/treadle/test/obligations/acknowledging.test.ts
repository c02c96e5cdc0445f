import type { StompVersion } from '@treadle/stomp';
import { Controller, SubscribeMapping } from '../../src/annotation/mapping/mapping-decorators.js';
import { acknowledgement } from './acknowledgement-frames.js';
import type { RawClient } from './raw-client.js';
import type { RawFrame } from './raw-frame.js';
import { ALL, serve, SINCE_1_1, type StompServer, TRANSPORTS, WITH_QUEUES } from './stomp-server.js';

@Controller()
class SnapshotController {
  @SubscribeMapping('/snapshot')
  snapshot(): string {
    return 'as of now';
  }
}

/** A consumer of a queue and what waited there for it. */
interface Consumer {
  readonly client: RawClient;
  readonly messages: RawFrame[];
}

/** Subscribes to a queue and takes so many messages. */
async function consume(
  server: StompServer,
  version: StompVersion,
  { ack, count, queue = '/queue/a' }: { ack: string; count: number; queue?: string },
): Promise<Consumer> {
  const client = await server.connect(version);
  client.type(`SUBSCRIBE\nid:s\ndestination:${queue}\nack:${ack}\n\n\0`);
  return { client, messages: await take(client, count) };
}

async function take(client: RawClient, count: number): Promise<RawFrame[]> {
  const messages: RawFrame[] = [];
  while (messages.length < count) messages.push(await client.next());
  return messages;
}

async function disconnect(client: RawClient): Promise<void> {
  client.type('DISCONNECT\nreceipt:bye\n\n\0');
  await client.rest();
}

function bodies(frames: readonly RawFrame[]): string[] {
  return frames.map(({ body }) => body.toString());
}

const RECEIPT = 'receipt:r\n';
const SUBSCRIBE = 'SUBSCRIBE\nid:s\ndestination:/queue/a\nreceipt:live\n\n\0';
const ACKNOWLEDGED_MODES = [
  ...ALL.map((version) => [version, 'client'] as const),
  ...SINCE_1_1.map((version) => [version, 'client-individual'] as const),
];

describe.each(TRANSPORTS)('acknowledging, over %s', (transport) => {
  describe('ack:client', () => {
    it.each(ALL)('STOMP K1 (%s): ACK covers the message and all before it', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1', '2', '3', '4']);
      const { client, messages } = await consume(server, version, { ack: 'client', count: 4 });

      await client.ask(acknowledgement('ACK', messages[1], version, RECEIPT));
      await disconnect(client);

      expect(bodies(await server.drain('/queue/a'))).toEqual(['3', '4']);
    });

    it.each(ALL)('STOMP K1 (%s): ACK covers messages of that subscription alone', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['a1', 'a2']);
      await server.fill('/queue/b', ['b1', 'b2']);
      const client = await server.connect(version);
      client.type('SUBSCRIBE\nid:b\ndestination:/queue/b\nack:client\n\n\0');
      await take(client, 2);
      client.type('SUBSCRIBE\nid:a\ndestination:/queue/a\nack:client\n\n\0');
      const [, a2] = await take(client, 2);

      await client.ask(acknowledgement('ACK', a2, version, RECEIPT));
      await disconnect(client);

      expect(bodies(await server.drain('/queue/a'))).toEqual([]);
      expect(bodies(await server.drain('/queue/b'))).toEqual(['b1', 'b2']);
    });
  });

  describe('ack:client-individual', () => {
    it.each(SINCE_1_1)('STOMP K2 (%s): ACK is for one message only', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1', '2', '3']);
      const { client, messages } = await consume(server, version, { ack: 'client-individual', count: 3 });

      await client.ask(acknowledgement('ACK', messages[1], version, RECEIPT));
      await disconnect(client);

      expect(bodies(await server.drain('/queue/a'))).toEqual(['1', '3']);
    });

    it.each(SINCE_1_1)('STOMP K2 (%s): NACK is for one message only', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1', '2', '3']);
      const { client, messages } = await consume(server, version, { ack: 'client-individual', count: 3 });

      client.type(acknowledgement('NACK', messages[1], version));
      const [again] = await take(client, 1);

      expect(again?.body.toString()).toBe('2');
      expect(await client.ask('SEND\ndestination:/topic/b\nreceipt:r\n\n\0')).toEqual([]);
    });
  });

  describe('the names of deliveries', () => {
    it.each([
      ['client', true],
      ['client-individual', true],
      ['auto', false],
    ])('STOMP K3 (1.2): with ack:%s a MESSAGE has an ack header: %s', async (mode, hasOne) => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');
      await client.ask(`SUBSCRIBE\nid:s\ndestination:/topic/a\nack:${mode}\nreceipt:live\n\n\0`);

      const [message] = await client.ask('SEND\ndestination:/topic/a\nack:mine\nreceipt:r\n\nhi\0');

      expect(message?.all('ack')).toHaveLength(hasOne ? 1 : 0);
    });

    it('STOMP K3 (1.2): its value is another one for each delivery on the connection, also of one message and when it comes again', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');
      await client.ask('SUBSCRIBE\nid:s\ndestination:/topic/a\nack:client-individual\nreceipt:live\n\n\0');
      await client.ask('SUBSCRIBE\nid:t\ndestination:/topic/a\nack:client\nreceipt:live\n\n\0');
      client.type('SEND\ndestination:/topic/a\n\nhi\0');
      const [first, second] = await take(client, 2);

      client.type(acknowledgement('NACK', first, '1.2'));
      const [again] = await take(client, 1);

      expect(again?.body.toString()).toBe('hi');
      expect(new Set([first, second, again].map((frame) => frame?.header('ack'))).size).toBe(3);
    });

    it('STOMP K3 (1.2): ACK with that value as its id is taken', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');
      await client.ask('SUBSCRIBE\nid:s\ndestination:/topic/a\nack:client\nreceipt:live\n\n\0');
      const [message] = await client.ask('SEND\ndestination:/topic/a\nreceipt:r\n\nhi\0');

      expect(await client.ask(`ACK\nid:${message?.header('ack')}\nreceipt:k\n\n\0`)).toEqual([]);
    });

    it('STOMP K3 (1.2): the answer of a controller to a subscription has one too, and may be acknowledged', async () => {
      await using server = await serve(transport, { controllers: [SnapshotController] });
      const client = await server.connect('1.2');
      client.type('SUBSCRIBE\nid:s\ndestination:/app/snapshot\nack:client\n\n\0');
      const answer = await client.next();

      expect(answer.all('ack')).toHaveLength(1);
      expect(await client.ask(acknowledgement('ACK', answer, '1.2', RECEIPT))).toEqual([]);
    });

    it('STOMP K6 (1.2): the answer of a controller may be acknowledged again (our decision)', async () => {
      await using server = await serve(transport, { controllers: [SnapshotController] });
      const client = await server.connect('1.2');
      client.type('SUBSCRIBE\nid:s\ndestination:/app/snapshot\nack:client\n\n\0');
      const answer = await client.next();

      for (const command of ['ACK', 'ACK', 'NACK'] as const) {
        expect(await client.ask(acknowledgement(command, answer, '1.2', RECEIPT))).toEqual([]);
      }
    });

    it.each(['message-id', 'subscription'])(
      'STOMP K3b (1.1): ACK and NACK without %s: ERROR and the end',
      async (missing) => {
        await using server = await serve(transport, WITH_QUEUES);
        for (const command of ['ACK', 'NACK'] as const) {
          await server.fill('/queue/a', ['1']);
          const { client, messages } = await consume(server, '1.1', { ack: 'client', count: 1 });

          client.type(acknowledgement(command, messages[0], '1.1').replace(new RegExp(`${missing}:.*\n`), ''));

          expect((await client.refusal()).header('code')).toBe('STOMP_MISSING_HEADER');
          await server.drain('/queue/a');
        }
      },
    );

    it.each(['1.0', '1.1'] as const)(
      'STOMP K3b (%s): a subscription that does not fit the message: ERROR and the end',
      async (version) => {
        await using server = await serve(transport, WITH_QUEUES);
        await server.fill('/queue/a', ['1']);
        const { client, messages } = await consume(server, version, { ack: 'client', count: 1 });
        await client.ask('SUBSCRIBE\nid:t\ndestination:/queue/b\nack:client\nreceipt:live\n\n\0');

        client.type(`ACK\nmessage-id:${messages[0]?.header('message-id')}\nsubscription:t\n\n\0`);

        expect((await client.refusal()).header('code')).toBe('ACKNOWLEDGEMENT_UNKNOWN');
      },
    );

    it.each(['', 'subscription:s\n'])(
      'STOMP K3b (1.0): message-id is enough, and a fitting subscription does no harm: %j',
      async (line) => {
        await using server = await serve(transport, WITH_QUEUES);
        await server.fill('/queue/a', ['1']);
        const { client, messages } = await consume(server, '1.0', { ack: 'client', count: 1 });

        await client.ask(`ACK\nmessage-id:${messages[0]?.header('message-id')}\n${line}receipt:r\n\n\0`);
        await disconnect(client);

        expect(await server.drain('/queue/a')).toEqual([]);
      },
    );

    it('STOMP K3b (1.0): of a message that two subscriptions got, each ACK by message-id covers one', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.0');
      await client.ask('SUBSCRIBE\nid:s\ndestination:/topic/a\nack:client\nreceipt:live\n\n\0');
      await client.ask('SUBSCRIBE\nid:t\ndestination:/topic/a\nack:client\nreceipt:live\n\n\0');
      client.type('SEND\ndestination:/topic/a\n\nhi\0');
      const [one, other] = await take(client, 2);

      await client.ask(
        acknowledgement('ACK', one, '1.0', RECEIPT) + acknowledgement('ACK', other, '1.0', 'receipt:both\n'),
      );
      client.type(acknowledgement('ACK', one, '1.0'));

      expect((await client.refusal()).header('code')).toBe('ACKNOWLEDGEMENT_UNKNOWN');
    });

    it('STOMP K3b (1.0): works for a subscription without id', async () => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1', '2']);
      const client = await server.connect('1.0');
      client.type('SUBSCRIBE\ndestination:/queue/a\nack:client\n\n\0');
      const [first] = await take(client, 2);

      await client.ask(acknowledgement('ACK', first, '1.0', RECEIPT));
      await disconnect(client);

      expect(bodies(await server.drain('/queue/a'))).toEqual(['2']);
    });
  });

  it.each(ALL)('STOMP K4 (%s): with ack:auto a message is done when it is sent', async (version) => {
    await using server = await serve(transport, WITH_QUEUES);
    await server.fill('/queue/a', ['1', '2']);

    const { client } = await consume(server, version, { ack: 'auto', count: 2 });
    client.vanish();
    await client.rest();

    expect(await server.drain('/queue/a')).toEqual([]);
  });

  describe('NACK', () => {
    it.each(SINCE_1_1)(
      'STOMP K5 (%s): gives the message to another consumer, marked as redelivered (our decision)',
      async (version) => {
        await using server = await serve(transport, WITH_QUEUES);
        await server.fill('/queue/a', ['1']);
        const { client, messages } = await consume(server, version, { ack: 'client', count: 1 });
        const other = await server.connect(version);
        await other.ask('SUBSCRIBE\nid:o\ndestination:/queue/a\nreceipt:live\n\n\0');

        client.type(acknowledgement('NACK', messages[0], version));
        const again = await other.next();

        expect(messages[0]?.header('redelivered')).toBeUndefined();
        expect(again.body.toString()).toBe('1');
        expect(again.header('redelivered')).toBe('true');
        expect(again.header('message-id')).toBe(messages[0]?.header('message-id'));
      },
    );

    it.each(SINCE_1_1)('STOMP K5 (%s): puts it back to its place when nobody else is there', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1', '2', '3']);
      const client = await server.connect(version);
      client.type('SUBSCRIBE\nid:s\ndestination:/queue/a\nack:client-individual\nprefetch-count:1\n\n\0');
      const [first] = await take(client, 1);

      client.type(acknowledgement('NACK', first, version));
      const [again] = await take(client, 1);

      expect(again?.body.toString()).toBe('1');
    });

    it.each(SINCE_1_1)(
      'STOMP K5 (%s): with requeue:false it drops the message (our decision, as RabbitMQ)',
      async (version) => {
        await using server = await serve(transport, WITH_QUEUES);
        await server.fill('/queue/a', ['1']);
        const { client, messages } = await consume(server, version, { ack: 'client', count: 1 });

        await client.ask(acknowledgement('NACK', messages[0], version, `requeue:false\n${RECEIPT}`));
        await disconnect(client);

        expect(await server.drain('/queue/a')).toEqual([]);
      },
    );

    it.each(SINCE_1_1)('STOMP K5 (%s): with ack:client it covers all before it too', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1', '2', '3']);
      const { client, messages } = await consume(server, version, { ack: 'client', count: 3 });

      client.type(acknowledgement('NACK', messages[1], version));
      const again = await take(client, 2);

      expect(bodies(again)).toEqual(['1', '2']);
      expect(await client.ask('SEND\ndestination:/topic/b\nreceipt:r\n\n\0')).toEqual([]);
    });
  });

  describe('what cannot be acknowledged', () => {
    const commands = ALL.flatMap((version) =>
      (['ACK', 'NACK'] as const)
        .filter((command) => command === 'ACK' || version !== '1.0')
        .map((command) => [version, command] as const),
    );

    it.each(commands)('STOMP K6 (%s): %s for an unknown id: ERROR and the end', async (version, command) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask('SUBSCRIBE\nid:s\ndestination:/topic/a\nack:client\nreceipt:live\n\n\0');

      client.type(`${command}\nid:unknown\nmessage-id:unknown\nsubscription:s\nreceipt:r\n\n\0`);

      const error = await client.refusal();
      expect(error.header('code')).toBe('ACKNOWLEDGEMENT_UNKNOWN');
      expect(error.header('receipt-id')).toBe('r');
    });

    it.each(commands)(
      'STOMP K6 (%s): %s for what is acknowledged already: ERROR and the end',
      async (version, command) => {
        await using server = await serve(transport, WITH_QUEUES);
        await server.fill('/queue/a', ['1']);
        const { client, messages } = await consume(server, version, { ack: 'client', count: 1 });
        await client.ask(acknowledgement('ACK', messages[0], version, RECEIPT));

        client.type(acknowledgement(command, messages[0], version));

        expect((await client.refusal()).header('code')).toBe('ACKNOWLEDGEMENT_UNKNOWN');
      },
    );

    it.each(ALL)('STOMP K6 (%s): what another connection was given: ERROR and the end', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1']);
      const { client, messages } = await consume(server, version, { ack: 'client', count: 1 });
      const thief = await server.connect(version);
      await thief.ask('SUBSCRIBE\nid:s\ndestination:/queue/b\nack:client\nreceipt:live\n\n\0');

      thief.type(acknowledgement('ACK', messages[0], version));
      const refusal = await thief.refusal();
      await client.ask(acknowledgement('ACK', messages[0], version, RECEIPT));

      expect(refusal.header('code')).toBe('ACKNOWLEDGEMENT_UNKNOWN');
    });

    it.each(commands)('STOMP K7 (%s): %s that names nothing: ERROR and the end', async (version, command) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type(`${command}\n\n\0`);

      expect((await client.refusal()).header('code')).toBe('STOMP_MISSING_HEADER');
    });

    it.each(ALL)(
      'STOMP K9 (%s): a message of an ack:auto subscription: ERROR and the end (our decision)',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);
        await client.ask('SUBSCRIBE\nid:s\ndestination:/topic/a\nreceipt:live\n\n\0');
        const [message] = await client.ask('SEND\ndestination:/topic/a\nreceipt:r\n\nhi\0');
        const id = message?.header('message-id');

        client.type(`ACK\nid:${id}\nmessage-id:${id}\nsubscription:s\n\n\0`);

        expect((await client.refusal()).header('code')).toBe('ACKNOWLEDGEMENT_UNKNOWN');
      },
    );
  });

  describe('what was not acknowledged', () => {
    it.each(ACKNOWLEDGED_MODES)(
      'STOMP K8 (%s): is delivered again when the connection is lost, ack:%s',
      async (version, ack) => {
        await using server = await serve(transport, WITH_QUEUES);
        await server.fill('/queue/a', ['1', '2']);
        const { client } = await consume(server, version, { ack, count: 2 });

        client.vanish();
        await client.rest();
        const again = await server.drain('/queue/a');

        expect(bodies(again)).toEqual(['1', '2']);
        expect(again.map((frame) => frame.header('redelivered'))).toEqual(['true', 'true']);
      },
    );

    it.each(ACKNOWLEDGED_MODES)('STOMP K8 (%s): is delivered again after DISCONNECT, ack:%s', async (version, ack) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1', '2']);
      const { client } = await consume(server, version, { ack, count: 2 });

      await disconnect(client);

      expect(bodies(await server.drain('/queue/a'))).toEqual(['1', '2']);
    });

    it.each(ACKNOWLEDGED_MODES)('STOMP K8 (%s): is delivered again after an ERROR, ack:%s', async (version, ack) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1', '2']);
      const { client } = await consume(server, version, { ack, count: 2 });

      client.type('SEND\n\nno destination\0');
      await client.refusal();

      expect(bodies(await server.drain('/queue/a'))).toEqual(['1', '2']);
    });

    it.each(ACKNOWLEDGED_MODES)('STOMP U1 (%s): goes back at UNSUBSCRIBE, ack:%s', async (version, ack) => {
      await using server = await serve(transport, WITH_QUEUES);
      await server.fill('/queue/a', ['1', '2']);
      const { client } = await consume(server, version, { ack, count: 2 });

      await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');
      const again = await server.drain('/queue/a');

      expect(bodies(again)).toEqual(['1', '2']);
      expect(client.waiting).toEqual([]);
    });

    it.each(ACKNOWLEDGED_MODES)(
      'STOMP U1 (%s): cannot be acknowledged after UNSUBSCRIBE any more, ack:%s',
      async (version, ack) => {
        await using server = await serve(transport, WITH_QUEUES);
        await server.fill('/queue/a', ['1']);
        const { client, messages } = await consume(server, version, { ack, count: 1 });
        await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');

        client.type(acknowledgement('ACK', messages[0], version));

        expect((await client.refusal()).header('code')).toBe('ACKNOWLEDGEMENT_UNKNOWN');
      },
    );
  });

  describe('queues', () => {
    it.each(ALL)('STOMP B6 (%s): one of the subscribers gets a message, and all get their share', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      const [one, other] = [await server.connect(version), await server.connect(version)];
      for (const client of [one, other]) await client.ask(SUBSCRIBE);

      await server.fill('/queue/a', ['1', '2', '3', '4']);
      const taken = [...(await take(one, 2)), ...(await take(other, 2))];

      expect(bodies(taken).toSorted()).toEqual(['1', '2', '3', '4']);
      for (const client of [one, other]) {
        expect(await client.ask('SEND\ndestination:/topic/b\nreceipt:r\n\n\0')).toEqual([]);
      }
    });

    it.each(ALL)(
      'STOMP B6 (%s): without the policy /queue/… fans out, as in Spring (our decision)',
      async (version) => {
        await using server = await serve(transport);
        const [one, other] = [await server.connect(version), await server.connect(version)];
        for (const client of [one, other]) await client.ask(SUBSCRIBE);

        await server.fill('/queue/a', ['1']);

        expect(bodies([await one.next(), await other.next()])).toEqual(['1', '1']);
      },
    );

    it.each(ALL)('STOMP B7 (%s): messages are kept, in order, while nobody listens', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      const sent = Array.from({ length: 50 }, (_, index) => String(index));
      await server.fill('/queue/a', sent);

      const { messages } = await consume(server, version, { ack: 'auto', count: 50 });

      expect(bodies(messages)).toEqual(sent);
    });
  });
});

/* Cases that the suites of other servers assert and that no numbered obligation shows. */

import type { StompVersion } from '@treadle/stomp';
import { until } from '../session/session-fixture.js';
import { listen } from '../transport/listening-application.js';
import { WebSocketClient } from '../transport/web-socket-client.js';
import { acknowledgement } from './acknowledgement-frames.js';
import type { RawClient } from './raw-client.js';
import type { RawFrame } from './raw-frame.js';
import { ALL, BEFORE_1_2, serve, SINCE_1_1, type StompServer, TRANSPORTS, WITH_QUEUES } from './stomp-server.js';

const SUBSCRIBE = 'SUBSCRIBE\nid:s\ndestination:/topic/a\nreceipt:live\n\n\0';
const NOTHING = 'SEND\ndestination:/topic/nobody\nreceipt:nothing\n\n\0';

/** A consumer of what was put into `/queue/a`, and these messages. */
async function consumer(
  server: StompServer,
  version: StompVersion,
  ack: string,
  sent: readonly string[],
): Promise<[RawClient, RawFrame[]]> {
  await server.fill('/queue/a', sent);
  const client = await server.connect(version);
  client.type(`SUBSCRIBE\nid:s\ndestination:/queue/a\nack:${ack}\n\n\0`);
  const messages: RawFrame[] = [];
  while (messages.length < sent.length) messages.push(await client.next());
  return [client, messages];
}

async function disconnect(client: RawClient): Promise<void> {
  client.type('DISCONNECT\nreceipt:bye\n\n\0');
  await client.rest();
}

function bodies(frames: readonly RawFrame[]): string[] {
  return frames.map(({ body }) => body.toString());
}

describe.each(TRANSPORTS)('cases of other suites, over %s', (transport) => {
  describe('the frames of a client', () => {
    it.each(ALL)('as in ActiveMQ: a SEND after missed heart-beats is not processed (%s)', async (version) => {
      await using server = await serve(transport, { heartBeat: { sends: 0, expects: 1000 } });
      const [client, witness] = [await server.open(), await server.connect('1.2')];
      await witness.ask(SUBSCRIBE);
      client.type(`CONNECT\naccept-version:${version}\nheart-beat:1000,0\n\n\0`);
      await client.next();

      await server.clock.advance(5000);
      client.type('SEND\ndestination:/topic/a\n\ntoo late\0');

      expect((await client.refusal()).header('code')).toBe('HEART_BEAT_LOST');
      expect(await witness.ask(NOTHING)).toEqual([]);
    });

    it('as in ActiveMQ: a command of great length is refused while it is still being read', async () => {
      await using server = await serve(transport);
      const client = await server.open();

      client.type('CONNECT'.repeat(10_000));

      expect((await client.refusal()).header('code')).toBe('STOMP_UNKNOWN_COMMAND');
    });

    it.each(ALL)('as in RabbitMQ: a CR in the middle of a command makes it an unknown one (%s)', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SE\rND\ndestination:/topic/a\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_UNKNOWN_COMMAND');
    });

    it.each(BEFORE_1_2)('as in RabbitMQ: a CR at the end of a command too, before STOMP 1.2 (%s)', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\r\ndestination:/topic/a\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_UNKNOWN_COMMAND');
    });

    it('as in RabbitMQ: a first frame may hold less than later ones', async () => {
      await using server = await serve(transport);
      const [stranger, client] = [await server.open(), await server.connect('1.2')];
      const large = `SEND\ndestination:/topic/nobody\nreceipt:r\n\n${'x'.repeat(60_000)}\0`;

      stranger.type(large);
      await client.ask(large);

      expect((await stranger.refusal()).header('code')).toBe('STOMP_BODY_TOO_LARGE');
    });

    it('as in RabbitMQ: no connection is left behind after one that could not be read', async () => {
      await using server = await serve(transport);
      for (let round = 0; round < 20; round += 1) {
        const client = await server.open();
        client.type('GET / HTTP/1.1\r\nHost: test\r\n\r\n');
        await client.refusal();
      }

      await until(() => server.application.sessionCount === 0);
    });

    it.each(ALL)('as in Artemis: a header as long as allowed arrives whole (%s)', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);
      const value = 'x'.repeat(8 * 1024 - 'long:'.length);

      const [message] = await client.ask(`SEND\ndestination:/topic/a\nlong:${value}\nreceipt:r\n\n\0`);

      expect(message?.header('long')).toBe(value);
    });

    it.each(ALL)('as in Spring: what is not whole yet is waited for, and nobody else with it (%s)', async (version) => {
      await using server = await serve(transport);
      const [slow, quick] = [await server.connect(version), await server.connect(version)];
      await quick.ask(SUBSCRIBE);

      for (const piece of ['SE', 'ND\ndestin', 'ation:/topic/a\nreceipt:r\ncontent-length:4\n', '\nwh', 'ole']) {
        slow.type(piece.slice(0, 9));
        slow.type(piece.slice(9));
        await slow.arrived();
        expect(await quick.ask(NOTHING)).toEqual([]);
      }
      slow.type('\0');

      const error = await slow.refusal();
      expect(error.header('code')).toBe('STOMP_MISSING_NUL');
    });
  });

  describe('producers', () => {
    it.each(ALL)(
      'as in Apollo: what was sent is assured once the receipt of DISCONNECT is there (%s)',
      async (version) => {
        await using server = await serve(transport, WITH_QUEUES);
        const [producer, subscriber] = [await server.connect(version), await server.connect('1.2')];
        await subscriber.ask(SUBSCRIBE);
        const sent = Array.from({ length: 100 }, (_, index) => String(index));

        for (const body of sent) {
          producer.type(`SEND\ndestination:/topic/a\n\n${body}\0SEND\ndestination:/queue/a\n\n${body}\0`);
        }
        await disconnect(producer);

        expect(bodies(await subscriber.ask(NOTHING))).toEqual(sent);
        expect(bodies(await server.drain('/queue/a'))).toEqual(sent);
      },
    );

    it.each(ALL)('as in Apollo: a producer that never reads its receipts is served (%s)', async (version) => {
      await using server = await serve(transport);
      const [producer, subscriber] = [await server.connect(version), await server.connect('1.2')];
      await subscriber.ask(SUBSCRIBE);
      producer.stopReading();

      for (let count = 0; count < 1000; count += 1) {
        producer.type(`SEND\ndestination:/topic/a\nreceipt:receipt-${count}\n\n${count}\0`);
      }

      for (let count = 0; count < 1000; count += 1) {
        expect((await subscriber.next()).body.toString()).toBe(String(count));
      }
      producer.readAgain();
      expect(await producer.ask(NOTHING)).toHaveLength(1000);
    });
  });

  describe('acknowledging', () => {
    it.each(SINCE_1_1)('as in ActiveMQ: ACK and NACK may be mixed, in any order (%s)', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      const [client, messages] = await consumer(server, version, 'client-individual', ['1', '2', '3', '4', '5', '6']);

      for (const index of [4, 0, 2]) client.type(acknowledgement('ACK', messages[index], version));
      for (const index of [5, 1]) client.type(acknowledgement('NACK', messages[index], version, 'requeue:false\n'));
      await client.ask(NOTHING);
      await disconnect(client);

      expect(bodies(await server.drain('/queue/a'))).toEqual(['4']);
    });

    it.each(SINCE_1_1.flatMap((version) => [[version, 'ACK'] as const, [version, 'NACK'] as const]))(
      'as in ActiveMQ: with ack:client-individual a message can be acknowledged after ABORT (%s, %s)',
      async (version, command) => {
        await using server = await serve(transport, WITH_QUEUES);
        const [client, [first, second]] = await consumer(server, version, 'client-individual', ['1', '2']);
        client.type('BEGIN\ntransaction:t\n\n\0');
        for (const message of [first, second]) {
          client.type(acknowledgement(command, message, version, 'transaction:t\n'));
        }
        await client.ask('ABORT\ntransaction:t\nreceipt:r\n\n\0');

        await client.ask(acknowledgement('ACK', second, version, 'receipt:k\n'));
        await disconnect(client);

        expect(bodies(await server.drain('/queue/a'))).toEqual(['1']);
      },
    );

    it.each(ALL)(
      'as in Artemis: an ACK beside an open transaction counts, whatever becomes of that (%s)',
      async (version) => {
        await using server = await serve(transport, WITH_QUEUES);
        const [client, [message]] = await consumer(server, version, 'client', ['1']);

        client.type('BEGIN\ntransaction:t\n\n\0');
        await client.ask(acknowledgement('ACK', message, version, 'receipt:k\n'));
        await client.ask('ABORT\ntransaction:t\nreceipt:r\n\n\0');
        await disconnect(client);

        expect(await server.drain('/queue/a')).toEqual([]);
      },
    );

    it('as in Artemis: NACK with a subscription that does not fit: ERROR and the end (1.1)', async () => {
      await using server = await serve(transport, WITH_QUEUES);
      const [client, [message]] = await consumer(server, '1.1', 'client', ['1']);

      client.type(acknowledgement('NACK', message, '1.1').replace('subscription:s', 'subscription:other'));

      expect((await client.refusal()).header('code')).toBe('ACKNOWLEDGEMENT_UNKNOWN');
    });

    it.each(ALL)(
      'as in Artemis: a message that comes again is what it was, with all its octets (%s)',
      async (version) => {
        await using server = await serve(transport, WITH_QUEUES);
        const sender = await server.connect('1.2');
        const body = 'a\0ä€😀\n\0z'.repeat(500);
        await sender.ask(
          `SEND\ndestination:/queue/a\nfoo:ä\\cb\ncontent-type:x/y\ncontent-length:${Buffer.byteLength(body)}\nreceipt:r\n\n${body}\0`,
        );
        const client = await server.connect(version);
        client.type('SUBSCRIBE\nid:drain\ndestination:/queue/a\nack:client\n\n\0');
        const message = await client.next();

        client.vanish();
        const reader = await server.connect(version);
        reader.type('SUBSCRIBE\nid:drain\ndestination:/queue/a\nack:client\n\n\0');
        const again = await reader.next();

        const own = /^(ack|redelivered):/;
        expect(again.lines.filter((line) => !own.test(line))).toEqual(message.lines.filter((line) => !own.test(line)));
        expect(again.body.toString()).toBe(body);
      },
    );

    it.each(ALL)('as in Apollo: COMMIT after UNSUBSCRIBE: the ACKs within count (%s)', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      const [client, messages] = await consumer(server, version, 'client', ['1', '2']);

      client.type('BEGIN\ntransaction:t\n\n\0');
      client.type(acknowledgement('ACK', messages[0], version, 'transaction:t\n'));
      await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');
      await client.ask('COMMIT\ntransaction:t\nreceipt:done\n\n\0');

      expect(bodies(await server.drain('/queue/a'))).toEqual(['2']);
    });

    it.each(ALL)(
      'as in Apollo: an ACK counts when the connection closes right behind it, without DISCONNECT (%s)',
      async (version) => {
        await using server = await serve(transport, WITH_QUEUES);
        const [client, messages] = await consumer(server, version, 'client', ['1', '2']);

        client.type(acknowledgement('ACK', messages[0], version));
        await client.arrived();
        client.vanish();
        await client.rest();

        expect(bodies(await server.drain('/queue/a'))).toEqual(['2']);
      },
    );

    it.each(ALL)('as in Apollo: an ACK counts with DISCONNECT right behind it (%s)', async (version) => {
      await using server = await serve(transport, WITH_QUEUES);
      const [client, messages] = await consumer(server, version, 'client', ['1', '2']);

      client.type(`${acknowledgement('ACK', messages[0], version)}DISCONNECT\n\n\0`);
      await client.rest();

      expect(bodies(await server.drain('/queue/a'))).toEqual(['2']);
    });
  });

  describe('transactions', () => {
    it.each(ALL.flatMap((version) => [[version, 'COMMIT'] as const, [version, 'ABORT'] as const]))(
      'as in vert.x: every frame of a transaction gets its one receipt, and so does its end (%s, %s)',
      async (version, end) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        client.type('BEGIN\ntransaction:t\nreceipt:1\n\n\0');
        client.type('SEND\ndestination:/topic/a\ntransaction:t\nreceipt:2\n\nhi\0');
        client.type('SEND\ndestination:/topic/a\ntransaction:t\nreceipt:3\n\nhi\0');
        client.type(`${end}\ntransaction:t\nreceipt:4\n\n\0DISCONNECT\nreceipt:5\n\n\0`);

        const receipts = (await client.rest()).map((frame) => `${frame.command} ${frame.header('receipt-id')}`);
        expect(receipts).toEqual(['1', '2', '3', '4', '5'].map((id) => `RECEIPT ${id}`));
      },
    );
  });
});

describe('cases of other suites, over a WebSocket', () => {
  it('as in Apollo: large UTF-8 passes both ways', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.connect(server.url);
    await client.subscribe('s', '/topic/a');
    const body = 'ä€😀'.repeat(7000);

    client.type(`SEND\ndestination:/topic/a\n\n${body}\0`);

    const message = await client.next('MESSAGE');
    expect(message.isBinary).toBe(false);
    expect(message.body.toString()).toBe(body);
  });
});

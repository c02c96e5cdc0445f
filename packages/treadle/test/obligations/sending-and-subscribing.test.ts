import { MessageRejectedError } from '../../src/foundation/errors.js';
import type { ChannelInterceptor } from '../../src/messaging/channel-interceptor.js';
import type { RawFrame } from './raw-frame.js';
import { ALL, serve, SINCE_1_1, TRANSPORTS } from './stomp-server.js';

const SUBSCRIBE = 'SUBSCRIBE\nid:s\ndestination:/topic/a\nreceipt:live\n\n\0';

/** Lets nobody send to or subscribe to `/topic/forbidden`. */
const noEntry: ChannelInterceptor = {
  preSend(message) {
    if (message.destination === '/topic/forbidden') {
      throw new MessageRejectedError('not for you', { code: 'ACCESS_DENIED' });
    }
    return message;
  },
};

function bodies(frames: readonly RawFrame[]): string[] {
  return frames.map(({ body }) => body.toString());
}

describe.each(TRANSPORTS)('sending and subscribing, over %s', (transport) => {
  describe('SEND', () => {
    it.each(ALL)('STOMP S1 (%s): without destination: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\nfoo:bar\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MISSING_HEADER');
    });

    it.each(ALL)(
      'STOMP S1 (%s): that is not permitted: ERROR and the end, with or without receipt',
      async (version) => {
        await using server = await serve(transport, { interceptors: { clientInbound: [noEntry] } });
        const [one, other] = [await server.connect(version), await server.connect(version)];

        one.type('SEND\ndestination:/topic/forbidden\n\nhi\0');
        other.type('SEND\ndestination:/topic/forbidden\nreceipt:r\n\nhi\0');

        expect((await one.refusal()).header('code')).toBe('ACCESS_DENIED');
        expect((await other.refusal()).header('receipt-id')).toBe('r');
      },
    );

    it.each(ALL)('STOMP S1 (%s): that nobody handles, with receipt: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\ndestination:/app/nobody\nreceipt:r\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('DESTINATION_UNKNOWN');
    });

    it.each(ALL)(
      'STOMP S1 (%s): that nobody handles, without receipt, is told to /user/queue/errors and the session lives on (our decision)',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);
        await client.ask('SUBSCRIBE\nid:e\ndestination:/user/queue/errors\nreceipt:live\n\n\0');

        client.type('SEND\ndestination:/app/nobody\n\nhi\0');
        const told = await client.next();

        expect(told.command).toBe('MESSAGE');
        expect(told.body.toString()).toContain('DESTINATION_UNKNOWN');
        expect(await client.ask(SUBSCRIBE)).toEqual([]);
      },
    );

    it.each(ALL)(
      'STOMP S2 (%s): headers of users and content-type arrive unchanged, empty values too',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);
        await client.ask(SUBSCRIBE);

        const lines = [
          'content-type:text/x-mine; charset=utf-8',
          'empty:',
          'amount: 7',
          'UPPER:Case',
          'reply-to:/queue/x',
        ];
        const [message] = await client.ask(`SEND\ndestination:/topic/a\nreceipt:r\n${lines.join('\n')}\n\n\0`);

        const expected = version === '1.0' ? lines.map((line) => line.replace(': ', ':')) : lines;
        expect(message?.lines).toEqual(expect.arrayContaining(expected));
      },
    );

    it.each(ALL)('STOMP S3 (%s): what is for the server alone is not passed on', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      const [message] = await client.ask(
        'SEND\ndestination:/topic/a\nreceipt:r\nlogin:alice\npasscode:secret\ncontent-length:2\n\nhi\0',
      );

      for (const name of ['receipt', 'transaction', 'login', 'passcode']) expect(message?.all(name)).toEqual([]);
      expect(message?.all('content-length')).toEqual(['2']);
    });

    it('STOMP S4: destinations that begin with a prefix of the broker are its own, opaque behind it (our decision)', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');

      for (const destination of ['/topic/a b', '/topic/a.b;c=d', '/queue/ä', '/topic//', '/topic']) {
        await client.ask(`SUBSCRIBE\nid:${destination}\ndestination:${destination}\nreceipt:live\n\n\0`);
        const [message] = await client.ask(`SEND\ndestination:${destination}\nreceipt:sent\n\nhi\0`);
        expect(message?.header('destination')).toBe(destination);
      }
    });

    it('STOMP S4: a destination of nobody is refused when a receipt is asked for (our decision)', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');

      client.type('SEND\ndestination:nowhere\nreceipt:r\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('DESTINATION_UNKNOWN');
    });
  });

  describe('SUBSCRIBE', () => {
    it.each(SINCE_1_1)('STOMP B1 (%s): without id: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SUBSCRIBE\ndestination:/topic/a\n\n\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MISSING_HEADER');
    });

    it('STOMP B1 (1.0): needs no id; its messages then have no subscription header', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.0');
      await client.ask('SUBSCRIBE\ndestination:/topic/a\nreceipt:live\n\n\0');

      const [message] = await client.ask('SEND\ndestination:/topic/a\nreceipt:sent\n\nhi\0');

      expect(message?.body.toString()).toBe('hi');
      expect(message?.header('subscription')).toBeUndefined();
    });

    it('STOMP B1 (1.0): without id it is ended by its destination', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.0');
      await client.ask('SUBSCRIBE\ndestination:/topic/a\nreceipt:live\n\n\0');
      await client.ask('SUBSCRIBE\ndestination:/topic/b\nreceipt:live\n\n\0');

      await client.ask('UNSUBSCRIBE\ndestination:/topic/a\nreceipt:gone\n\n\0');
      const frames = await client.ask(
        'SEND\ndestination:/topic/a\n\nto a\0SEND\ndestination:/topic/b\nreceipt:sent\n\nto b\0',
      );

      expect(bodies(frames)).toEqual(['to b']);
    });

    it('STOMP B1 (1.0): with id it has a subscription header and is ended by it', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.0');
      await client.ask(SUBSCRIBE);

      const [message] = await client.ask('SEND\ndestination:/topic/a\nreceipt:sent\n\nhi\0');
      await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');

      expect(message?.header('subscription')).toBe('s');
      expect(await client.ask('SEND\ndestination:/topic/a\nreceipt:sent\n\nhi\0')).toEqual([]);
    });

    it.each(ALL)('STOMP B2 (%s): without destination: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SUBSCRIBE\nid:s\n\n\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MISSING_HEADER');
    });

    it.each(ALL)('STOMP B2 (%s): that is not permitted: ERROR and the end', async (version) => {
      await using server = await serve(transport, { interceptors: { clientInbound: [noEntry] } });
      const client = await server.connect(version);

      client.type('SUBSCRIBE\nid:s\ndestination:/topic/forbidden\n\n\0');

      expect((await client.refusal()).header('code')).toBe('ACCESS_DENIED');
    });

    it.each(ALL)('STOMP B2 (%s): to what nobody serves, with receipt: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SUBSCRIBE\nid:s\ndestination:/nowhere\nreceipt:r\n\n\0');

      expect((await client.refusal()).header('receipt-id')).toBe('r');
    });

    it.each(ALL)('STOMP B3 (%s): with an id in use on the connection: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      client.type('SUBSCRIBE\nid:s\ndestination:/topic/b\n\n\0');

      expect((await client.refusal()).header('code')).toBe('SUBSCRIPTION_ID_IN_USE');
    });

    it.each(ALL)(
      'STOMP B3 (%s): may have an id that another connection uses, or that was used before',
      async (version) => {
        await using server = await serve(transport);
        const [one, other] = [await server.connect(version), await server.connect(version)];
        await one.ask(SUBSCRIBE);

        await other.ask(SUBSCRIBE);
        await other.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');
        await other.ask(SUBSCRIBE);

        expect(bodies(await other.ask('SEND\ndestination:/topic/a\nreceipt:sent\n\nhi\0'))).toEqual(['hi']);
        expect((await one.next()).body.toString()).toBe('hi');
      },
    );

    it.each(ALL.flatMap((version) => ['never', 'AUTO', '', 'auto '].map((mode) => [version, mode] as const)))(
      'STOMP B4 (%s): with an ack mode that does not exist, ack:%s: ERROR and the end (our decision)',
      async (version, mode) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        client.type(`SUBSCRIBE\nid:s\ndestination:/topic/a\nack:${mode}\n\n\0`);

        expect((await client.refusal()).header('code')).toBe('STOMP_UNKNOWN_ACK_MODE');
      },
    );

    it('STOMP B4 (1.0): ack:client-individual does not exist yet', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.0');

      client.type('SUBSCRIBE\nid:s\ndestination:/topic/a\nack:client-individual\n\n\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_UNKNOWN_ACK_MODE');
    });

    it.each(ALL)('STOMP B4 (%s): without ack is auto', async (version) => {
      await using server = await serve(transport);
      const [plain, auto] = [await server.connect(version), await server.connect(version)];
      await plain.ask(SUBSCRIBE);
      await auto.ask('SUBSCRIBE\nid:s\ndestination:/topic/a\nack:auto\nreceipt:live\n\n\0');

      await plain.ask('SEND\ndestination:/topic/b\nreceipt:sent\n\n\0');
      const [message] = await plain.ask('SEND\ndestination:/topic/a\nreceipt:sent\n\nhi\0');

      expect(message?.header('ack')).toBeUndefined();
      expect((await auto.next()).text).toBe(message?.text);
    });

    it.each(ALL)(
      'STOMP B5 (%s): twice to one topic gives two messages, each with its own subscription',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);
        await client.ask(SUBSCRIBE);
        await client.ask('SUBSCRIBE\nid:t\ndestination:/topic/a\nreceipt:live\n\n\0');

        const frames = await client.ask('SEND\ndestination:/topic/a\nreceipt:sent\n\nhi\0');

        expect(frames.map((frame) => frame.header('subscription'))).toEqual(['s', 't']);
      },
    );
  });

  describe('UNSUBSCRIBE', () => {
    it.each(ALL)('STOMP U1 (%s): after its receipt nothing more of that subscription comes', async (version) => {
      await using server = await serve(transport);
      const [client, sender] = [await server.connect(version), await server.connect(version)];
      await client.ask(SUBSCRIBE);
      for (let count = 0; count < 100; count += 1) sender.type('SEND\ndestination:/topic/a\n\nhi\0');

      await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');
      await sender.ask('SEND\ndestination:/topic/a\nreceipt:sent\n\nhi\0');

      expect(await client.ask('SEND\ndestination:/topic/b\nreceipt:sent\n\n\0')).toEqual([]);
    });

    it.each(ALL)('STOMP U1 (%s): leaves the other subscriptions alone', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);
      await client.ask('SUBSCRIBE\nid:t\ndestination:/topic/a\nreceipt:live\n\n\0');

      await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');
      const frames = await client.ask('SEND\ndestination:/topic/a\nreceipt:sent\n\nhi\0');

      expect(frames.map((frame) => frame.header('subscription'))).toEqual(['t']);
    });

    it.each(ALL)('STOMP U2 (%s): of an unknown id: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('UNSUBSCRIBE\nid:s\n\n\0');

      expect((await client.refusal()).header('code')).toBe('SUBSCRIPTION_UNKNOWN');
    });

    it.each(ALL)('STOMP U2 (%s): a second time: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);
      await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');

      client.type('UNSUBSCRIBE\nid:s\n\n\0');

      expect((await client.refusal()).header('code')).toBe('SUBSCRIPTION_UNKNOWN');
    });

    it.each(ALL)('STOMP U2 (%s): that names no subscription: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('UNSUBSCRIBE\n\n\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MISSING_HEADER');
    });
  });
});

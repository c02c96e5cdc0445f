import { Controller, MessageMapping } from '../../src/annotation/mapping/mapping-decorators.js';
import { deferred, type Deferred } from '../session/session-fixture.js';
import { ALL, serve, TRANSPORTS } from './stomp-server.js';

const SUBSCRIBE = 'SUBSCRIBE\nid:s\ndestination:/topic/a\nreceipt:live\n\n\0';

/** What holds the slow handler up; a new one for each test. */
let work: Deferred = deferred();
let began: Deferred = deferred();
/** What the handlers were given, in order. */
let handled: string[] = [];

beforeEach(() => {
  work = deferred();
  began = deferred();
  handled = [];
});

@Controller()
class WorkController {
  @MessageMapping('/slow')
  async slow(payload: Uint8Array): Promise<void> {
    began.resolve();
    await work.promise;
    handled.push(Buffer.from(payload).toString());
  }

  @MessageMapping('/quick')
  quick(payload: Uint8Array): void {
    handled.push(Buffer.from(payload).toString());
  }

  @MessageMapping('/broken')
  broken(): void {
    throw new TypeError('no row 42 in table customers');
  }
}

const controllers = [WorkController];

describe.each(TRANSPORTS)('receipts and errors, over %s', (transport) => {
  describe('RECEIPT', () => {
    it.each(ALL)(
      'STOMP R1 (%s): comes once for SEND, SUBSCRIBE and UNSUBSCRIBE that ask for it, without a body',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);
        const frames = [
          SUBSCRIBE.replace('live', '1'),
          'SEND\ndestination:/topic/b\nreceipt:2\n\nhi\0',
          'UNSUBSCRIBE\nid:s\ndestination:/topic/a\nreceipt:3\n\n\0',
        ];

        for (const frame of frames) client.type(frame);
        client.type('DISCONNECT\nreceipt:4\n\n\0');

        const texts = (await client.rest()).map(({ text }) => text);
        expect(texts).toEqual(['1', '2', '3', '4'].map((id) => `RECEIPT\nreceipt-id:${id}\n\n\0`));
      },
    );

    it.each(ALL)('STOMP R1 (%s): does not come for frames that do not ask', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type(
        'SUBSCRIBE\nid:s\ndestination:/topic/a\n\n\0SEND\ndestination:/topic/b\n\nhi\0UNSUBSCRIBE\nid:s\n\n\0',
      );

      expect(await client.ask('SEND\ndestination:/topic/b\nreceipt:r\n\n\0')).toEqual([]);
    });

    it.each(ALL)(
      'STOMP R1 (%s): of SUBSCRIBE comes when messages can flow: what is sent then arrives',
      async (version) => {
        await using server = await serve(transport);
        const [client, sender] = [await server.connect(version), await server.connect(version)];

        await client.ask(SUBSCRIBE);
        sender.type('SEND\ndestination:/topic/a\n\nhi\0');

        expect((await client.next()).body.toString()).toBe('hi');
      },
    );

    it.each(ALL)('STOMP R1 (%s): of SEND comes when it was processed: the handler is done', async (version) => {
      await using server = await serve(transport, { controllers });
      const client = await server.connect(version);

      client.type('SEND\ndestination:/app/slow\nreceipt:r\n\nhi\0');
      await began.promise;
      await client.arrived();
      const early = client.waiting.length;
      work.resolve();
      await client.receipt('r');

      expect(early).toBe(0);
      expect(handled).toEqual(['hi']);
    });

    it.each([
      ['1.0', 'a: b\\c\\\\'],
      ['1.1', 'a\\c b\\n\\\\c'],
      ['1.2', 'a\\c b\\r\\n\\\\c'],
      ['1.2', 'ä€😀'],
      ['1.2', ''],
      ['1.1', ' padded '],
    ] as const)('STOMP R2 (%s): returns what was asked with, escaped as it was: %j', async (version, id) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type(`SEND\ndestination:/topic/b\nreceipt:${id}\n\n\0`);

      expect((await client.next()).text).toBe(`RECEIPT\nreceipt-id:${id}\n\n\0`);
    });

    it.each(ALL)('STOMP R3 (%s): comes in the order of the frames, also behind a slow one', async (version) => {
      await using server = await serve(transport, { controllers });
      const client = await server.connect(version);

      client.type('SEND\ndestination:/app/slow\n\nfirst\0SEND\ndestination:/app/quick\nreceipt:r\n\nsecond\0');
      await began.promise;
      await client.arrived();
      const early = client.waiting.length;
      work.resolve();
      await client.receipt('r');

      expect(early).toBe(0);
      expect(handled).toEqual(['first', 'second']);
    });

    it.each(ALL)('STOMP R5 (%s): does not come for a frame that failed, nor for those behind it', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\nreceipt:1\n\nhi\0SEND\ndestination:/topic/b\nreceipt:2\n\nhi\0');

      expect((await client.refusal()).header('receipt-id')).toBe('1');
    });

    it.each(ALL)('STOMP R5 (%s): does not come when the handler failed: ERROR does', async (version) => {
      await using server = await serve(transport, { controllers });
      const client = await server.connect(version);

      client.type('SEND\ndestination:/app/broken\nreceipt:r\n\nhi\0');

      const error = await client.refusal();
      expect(error.header('code')).toBe('HANDLER_FAILED');
      expect(error.header('receipt-id')).toBe('r');
    });
  });

  describe('DISCONNECT', () => {
    it.each(ALL)('STOMP D1 (%s): is answered by RECEIPT, and only then the connection closes', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('DISCONNECT\nreceipt:bye\n\n\0');

      expect((await client.rest()).map(({ text }) => text)).toEqual(['RECEIPT\nreceipt-id:bye\n\n\0']);
    });

    it.each(ALL)('STOMP D1 (%s): waits for what is on its way to the client', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      for (let count = 0; count < 50; count += 1) client.type(`SEND\ndestination:/topic/a\n\n${'x'.repeat(5000)}\0`);
      client.type('DISCONNECT\nreceipt:bye\n\n\0');

      const commands = (await client.rest()).map(({ command }) => command);
      expect(commands).toEqual([...Array<string>(50).fill('MESSAGE'), 'RECEIPT']);
    });

    it.each(ALL)('STOMP D1 (%s): without receipt closes the connection', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('DISCONNECT\n\n\0');

      expect(await client.rest()).toEqual([]);
    });

    it.each(ALL)('STOMP D2 (%s): nothing behind it is processed', async (version) => {
      await using server = await serve(transport, { controllers });
      const client = await server.connect(version);

      client.type('DISCONNECT\nreceipt:bye\n\n\0SEND\ndestination:/app/quick\nreceipt:r\n\ntoo late\0');

      expect((await client.rest()).map((frame) => frame.header('receipt-id'))).toEqual(['bye']);
      expect(handled).toEqual([]);
    });

    it.each(ALL)('STOMP D2 (%s): frames before it are processed, slow ones too', async (version) => {
      await using server = await serve(transport, { controllers });
      const client = await server.connect(version);

      client.type('SEND\ndestination:/app/slow\n\n1\0SEND\ndestination:/app/quick\n\n2\0DISCONNECT\nreceipt:bye\n\n\0');
      await began.promise;
      work.resolve();

      expect((await client.rest()).map((frame) => frame.header('receipt-id'))).toEqual(['bye']);
      expect(handled).toEqual(['1', '2']);
    });

    it.each(ALL)('STOMP D2 (%s): frames that came are processed though the client is gone', async (version) => {
      await using server = await serve(transport, { controllers });
      const [client, witness] = [await server.connect(version), await server.connect('1.2')];
      await witness.ask(SUBSCRIBE);

      client.type('SEND\ndestination:/app/slow\n\n1\0SEND\ndestination:/topic/a\n\nlast words\0');
      await began.promise;
      client.vanish();
      work.resolve();

      expect((await witness.next()).body.toString()).toBe('last words');
    });
  });

  describe('MESSAGE', () => {
    it.each(ALL)('STOMP M1 (%s): has the destination as sent, a message-id, and the subscription', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask('SUBSCRIBE\nid:s\ndestination:/topic/*\nreceipt:live\n\n\0');

      const [message] = await client.ask('SEND\ndestination:/topic/a\nreceipt:r\n\nhi\0');

      expect(message?.all('destination')).toEqual(['/topic/a']);
      expect(message?.all('subscription')).toEqual(['s']);
      expect(message?.header('message-id')).toMatch(/./);
    });

    it.each(ALL)('STOMP M2 (%s): its message-id is the server’s and unique', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      for (let count = 0; count < 99; count += 1) client.type('SEND\ndestination:/topic/a\nmessage-id:mine\n\nhi\0');
      const frames = await client.ask('SEND\ndestination:/topic/a\nreceipt:r\n\nhi\0');

      const ids = frames.flatMap((frame) => frame.all('message-id'));
      expect(new Set(ids).size).toBe(100);
      expect(ids).not.toContain('mine');
    });

    it.each(ALL)(
      'STOMP M3 (%s): has content-length in octets when it has a body, also when the sender gave none',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);
        await client.ask(SUBSCRIBE);

        const frames = await client.ask(
          'SEND\ndestination:/topic/a\n\n€\0SEND\ndestination:/topic/a\ncontent-length:3\nreceipt:r\n\na\0b\0',
        );

        expect(frames.map((frame) => frame.header('content-length'))).toEqual(['3', '3']);
      },
    );

    it.each(ALL)('STOMP M3 (%s): has the content-type as sent, none when none was sent', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      const frames = await client.ask(
        'SEND\ndestination:/topic/a\ncontent-type:image/x-y\n\n1\0SEND\ndestination:/topic/a\nreceipt:r\n\n2\0',
      );

      expect(frames.map((frame) => frame.all('content-type'))).toEqual([['image/x-y'], []]);
    });
  });

  describe('ERROR', () => {
    it.each(ALL)(
      'STOMP E1 (%s): has a message, and a readable body with content-type and content-length',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        client.type('SEND\n\nhi\0');

        const error = await client.refusal();
        expect(error.header('message')).toBe('A header that this command requires is missing.');
        expect(error.header('content-type')).toMatch(/^text\/plain/);
        expect(error.header('content-length')).toBe(String(error.body.length));
        expect(error.body.toString()).toContain(error.header('message'));
      },
    );

    it.each(ALL)('STOMP E2 (%s): has the receipt-id of the frame it is about, and names the frame', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\ndestination:/app/nobody\nreceipt:r-7\n\nhi\0');

      const error = await client.refusal();
      expect(error.header('receipt-id')).toBe('r-7');
      expect(error.body.toString()).toContain('The frame was SEND /app/nobody.');
    });

    it.each(ALL)('STOMP E2 (%s): has no receipt-id when the frame asked for none', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\n\nhi\0');

      expect((await client.refusal()).header('receipt-id')).toBeUndefined();
    });

    it.each(ALL)('STOMP E2 (%s): tells nothing of what happened inside', async (version) => {
      await using server = await serve(transport, { controllers });
      const client = await server.connect(version);

      client.type('SEND\ndestination:/app/broken\nreceipt:r\n\nhi\0');

      expect((await client.refusal()).text).not.toMatch(/customers|TypeError|\.ts|node_modules| at /);
    });

    it.each(ALL)(
      'STOMP E3 (%s): is the last frame: the server closes, and what was on its way comes first',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);
        await client.ask(SUBSCRIBE);

        for (let count = 0; count < 50; count += 1) client.type(`SEND\ndestination:/topic/a\n\n${'x'.repeat(5000)}\0`);
        client.type('SEND\n\nhi\0');

        const commands = (await client.rest()).map(({ command }) => command);
        expect(commands).toEqual([...Array<string>(50).fill('MESSAGE'), 'ERROR']);
      },
    );

    it.each(ALL)('STOMP E3 (%s): the subscriptions of the session are gone with it', async (version) => {
      await using server = await serve(transport);
      const [client, sender] = [await server.connect(version), await server.connect(version)];
      await client.ask(SUBSCRIBE);

      client.type('SEND\n\nhi\0');
      await client.refusal();
      await sender.ask('SEND\ndestination:/topic/a\nreceipt:r\n\nhi\0');

      expect(server.application.sessionCount).toBe(1);
      expect(client.waiting).toEqual([]);
    });
  });
});

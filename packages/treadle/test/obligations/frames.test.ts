import type { StompVersion } from '@treadle/stomp';
import type { RawClient } from './raw-client.js';
import { ALL, BEFORE_1_2, serve, SINCE_1_1, TRANSPORTS } from './stomp-server.js';

const SUBSCRIBE = 'SUBSCRIBE\nid:s\ndestination:/topic/a\nreceipt:live\n\n\0';

const WRONG_LENGTHS = ['-1', '+1', '1.0', '0x1', '1e1', '', '2 ', '9007199254740992', 'two'];

/** With 4 headers, 40 octets a line and 10 octets of body allowed; none of these ends. */
const TOO_MUCH = [
  ['too many headers', 'SEND\na:1\nb:2\nc:3\nd:4\ne:5\n', 'STOMP_HEADER_COUNT_EXCEEDED'],
  ['too long a header line', `SEND\nfoo:${'x'.repeat(60)}`, 'STOMP_HEADER_LINE_TOO_LONG'],
  ['too long a body', 'SEND\ndestination:/topic/a\n\n01234567890', 'STOMP_BODY_TOO_LARGE'],
  ['too long a body by its announcement', 'SEND\ncontent-length:11\n\n', 'STOMP_BODY_TOO_LARGE'],
] as const;

/** The header lines that a SEND with this one gets to a subscriber as; without those that the server writes. */
async function passedOn(client: RawClient, headerLines: string): Promise<string[]> {
  await client.ask(SUBSCRIBE);
  const [message] = await client.ask(`SEND\ndestination:/topic/a\nreceipt:sent\n${headerLines}\n\n\0`);
  return (message?.lines ?? []).filter((line) => !/^(subscription|destination|message-id):/.test(line));
}

describe.each(TRANSPORTS)('frames, over %s', (transport) => {
  describe('their parts', () => {
    it.each(ALL)('STOMP F1 (%s): command, header lines, empty line, body and NUL, both ways', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      const [message] = await client.ask('SEND\ndestination:/topic/a\nreceipt:sent\n\nhello\0');

      const id = message?.header('message-id');
      const lines = ['MESSAGE', 'subscription:s', 'destination:/topic/a', `message-id:${id}`, 'content-length:5'];
      expect(message?.text).toBe(`${lines.join('\n')}\n\nhello\0`);
    });

    it.each(ALL)('STOMP F1 (%s): a frame without headers is one', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('DISCONNECT\n\n\0');

      expect(await client.rest()).toEqual([]);
    });

    it.each(ALL)('STOMP F2 (%s): a command in lower case is an unknown one', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('send\ndestination:/topic/a\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_UNKNOWN_COMMAND');
    });

    it.each(ALL)('STOMP F2 (%s): the name of a header counts as it is written', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\nDestination:/topic/a\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MISSING_HEADER');
    });
  });

  describe('line ends', () => {
    it('STOMP F3 (1.2): CR LF ends a line as LF does, also mixed within one frame', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');
      await client.ask(SUBSCRIBE);

      const [message] = await client.ask('SEND\r\ndestination:/topic/a\nfoo:bar\r\nreceipt:sent\n\r\nhi\0');

      expect(message?.header('foo')).toBe('bar');
      expect(message?.body.toString()).toBe('hi');
    });

    it('STOMP F3 (1.2): the server itself ends lines with LF alone, to who uses CR LF too', async () => {
      await using server = await serve(transport);
      const client = await server.open();
      client.type('CONNECT\r\naccept-version:1.2\r\nhost:test\r\n\r\n\0');

      const connected = await client.next();
      await client.ask('SUBSCRIBE\r\nid:s\r\ndestination:/topic/a\r\nreceipt:live\n\r\n\0');
      const [message] = await client.ask('SEND\r\ndestination:/topic/a\r\nfoo:bar\r\nreceipt:sent\n\r\nhi\0');

      expect(connected.text + message?.text).not.toContain('\r');
    });

    it.each([
      ['1.0', ''],
      ['1.1', 'accept-version:1.1\r\nhost:test\r\n'],
      ['1.2', 'accept-version:1.2\r\nhost:test\r\n'],
    ])('STOMP F3b (%s): CONNECT may use CR LF, for its version is not known yet', async (version, headerLines) => {
      await using server = await serve(transport);
      const client = await server.open();

      client.type(`CONNECT\r\n${headerLines}\r\n\0`);

      expect((await client.next()).header('version')).toBe(version);
    });

    it.each(BEFORE_1_2)(
      'STOMP F4 (%s): CR before LF belongs to the value (our decision, as ActiveMQ)',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        expect(await passedOn(client, 'foo:bar\r')).toContain('foo:bar\r');
      },
    );

    it.each(BEFORE_1_2)('STOMP F4 (%s): a line of CR alone is no empty line', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\ndestination:/topic/a\n\r\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MALFORMED_HEADER');
    });

    it.each(ALL)('STOMP F5 (%s): any number of line ends may stand between frames', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(`\n\n\n${SUBSCRIBE}\n\n`);

      const frames = await client.ask(
        '\nSEND\ndestination:/topic/a\n\n1\0\n\n\nSEND\ndestination:/topic/a\nreceipt:sent\n\n2\0\n',
      );

      expect(frames.map(({ body }) => body.toString())).toEqual(['1', '2']);
    });

    it.each(ALL)('STOMP F5 (%s): they may stand before CONNECT too', async (version) => {
      await using server = await serve(transport);
      const client = await server.open();

      client.type(`\n\n\nCONNECT\naccept-version:${version}\n\n\0`);

      expect((await client.next()).command).toBe('CONNECTED');
    });

    it('STOMP F5 (1.2): those may be CR LF', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');

      expect(await client.ask(`\r\n\r\n${SUBSCRIBE}`)).toEqual([]);
    });
  });

  describe('bodies', () => {
    it.each(ALL)('STOMP F6 (%s): content-length counts octets, and NUL may be among them', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      const [message] = await client.ask('SEND\ndestination:/topic/a\nreceipt:sent\ncontent-length:8\n\nä\0€\0\n\0');

      expect(message?.body.toString()).toBe('ä\0€\0\n');
    });

    it.each(ALL)('STOMP F7 (%s): without content-length a body ends at the first NUL', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      const frames = await client.ask(
        'SEND\ndestination:/topic/a\n\none\n\n\0SEND\ndestination:/topic/a\nreceipt:sent\n\ntwo\0',
      );

      expect(frames.map(({ body }) => body.toString())).toEqual(['one\n\n', 'two']);
    });

    it.each(ALL.flatMap((version) => WRONG_LENGTHS.map((length) => [version, length] as const)))(
      'STOMP F8 (%s): content-length:%s is no plain decimal number: ERROR and the end',
      async (version, length) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        client.type(`SEND\ndestination:/topic/a\ncontent-length:${length}\n\nhi\0`);

        expect((await client.refusal()).header('code')).toBe('STOMP_INVALID_CONTENT_LENGTH');
      },
    );

    it.each(SINCE_1_1)('STOMP F8 (%s): a space before the number makes it none', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\ndestination:/topic/a\ncontent-length: 2\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_INVALID_CONTENT_LENGTH');
    });

    it.each(ALL)('STOMP F8 (%s): no NUL where content-length says: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\ndestination:/topic/a\ncontent-length:1\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MISSING_NUL');
    });

    it.each(ALL)('STOMP F9 (%s): CONNECTED and RECEIPT have none, nor a content-length', async (version) => {
      await using server = await serve(transport);
      const client = await server.open();

      client.type(`CONNECT\naccept-version:${version}\n\n\0SEND\ndestination:/topic/a\nreceipt:r\n\nhi\0`);

      for (const frame of [await client.next(), await client.next()]) {
        expect(frame.body).toHaveLength(0);
        expect(frame.header('content-length')).toBeUndefined();
      }
    });

    it.each(SINCE_1_1)(
      'STOMP F9 (%s): one on another client frame than SEND is refused (our decision, as Spring)',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        client.type('SUBSCRIBE\nid:s\ndestination:/topic/a\n\nbody\0');

        expect((await client.refusal()).header('code')).toBe('STOMP_BODY_NOT_ALLOWED');
      },
    );

    it('STOMP F9 (1.0): one on SUBSCRIBE is ignored', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.0');

      expect(await client.ask('SUBSCRIBE\nid:s\ndestination:/topic/a\nreceipt:live\n\nbody\0')).toEqual([]);
    });
  });

  describe('a stream of octets', () => {
    it.each(ALL)('STOMP F10 (%s): frames may come octet by octet', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      const octets = Buffer.from(`${SUBSCRIBE}SEND\nfoo:ä€😀\ndestination:/topic/a\nreceipt:sent\n\nä€😀\0`);

      for (const octet of octets) client.type(Buffer.of(octet));
      await client.receipt('live');
      const [message] = await client.receipt('sent');

      expect(message?.header('foo')).toBe('ä€😀');
      expect(message?.body.toString()).toBe('ä€😀');
    });

    it('STOMP F10 (1.2): they may be cut inside an escape and inside CR LF', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');
      await client.ask(SUBSCRIBE);

      for (const piece of ['SEND\r', '\nfoo:a\\', 'cb\r', '\ndestination:/topic/a\nreceipt:sent\r', '\n\r', '\nhi\0']) {
        client.type(piece);
        await client.arrived();
      }
      const [message] = await client.receipt('sent');

      expect(message?.header('foo')).toBe('a\\cb');
    });

    it.each(ALL)('STOMP F10 (%s): they may come joined, CONNECT and DISCONNECT included', async (version) => {
      await using server = await serve(transport);
      const client = await server.open();

      client.type(
        `CONNECT\naccept-version:${version}\n\n\0${SUBSCRIBE}SEND\ndestination:/topic/a\n\nhi\0DISCONNECT\nreceipt:bye\n\n\0`,
      );

      const commands = (await client.rest()).map(({ command }) => command);
      expect(commands).toEqual(['CONNECTED', 'RECEIPT', 'MESSAGE', 'RECEIPT']);
    });
  });

  describe('text', () => {
    it.each(ALL)(
      'STOMP F11 (%s): headers are UTF-8, names and values, of one to four octets a character',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        expect(await passedOn(client, 'näme-€-😀:välue-€-😀')).toEqual(['näme-€-😀:välue-€-😀']);
      },
    );

    it.each(ALL)('STOMP F11 (%s): a body is octets and passes unchanged, all 256 of them', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);
      const body = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet));

      client.type(
        Buffer.concat([
          Buffer.from('SEND\ndestination:/topic/a\ncontent-length:256\nreceipt:sent\n\n'),
          body,
          Buffer.of(0),
        ]),
      );
      const [message] = await client.receipt('sent');

      expect(message?.body.equals(body)).toBe(true);
    });

    it.each(ALL)('STOMP F11 (%s): a header that is not UTF-8: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type(Buffer.from('SEND\ndestination:/topic/a\nfoo:\xff\n\nhi\0', 'latin1'));

      expect((await client.refusal()).header('code')).toBe('STOMP_INVALID_UTF8');
    });

    it.each(SINCE_1_1)('STOMP F12 (%s): values and names are never trimmed nor padded', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      expect(await passedOn(client, ' foo : bar ')).toEqual([' foo : bar ']);
    });

    it('STOMP F12 (1.0): one space after the colon is not part of the value, as in the examples of STOMP 1.0', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.0');
      await client.ask('SUBSCRIBE\ndestination: /topic/a\nreceipt:live\n\n\0');

      const [message] = await client.ask('SEND\ndestination: /topic/a\nfoo:  bar \nreceipt:sent\n\n\0');

      expect(message?.header('foo')).toBe(' bar ');
    });

    it.each([
      ['1.0', '', 'alice'],
      ['1.1', 'accept-version:1.1\n', ' alice'],
      ['1.2', 'accept-version:1.2\n', ' alice'],
    ])('STOMP F12 (%s): the same holds for CONNECT with %j: its login is %j', async (_, headerLine, name) => {
      await using server = await serve(transport, { authenticate: ({ login }) => ({ name: login ?? '' }) });
      const client = await server.open();

      client.type(`CONNECT\n${headerLine}login: alice\n\n\0`);

      expect((await client.next()).header('user-name')).toBe(name);
    });
  });

  describe('escapes', () => {
    it('STOMP F13 (1.2): the escapes of CR, LF, colon and backslash are undone in one pass and done again on the way out, in names and values', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');

      expect(await passedOn(client, 'n\\c\\\\c:\\r\\n\\c\\\\n')).toEqual(['n\\c\\\\c:\\r\\n\\c\\\\n']);
    });

    it('STOMP F13 (1.2): they stand for the characters: a destination written in two ways is one', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');

      await client.ask('SUBSCRIBE\nid:s\ndestination:/topic/a:b\\\\c\nreceipt:live\n\n\0');

      const [message] = await client.ask('SEND\ndestination:/topic/a\\cb\\\\c\nreceipt:sent\n\n\0');

      expect(message?.header('destination')).toBe('/topic/a\\cb\\\\c');
    });

    it('STOMP F13 (1.1): the escapes of LF, colon and backslash are undone in one pass and done again on the way out, in names and values', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.1');

      expect(await passedOn(client, 'n\\c\\\\c:\\n\\c\\\\n')).toEqual(['n\\c\\\\c:\\n\\c\\\\n']);
    });

    it('STOMP F13 (1.0): nothing is an escape', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.0');

      expect(await passedOn(client, 'n\\c\\t:\\r\\n\\c\\\\n\\')).toEqual(['n\\c\\t:\\r\\n\\c\\\\n\\']);
    });

    it.each([
      ['1.1', 'foo:a\\tb'],
      ['1.1', 'foo:a\\rb'],
      ['1.1', 'foo:a\\'],
      ['1.1', 'f\\too:a'],
      ['1.2', 'foo:a\\tb'],
      ['1.2', 'foo:a\\0b'],
      ['1.2', 'foo:a\\'],
      ['1.2', 'f\\too:a'],
    ] as const)('STOMP F13 (%s): %j has a sequence that is not defined: ERROR and the end', async (version, line) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type(`SEND\ndestination:/topic/a\n${line}\n\nhi\0`);

      expect((await client.refusal()).header('code')).toBe('STOMP_UNDEFINED_ESCAPE');
    });

    it.each(ALL)('STOMP F14 (%s): CONNECT is never unescaped, nor CONNECTED escaped', async (version) => {
      await using server = await serve(transport, { authenticate: ({ login }) => ({ name: login ?? '' }) });
      const client = await server.open();

      client.type(`CONNECT\naccept-version:${version}\nlogin:a\\cb\\t:\\\n\n\0`);

      expect((await client.next()).header('user-name')).toBe('a\\cb\\t:\\');
    });

    it.each(ALL)('STOMP F14 (%s): a name with a line end does not get into CONNECTED', async (version) => {
      await using server = await serve(transport, { authenticate: () => ({ name: 'eve\nsession:x\r' }) });
      const client = await server.open();

      client.type(`CONNECT\naccept-version:${version}\n\n\0`);

      const connected = await client.next();
      expect(connected.command).toBe('CONNECTED');
      expect(connected.header('user-name')).toBeUndefined();
      expect(connected.all('session')).toHaveLength(1);
    });
  });

  describe('from one version to another', () => {
    /** The header lines of a message that a 1.2 client sent, at a receiver of another version. */
    async function from12(receiverVersion: StompVersion, headerLine: string): Promise<readonly string[]> {
      await using server = await serve(transport);
      const [sender, receiver] = [await server.connect('1.2'), await server.connect(receiverVersion)];
      await receiver.ask(SUBSCRIBE);
      await sender.ask(`SEND\ndestination:/topic/a\nreceipt:sent\n${headerLine}\n\n\0`);
      return (await receiver.next()).lines;
    }

    it('STOMP F15 (1.0): a line end of a 1.2 sender becomes a space, so that it begins no header', async () => {
      expect(await from12('1.0', 'foo:a\\nevil\\c1\\rb')).toContain('foo:a evil:1 b');
    });

    it('STOMP F15 (1.0): in a name a line end and a colon become _', async () => {
      expect(await from12('1.0', 'a\\nb\\cc\\rd:x')).toContain('a_b_c_d:x');
    });

    it('STOMP F15 (1.1): CR of a 1.2 sender, which 1.1 cannot escape, becomes a space; LF is escaped', async () => {
      expect(await from12('1.1', 'foo:a\\nb\\rc')).toContain('foo:a\\nb c');
    });

    it('STOMP F15 (1.2): CR of a 1.0 sender is escaped', async () => {
      await using server = await serve(transport);
      const [sender, receiver] = [await server.connect('1.0'), await server.connect('1.2')];
      await receiver.ask(SUBSCRIBE);

      await sender.ask('SEND\ndestination:/topic/a\nfoo:b\\ar\r\nreceipt:sent\n\n\0');

      expect((await receiver.next()).lines).toContain('foo:b\\\\ar\\r');
    });
  });

  describe('header lines', () => {
    it.each(ALL)('STOMP F16 (%s): the first of repeated headers counts', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);
      await client.ask(SUBSCRIBE);

      const [message] = await client.ask('SEND\ndestination:/topic/a\ndestination:/topic/b\nreceipt:sent\n\nhi\0');

      expect(message?.all('destination')).toEqual(['/topic/a']);
    });

    it.each(ALL)(
      'STOMP F16 (%s): the rest of those of users is passed on, in order (our decision)',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        expect(await passedOn(client, 'foo:1\nbar:x\nfoo:2')).toEqual(['foo:1', 'bar:x', 'foo:2']);
      },
    );

    it.each(ALL)('STOMP F17 (%s): a line without colon: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\ndestination:/topic/a\nfoo\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MALFORMED_HEADER');
    });

    it.each(ALL)('STOMP F17 (%s): a line without a name: ERROR and the end', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      client.type('SEND\ndestination:/topic/a\n:foo\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MALFORMED_HEADER');
    });

    it.each(SINCE_1_1)(
      'STOMP F18 (%s): a raw colon belongs to the value, and goes out escaped (our decision, as every broker)',
      async (version) => {
        await using server = await serve(transport);
        const client = await server.connect(version);

        expect(await passedOn(client, 'foo:a:b')).toEqual(['foo:a\\cb']);
      },
    );

    it('STOMP F18 (1.0): a raw colon belongs to the value, both ways', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.0');

      expect(await passedOn(client, 'foo:a:b')).toEqual(['foo:a:b']);
    });

    it('STOMP F18 (1.2): a raw CR inside a line: ERROR and the end (our decision)', async () => {
      await using server = await serve(transport);
      const client = await server.connect('1.2');

      client.type('SEND\ndestination:/topic/a\nfoo:a\rb\n\nhi\0');

      expect((await client.refusal()).header('code')).toBe('STOMP_MALFORMED_HEADER');
    });

    it.each(ALL)('STOMP F20 (%s): any frame may have content-length, 0 on SUBSCRIBE', async (version) => {
      await using server = await serve(transport);
      const client = await server.connect(version);

      expect(await client.ask('SUBSCRIBE\nid:s\ndestination:/topic/a\ncontent-length:0\nreceipt:live\n\n\0')).toEqual(
        [],
      );
    });
  });

  describe('limits', () => {
    const limits = { frameHeaders: 4, frameHeaderLineOctets: 40, frameBodyOctets: 10 };

    it.each(ALL.flatMap((version) => TOO_MUCH.map(([what, text, code]) => [version, what, text, code] as const)))(
      'STOMP F19 (%s): %s: ERROR and the end while it is still being read',
      async (version, _, text, code) => {
        await using server = await serve(transport, { limits });
        const client = await server.connect(version);

        client.type(text);

        expect((await client.refusal()).header('code')).toBe(code);
      },
    );

    it.each(ALL)('STOMP F19 (%s): what just keeps to all limits is taken', async (version) => {
      await using server = await serve(transport, { limits });
      const client = await server.connect(version);

      const foo = 'x'.repeat(36);
      expect(
        await client.ask(`SEND\ndestination:/topic/a\nfoo:${foo}\nbar:${foo}\nreceipt:sent\n\n0123456789\0`),
      ).toEqual([]);
    });

    it.each([
      ['headers', `CONNECT\n${'a:b\n'.repeat(5)}`, 'STOMP_HEADER_COUNT_EXCEEDED'],
      ['octets of a header line', `CONNECT\nlogin:${'x'.repeat(50)}`, 'STOMP_HEADER_LINE_TOO_LONG'],
      ['octets of a body', `SEND\n\n${'x'.repeat(11)}`, 'STOMP_BODY_TOO_LARGE'],
    ])('STOMP F19: before CONNECT too many %s of an unfinished frame: ERROR and the end', async (_, text, code) => {
      await using server = await serve(transport, { limits });
      const client = await server.open();

      client.type(text);

      expect((await client.refusal()).header('code')).toBe(code);
    });
  });
});

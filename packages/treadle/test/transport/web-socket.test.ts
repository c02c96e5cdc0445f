import type { Message } from '../../src/messaging/message.js';
import { deferred, settled } from '../session/session-fixture.js';
import { listen, type ListeningApplication, nextSessionEnd } from './listening-application.js';
import { maskedFrame, RawWebSocket } from './raw-web-socket.js';
import { WebSocketClient } from './web-socket-client.js';

let server: ListeningApplication;
/** Destinations and bodies of the messages that clients sent. */
let received: string[];

beforeAll(async () => {
  const preSend = (message: Message): Message => {
    const body = Buffer.from(message.payload).toString('latin1');
    if (message.type === 'MESSAGE') received.push(`${message.destination} ${body}`);
    return message;
  };
  server = await listen({ interceptors: { clientInbound: [{ preSend }] } });
});
beforeEach(() => {
  received = [];
});
afterAll(() => server.application.stop());

const send = (body: string, receipt = 'r'): string => `SEND\ndestination:/topic/x\nreceipt:${receipt}\n\n${body}\0`;

describe('the sub-protocol of a WebSocket', () => {
  it.each([
    [['v12.stomp', 'v11.stomp', 'v10.stomp'], 'v12.stomp'],
    [['v10.stomp', 'v11.stomp'], 'v11.stomp'],
    [['v10.stomp'], 'v10.stomp'],
    [[], ''],
  ])('offered as %j is %j (W1, W2)', async (offered, chosen) => {
    await using client = await WebSocketClient.open(server.url, offered);

    expect(client.webSocket.protocol).toBe(chosen);
  });

  it('is none when only foreign ones are offered; STOMP works all the same (W3)', async () => {
    await using client = await RawWebSocket.upgrade(server.port, '/ws', ['Sec-WebSocket-Protocol: mqtt, soap']);

    client.write(maskedFrame('CONNECT\naccept-version:1.2\nhost:x\n\n\0'));
    await client.until('CONNECTED\nversion:1.2\n');

    expect(client.response[0]).toBe('HTTP/1.1 101 Switching Protocols');
    expect(client.response.join('\n')).not.toMatch(/sec-websocket-protocol/i);
  });

  it('does not replace the negotiation of STOMP, which wins (W9)', async () => {
    await using client = await WebSocketClient.open(server.url, ['v10.stomp']);

    client.type('CONNECT\naccept-version:1.1,1.2\nhost:x\n\n\0');

    expect((await client.next('CONNECTED')).headers['version']).toBe('1.2');
  });
});

describe('WebSocket messages', () => {
  it('may be text or binary (W4)', async () => {
    await using client = await WebSocketClient.connect(server.url);

    client.type(send('text', '1'));
    client.type(Buffer.from(send('binary', '2')));
    await client.next('RECEIPT');
    await client.next('RECEIPT');

    expect(received).toEqual(['/topic/x text', '/topic/x binary']);
  });

  it('may each hold a part of a frame, cut anywhere, or in single octets (W5)', async () => {
    await using client = await WebSocketClient.connect(server.url);
    const octets = Buffer.from(send('grüße'));

    for (const octet of octets) client.type(Buffer.of(octet));
    await client.next('RECEIPT');

    expect(received).toEqual([`/topic/x ${Buffer.from('grüße').toString('latin1')}`]);
  });

  it('may hold several frames, and heart-beats between them (W6)', async () => {
    await using client = await WebSocketClient.connect(server.url);

    client.type(`\n${send('one', '1')}\n\n${send('two', '2')}${send('three', '3')}\n`);
    for (const receipt of ['1', '2', '3']) expect((await client.next('RECEIPT')).headers['receipt-id']).toBe(receipt);

    expect(received).toEqual(['/topic/x one', '/topic/x two', '/topic/x three']);
  });

  it('may be fragmented, and pinged in between (W7)', async () => {
    await using client = await RawWebSocket.upgrade(server.port);
    client.write(maskedFrame('CONNECT\naccept-version:1.2\nhost:x\n\n\0'));

    client.write(maskedFrame('SEND\ndestination:/to', { isFinal: false }));
    client.write(maskedFrame('are you there', { opcode: 9 }));
    client.write(maskedFrame('pic/x\nreceipt:7\n', { opcode: 0, isFinal: false }));
    client.write(maskedFrame('\nhi\0', { opcode: 0 }));
    await client.until('receipt-id:7');

    expect(client.received).toContain('\x8a\x0dare you there');
    expect(received).toEqual(['/topic/x hi']);
  });

  it('go out as text, and as binary only when the body is not UTF-8 (W4)', async () => {
    await using client = await WebSocketClient.connect(server.url);
    await client.subscribe('1', '/topic/x');
    const octets = Buffer.from([0, 0xff, 0xfe, 0, 0x80]);

    client.type('SEND\ndestination:/topic/x\n\ngrün\0');
    const text = await client.next('MESSAGE');
    client.type(
      Buffer.concat([Buffer.from('SEND\ndestination:/topic/x\ncontent-length:5\n\n'), octets, Buffer.from([0])]),
    );
    const binary = await client.next('MESSAGE');

    expect({ body: text.body.toString(), isBinary: text.isBinary }).toEqual({ body: 'grün', isBinary: false });
    expect({ body: binary.body, isBinary: binary.isBinary }).toEqual({ body: octets, isBinary: true });
    expect(binary.headers['content-length']).toBe('5');
  });

  it.each([100, 125, 126, 65_400, 65_535, 65_536, 200_000])(
    'of about %d octets come out as they went in',
    async (length) => {
      await using big = await listen({ limits: { frameBodyOctets: 300_000 } });
      await using client = await WebSocketClient.connect(big.url);
      await client.subscribe('1', '/topic/x');

      client.type(`SEND\ndestination:/topic/x\n\n${'x'.repeat(length)}\0`);
      client.type('SEND\ndestination:/topic/x\n\nand the next one\0');

      expect((await client.next('MESSAGE')).body.toString()).toBe('x'.repeat(length));
      expect((await client.next('MESSAGE')).body.toString()).toBe('and the next one');
    },
  );
});

describe('what breaks the rules of WebSocket', () => {
  it('a message that is too big gets ERROR, then 1009', async () => {
    await using client = await WebSocketClient.connect(server.url);

    client.type(send('x'.repeat(1_000_000)));

    expect((await client.next('ERROR')).headers['code']).toBe('MESSAGE_TOO_LARGE');
    expect(await client.closed).toEqual({ code: 1009, reason: 'MESSAGE_TOO_LARGE' });
  });

  it('a body that is too big in messages that are not gets ERROR, then 1009', async () => {
    await using client = await WebSocketClient.connect(server.url);

    client.type(send('x'.repeat(70_000)));

    expect((await client.next('ERROR')).headers['code']).toBe('STOMP_BODY_TOO_LARGE');
    expect((await client.closed).code).toBe(1009);
  });

  it('a text message that is not UTF-8 gets a coded ERROR', async () => {
    await using client = await WebSocketClient.connect(server.url);

    client.webSocket.send(Buffer.from([0x53, 0xff, 0xfe]), { binary: false });

    expect((await client.next('ERROR')).headers['code']).toBe('MESSAGE_NOT_UTF8');
    expect((await client.closed).code).toBe(1002);
  });

  it.each([
    ['garbage', Buffer.from('\xf7 this is no WebSocket frame at all', 'latin1')],
    ['a frame without mask', Buffer.from([0x81, 2, 0x68, 0x69])],
    ['a continuation of nothing', maskedFrame('hi', { opcode: 0 })],
    ['an opcode that is none', maskedFrame('hi', { opcode: 5 })],
  ])('%s gets a coded ERROR, a close frame and the end', async (_, octets) => {
    await using client = await RawWebSocket.upgrade(server.port);
    client.write(maskedFrame('CONNECT\naccept-version:1.2\nhost:x\n\n\0'));
    await client.until('CONNECTED');

    client.write(octets);
    await client.closed;

    expect(client.received).toMatch(/ERROR\n(.+\n)*code:MESSAGE_MALFORMED\n/);
    expect(client.received).toContain('\x03\xeaMESSAGE_MALFORMED'); // 1002
  });

  it('lets the frames before it be handled', async () => {
    await using client = await RawWebSocket.upgrade(server.port);

    client.write(
      Buffer.concat([
        maskedFrame('CONNECT\naccept-version:1.2\nhost:x\n\n\0'),
        maskedFrame(send('before')),
        Buffer.from([0x81, 2, 0x68, 0x69]),
      ]),
    );
    await client.closed;

    expect(received).toEqual(['/topic/x before']);
    expect(client.received).toMatch(/RECEIPT\n(.+\n)*\n(.|\n)*ERROR\n/);
  });
});

/** Lets the event loop turn, so that what is on its way over the loopback arrives. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await settled();
}

describe('a session whose handlers are slower than its client', () => {
  /** An application that handles one frame per turn of the event loop, and the bodies it handled. */
  async function slowApplication(): Promise<[ListeningApplication, string[]]> {
    const handled: string[] = [];
    const preSend = async (message: Message): Promise<Message> => {
      await new Promise((resolve) => void setImmediate(resolve));
      if (message.type === 'MESSAGE') handled.push(Buffer.from(message.payload).toString());
      return message;
    };
    const limits = { inboundQueueFrames: 2 };
    return [await listen({ interceptors: { clientInbound: [{ preSend }] }, limits }), handled];
  }
  const names = Array.from({ length: 2000 }, (_, index) => `${index} `.padEnd(1000, '.'));

  it('is read in its pace, and loses nothing', async () => {
    const [slow, handled] = await slowApplication();
    await using _ = slow;
    await using client = await WebSocketClient.connect(slow.url);

    for (const name of names) client.type(`SEND\ndestination:/topic/x\n\n${name}\0`);
    client.type(send('last'));
    await client.next('RECEIPT');

    expect(handled).toEqual([...names, 'last']);
  });

  it('is read to the end, though the line breaks while octets wait in the socket', async () => {
    const handled: string[] = [];
    const gate = deferred();
    const preSend = async (message: Message): Promise<Message> => {
      if (message.type === 'MESSAGE') {
        await gate.promise;
        handled.push(Buffer.from(message.payload).toString());
      }
      return message;
    };
    await using held = await listen({
      interceptors: { clientInbound: [{ preSend }] },
      limits: { inboundQueueFrames: 2 },
    });
    await using client = await RawWebSocket.upgrade(held.port);
    const ended = nextSessionEnd(held.application);
    client.write(maskedFrame('CONNECT\naccept-version:1.2\nhost:x\n\n\0'));
    await client.until('CONNECTED');

    for (const name of ['1', '2', '3', 'after the pause']) {
      client.write(maskedFrame(send(name)));
      await turns(20);
    }
    client.socket.resetAndDestroy();
    await turns(20);
    gate.resolve();
    await ended;

    expect(handled).toEqual(['1', '2', '3', 'after the pause']);
  });

  it('is read to the end, though the client has gone', async () => {
    const [slow, handled] = await slowApplication();
    await using _ = slow;
    await using client = await RawWebSocket.upgrade(slow.port);
    const ended = nextSessionEnd(slow.application);

    client.write(maskedFrame('CONNECT\naccept-version:1.2\nhost:x\n\n\0'));
    for (const name of names) client.write(maskedFrame(`SEND\ndestination:/topic/x\n\n${name}\0`));
    client.socket.end();
    await ended;

    expect(handled).toEqual(names);
  });
});

describe('the end of a connection', () => {
  it('by DISCONNECT is RECEIPT, then 1000', async () => {
    await using client = await WebSocketClient.connect(server.url);
    const end = nextSessionEnd(server.application);

    client.type('DISCONNECT\nreceipt:bye\n\n\0');

    expect((await client.next('RECEIPT')).headers['receipt-id']).toBe('bye');
    expect((await client.closed).code).toBe(1000);
    expect((await end).code).toBe(1000);
  });

  it.each([
    [1000, 'bye', 1000, 'bye'],
    [1001, '', 1001, ''],
    [4000, 'my own', 4000, 'my own'],
    [undefined, undefined, 1005, ''],
  ])(
    'by a close frame %s %s from the client is no error: nothing is sent but the answer',
    async (code, reason, seen, why) => {
      await using client = await WebSocketClient.connect(server.url);
      const end = nextSessionEnd(server.application);

      client.webSocket.close(code, reason);

      expect((await client.closed).code).toBe(seen);
      expect(await end).toMatchObject({ code: seen, reason: why });
      expect(client.frames.map(({ command }) => command)).toEqual(['CONNECTED']);
    },
  );

  it('by a broken line is 1006', async () => {
    await using client = await WebSocketClient.connect(server.url);
    const end = nextSessionEnd(server.application);

    client.webSocket.terminate();

    expect((await end).code).toBe(1006);
  });

  it('leaves nothing behind', async () => {
    await using client = await WebSocketClient.connect(server.url);
    const end = nextSessionEnd(server.application);

    client.webSocket.terminate();
    await end;

    expect(server.application.sessionCount).toBe(0);
  });
});

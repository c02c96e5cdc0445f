import { once } from 'node:events';
import { FakeClock } from '@treadle/testing';
import { WebSocket } from 'ws';
import { listen } from '../transport/listening-application.js';
import { maskedFrame, RawWebSocket } from '../transport/raw-web-socket.js';
import { WebSocketClient } from '../transport/web-socket-client.js';

const CONNECT = 'CONNECT\naccept-version:1.2\nhost:test\n\n\0';
const SUBSCRIBE = 'SUBSCRIBE\nid:s\ndestination:/topic/a\nreceipt:live\n\n\0';

/** The octet of a server's frame that tells its kind (RFC 6455 § 5.2), final: what it has in latin1. */
const FINAL_TEXT = '\x81';

describe('the sub-protocol', () => {
  it.each([
    [['v12.stomp', 'v11.stomp', 'v10.stomp'], 'v12.stomp'],
    [['v10.stomp', 'v11.stomp'], 'v11.stomp'],
    [['v10.stomp'], 'v10.stomp'],
    [['chat', 'v11.stomp'], 'v11.stomp'],
  ])('STOMP W1: of %j is one that was offered, the newest: %s', async (offered, chosen) => {
    await using server = await listen();
    await using client = await WebSocketClient.open(server.url, offered);

    expect(client.webSocket.protocol).toBe(chosen);
  });

  it('STOMP W2: is none when none was offered', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.open(server.url);

    client.type(CONNECT);

    expect(client.webSocket.protocol).toBe('');
    expect((await client.next('CONNECTED')).headers['version']).toBe('1.2');
  });

  it('STOMP W3: is none when only foreign ones are offered; STOMP is spoken all the same (our decision)', async () => {
    await using server = await listen();
    await using client = await RawWebSocket.upgrade(server.port, '/ws', ['Sec-WebSocket-Protocol: chat, mqtt']);

    client.write(maskedFrame(CONNECT));
    await client.until('CONNECTED');

    expect(client.response[0]).toContain('101');
    expect(client.response.join('\n').toLowerCase()).not.toContain('sec-websocket-protocol');
  });

  it.each([
    ['v12.stomp', '1.0,1.1', '1.1'],
    ['v10.stomp', '1.2', '1.2'],
    ['v11.stomp', undefined, '1.0'],
  ])(
    'STOMP W9: does not replace accept-version: %s and accept-version:%s give %s',
    async (offered, accept, version) => {
      await using server = await listen();
      await using client = await WebSocketClient.open(server.url, [offered]);

      client.type(`CONNECT\n${accept === undefined ? '' : `accept-version:${accept}\n`}host:test\n\n\0`);

      expect((await client.next('CONNECTED')).headers['version']).toBe(version);
    },
  );
});

describe('messages', () => {
  it('STOMP W4: of clients may be text or binary', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.open(server.url);

    client.type(CONNECT);
    await client.next('CONNECTED');
    client.type(Buffer.from(SUBSCRIBE));

    expect((await client.next('RECEIPT')).headers['receipt-id']).toBe('live');
  });

  it('STOMP W4: of the server are text, and binary only when the body is not UTF-8', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.connect(server.url);
    await client.subscribe('s', '/topic/a');

    client.type('SEND\ndestination:/topic/a\n\nä€\0');
    client.type(Buffer.from('SEND\ndestination:/topic/a\n\n\xff\0', 'latin1'));

    expect((await client.next('MESSAGE')).isBinary).toBe(false);
    expect(await client.next('MESSAGE')).toMatchObject({ isBinary: true, body: Buffer.of(0xff) });
  });

  it('STOMP W5: may each hold a part of a frame, as the pieces of 8 KiB of stompjs do', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.connect(server.url);
    await client.subscribe('s', '/topic/a');
    const octets = Buffer.from(`SEND\ndestination:/topic/a\n\n${'ä€😀'.repeat(3000)}\0`);

    for (let from = 0; from < octets.length; from += 8192) client.type(octets.subarray(from, from + 8192));

    expect((await client.next('MESSAGE')).body.toString()).toBe('ä€😀'.repeat(3000));
  });

  it('STOMP W6: may hold several frames, and line ends between them', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.open(server.url);

    client.type(`\n${CONNECT}\n\n${SUBSCRIBE}SEND\ndestination:/topic/a\n\nhi\0\n`);

    await client.next('CONNECTED');
    await client.next('RECEIPT');
    expect((await client.next('MESSAGE')).body.toString()).toBe('hi');
  });

  it('STOMP W6: may hold the end of one frame and the beginning of the next', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.open(server.url);

    client.type(CONNECT.slice(0, 12));
    client.type(`${CONNECT.slice(12)}${SUBSCRIBE.slice(0, 5)}`);
    client.type(SUBSCRIBE.slice(5));

    await client.next('CONNECTED');
    expect((await client.next('RECEIPT')).headers['receipt-id']).toBe('live');
  });

  it('STOMP W7: may be fragmented, inside a character too, with a ping between the fragments', async () => {
    await using server = await listen();
    await using client = await RawWebSocket.upgrade(server.port);
    const octets = Buffer.from(`CONNECT\naccept-version:1.2\nlogin:ä\n\n\0`);
    const inside = octets.indexOf('ä') + 1;

    client.write(maskedFrame(octets.subarray(0, inside), { isFinal: false }));
    client.write(maskedFrame('are you there', { opcode: 9 }));
    client.write(maskedFrame(octets.subarray(inside), { opcode: 0 }));

    await client.until('CONNECTED');
    expect(client.received).toContain('\x8a\x0dare you there');
  });
});

describe('heart-beats and the end', () => {
  it('STOMP H8: a heart-beat is one WebSocket message with one LF', async () => {
    const clock = new FakeClock();
    await using server = await listen({ clock, heartBeat: { sends: 1000, expects: 0 } });
    await using client = await RawWebSocket.upgrade(server.port);
    client.write(maskedFrame('CONNECT\naccept-version:1.2\nheart-beat:0,1000\n\n\0'));
    await client.until('\0');
    const before = client.received;

    await clock.advance(1000);
    await client.until(`\0${FINAL_TEXT}\x01\n`);

    expect(client.received.slice(before.length).replaceAll(`${FINAL_TEXT}\x01\n`, '')).toBe('');
  });

  it('STOMP W8: one of the client is a message with one LF, and a WebSocket ping is no substitute', async () => {
    const clock = new FakeClock();
    await using server = await listen({ clock, heartBeat: { sends: 0, expects: 1000 } });
    const headers = 'heart-beat:1000,0\n';
    await using beating = await WebSocketClient.connect(server.url, headers);
    await using pinging = await WebSocketClient.connect(server.url, headers);

    for (let round = 0; round < 3; round += 1) {
      beating.type('\n');
      pinging.webSocket.ping();
      await Promise.race([once(pinging.webSocket, 'pong'), pinging.closed]);
      await clock.advance(1000);
    }

    expect((await pinging.next('ERROR')).headers['code']).toBe('HEART_BEAT_LOST');
    await beating.subscribe('s', '/topic/a');
  });

  it('STOMP W8: the close code after DISCONNECT is 1000', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.connect(server.url);

    client.type('DISCONNECT\nreceipt:bye\n\n\0');

    await client.next('RECEIPT');
    expect(await client.closed).toEqual({ code: 1000, reason: 'DISCONNECT' });
  });

  it('STOMP W8: the close code after an ERROR for breaking the protocol is 1002', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.connect(server.url);

    client.type('FOO\n\n\0');

    await client.next('ERROR');
    expect(await client.closed).toEqual({ code: 1002, reason: 'STOMP_UNKNOWN_COMMAND' });
  });

  it('STOMP W8: the close code after too large a body, or too large a message, is 1009', async () => {
    await using server = await listen({
      limits: { frameBodyOctets: 100, frameHeaders: 2, frameHeaderLineOctets: 100 },
    });
    await using large = await WebSocketClient.connect(server.url);
    await using larger = await WebSocketClient.open(server.url);

    large.type(`SEND\ndestination:/topic/a\n\n${'x'.repeat(101)}\0`);
    larger.type('\n'.repeat(1000));

    expect((await large.next('ERROR')).headers['code']).toBe('STOMP_BODY_TOO_LARGE');
    expect((await large.closed).code).toBe(1009);
    expect((await larger.next('ERROR')).headers['code']).toBe('MESSAGE_TOO_LARGE');
    expect((await larger.closed).code).toBe(1009);
  });

  it('STOMP W8: clients that close without DISCONNECT leave nothing behind', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.connect(server.url);

    client.webSocket.close(1000);

    expect((await client.closed).code).toBe(1000);
    expect(client.webSocket.readyState).toBe(WebSocket.CLOSED);
    expect(server.application.sessionCount).toBe(0);
  });
});

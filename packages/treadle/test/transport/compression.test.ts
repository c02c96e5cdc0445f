import { listen } from './listening-application.js';
import { maskedFrame, RawWebSocket } from './raw-web-socket.js';
import { WebSocketClient } from './web-socket-client.js';

describe('compression', () => {
  it('is off unless the endpoint says so', async () => {
    await using server = await listen();
    await using client = await WebSocketClient.open(server.url, [], { perMessageDeflate: true });

    expect(client.webSocket.extensions).toBe('');
  });

  it('works end to end where it is on, beside clients that do not want it', async () => {
    await using compressing = await listen({ endpoints: [{ path: '/ws', compression: true }] });
    await using small = await WebSocketClient.connect(compressing.url, '', { perMessageDeflate: { threshold: 0 } });
    await using plain = await WebSocketClient.connect(compressing.url);
    await small.subscribe('1', '/topic/x');
    await plain.subscribe('1', '/topic/x');
    const bodies = Array.from({ length: 20 }, (_, index) => `${index} `.repeat(1000 + index));

    for (const body of bodies) small.type(`SEND\ndestination:/topic/x\n\n${body}\0`);
    const [bySmall, byPlain]: [string[], string[]] = [[], []];
    for (const _ of bodies) {
      bySmall.push((await small.next('MESSAGE')).body.toString());
      byPlain.push((await plain.next('MESSAGE')).body.toString());
    }

    expect(small.webSocket.extensions).toBe('permessage-deflate');
    expect(plain.webSocket.extensions).toBe('');
    expect(bySmall).toEqual(bodies);
    expect(byPlain).toEqual(bodies);
  });

  it('really makes less of what goes out', async () => {
    await using compressing = await listen({ endpoints: [{ path: '/ws', compression: true }] });
    await using client = await RawWebSocket.upgrade(compressing.port, '/ws', [
      'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover', // short messages then stay as they are
    ]);
    client.write(maskedFrame('CONNECT\naccept-version:1.2\nhost:x\n\n\0'));
    client.write(maskedFrame('SUBSCRIBE\nid:1\ndestination:/topic/x\nreceipt:live\n\n\0'));
    await client.until('receipt-id:live');

    await compressing.application.template.convertAndSend('/topic/x', 'x'.repeat(50_000));
    client.write(maskedFrame('SEND\ndestination:/topic/x\nreceipt:behind\n\n\0'));
    await client.until('receipt-id:behind');

    expect(client.received).toContain('\xc1'); // a text message with RSV1: compressed
    expect(client.received.length).toBeLessThan(5000);
  });

  it('does not let a small message swell beyond the limit', async () => {
    await using compressing = await listen({ endpoints: [{ path: '/ws', compression: true }] });
    await using client = await WebSocketClient.connect(compressing.url, '', { perMessageDeflate: true });

    client.type(`SEND\ndestination:/topic/x\n\n${'x'.repeat(50_000_000)}\0`);

    expect((await client.next('ERROR')).headers['code']).toBe('MESSAGE_TOO_LARGE');
    expect((await client.closed).code).toBe(1009);
  });

  it('lets an ERROR out before the close', async () => {
    await using compressing = await listen({ endpoints: [{ path: '/ws', compression: true }] });
    await using client = await WebSocketClient.connect(compressing.url, '', { perMessageDeflate: true });

    client.type('NONSENSE\n\n\0');

    expect((await client.next('ERROR')).headers['code']).toBe('STOMP_UNKNOWN_COMMAND');
    expect(await client.closed).toEqual({ code: 1002, reason: 'STOMP_UNKNOWN_COMMAND' });
  });
});

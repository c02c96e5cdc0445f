import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createApplication } from '../../src/application.js';
import { silentLogger } from '../../src/foundation/logger.js';
import { listen } from './listening-application.js';
import { RawWebSocket } from './raw-web-socket.js';
import { WebSocketClient } from './web-socket-client.js';

async function statusOf(port: number, path: string, headerLines: readonly string[] = []): Promise<string | undefined> {
  await using client = await RawWebSocket.upgrade(port, path, headerLines);
  return client.response[0];
}

describe('the origin of a page', () => {
  it.each([
    ['none', undefined, '101 Switching Protocols'],
    ['the same', 'http://127.0.0.1:PORT', '101 Switching Protocols'],
    ['listed', 'https://app.example', '101 Switching Protocols'],
    ['foreign', 'https://evil.example', '403 Forbidden'],
    ['another port of ours', 'http://127.0.0.1:1', '403 Forbidden'],
    ['sandboxed', 'null', '403 Forbidden'],
  ])('%s: %s is answered by %s', async (_, origin, status) => {
    await using server = await listen({ endpoints: [{ path: '/ws', allowedOrigins: ['https://app.example'] }] });
    const lines = origin === undefined ? [] : [`Origin: ${origin.replace('PORT', String(server.port))}`];

    expect(await statusOf(server.port, '/ws', lines)).toBe(`HTTP/1.1 ${status}`);
  });

  it('does not matter where all may come', async () => {
    await using server = await listen({ endpoints: [{ path: '/ws', allowedOrigins: '*' }] });

    expect(await statusOf(server.port, '/ws', ['Origin: https://evil.example'])).toBe(
      'HTTP/1.1 101 Switching Protocols',
    );
  });

  it('makes no session when it is refused, and the connection is closed', async () => {
    await using server = await listen();
    await using client = await RawWebSocket.upgrade(server.port, '/ws', ['Origin: https://evil.example']);

    await client.closed;

    expect(client.received).toContain('This origin is not allowed.');
    expect(server.application.sessionCount).toBe(0);
  });
});

describe('the path of an endpoint', () => {
  it('is compared whole, without the query', async () => {
    await using server = await listen({ endpoints: ['/ws', { path: '/other' }] });

    const paths = ['/ws', '/ws?token=abc', '/other', '/wsx', '/ws/', '/', '/WS'];
    const statuses: Record<string, string | undefined> = {};
    for (const path of paths) statuses[path] = (await statusOf(server.port, path))?.slice(9, 12);

    expect(statuses).toEqual({
      '/ws': '101',
      '/ws?token=abc': '101',
      '/other': '101',
      '/wsx': '404',
      '/ws/': '404',
      '/': '404',
      '/WS': '404',
    });
  });

  it('is known to the session, query included', async () => {
    const urls: string[] = [];
    await using server = await listen({
      authenticate: ({ session }) => {
        urls.push(session.handshake.url);
        return undefined;
      },
    });
    await using client = await WebSocketClient.connect(`${server.url}?token=abc`);

    expect(client.frames).toHaveLength(1);
    expect(urls).toEqual(['/ws?token=abc']);
  });

  it.each([
    ['/ws', 426, 'This is a WebSocket endpoint.\n'],
    ['/elsewhere', 404, 'Not found.\n'],
  ])('asked for without an upgrade, %s is answered by %d', async (path, status, text) => {
    await using server = await listen();

    const response = await request(`http://127.0.0.1:${server.port}${path}`);

    expect(response).toEqual({ status, text });
  });

  it.each([
    [
      'no key',
      ['GET /ws HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
      '400',
    ],
    [
      'an old version',
      [
        'GET /ws HTTP/1.1',
        'Host: x',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 7',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ],
      '400',
    ],
    [
      'another method',
      [
        'POST /ws HTTP/1.1',
        'Host: x',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ],
      '405',
    ],
  ])('refuses a handshake with %s', async (_, lines, status) => {
    await using server = await listen();
    await using client = await RawWebSocket.connect(server.port);

    client.write(`${lines.join('\r\n')}\r\n\r\n`);
    await client.closed;

    expect(client.response[0]?.slice(9, 12)).toBe(status);
    expect(server.application.sessionCount).toBe(0);
  });
});

describe('an HTTP server of somebody else', () => {
  it('keeps its requests and its other upgrades, and gets ours handled', async () => {
    const http = createServer((_, response) => void response.end('theirs'));
    const others = new WebSocketServer({ noServer: true });
    http.on('upgrade', (upgrade, socket, head) => {
      if (upgrade.url === '/theirs') others.handleUpgrade(upgrade, socket, head, (webSocket) => webSocket.send('\n'));
    });
    await using application = createApplication({ logger: silentLogger });
    await application.attach(http);
    await application.attach(http); // twice is once
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo; // listening on TCP

    await using ours = await WebSocketClient.connect(`ws://127.0.0.1:${port}/ws`);
    await using theirs = await WebSocketClient.open(`ws://127.0.0.1:${port}/theirs`);
    const page = await request(`http://127.0.0.1:${port}/ws`);

    expect(ours.frames).toHaveLength(1);
    expect(theirs.webSocket.readyState).toBe(theirs.webSocket.OPEN);
    expect(page).toEqual({ status: 200, text: 'theirs' });
    theirs.webSocket.terminate();
    others.close();
    http.close();
  });

  it('without other upgrades has foreign paths refused by us, each server for itself', async () => {
    const [lone, shared] = [createServer(), createServer()];
    shared.on('upgrade', (_, socket) => void socket.end('HTTP/1.1 418 Teapot\r\nConnection: close\r\n\r\n'));
    await using application = createApplication({ logger: silentLogger });
    const ports: number[] = [];
    for (const http of [lone, shared]) {
      await application.attach(http);
      http.listen(0, '127.0.0.1');
      await once(http, 'listening');
      ports.push((http.address() as AddressInfo).port); // listening on TCP
    }

    const statuses = [await statusOf(ports[0] ?? 0, '/foreign'), await statusOf(ports[1] ?? 0, '/foreign')];

    expect(statuses).toEqual(['HTTP/1.1 404 Not Found', 'HTTP/1.1 418 Teapot']);
    lone.close();
    shared.close();
  });

  it('with two applications has foreign paths refused once, and each serves its own', async () => {
    const http = createServer();
    await using one = createApplication({ logger: silentLogger, endpoints: ['/one'] });
    await using other = createApplication({ logger: silentLogger, endpoints: ['/other'] });
    await one.attach(http);
    await other.attach(http);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo; // listening on TCP

    await using first = await WebSocketClient.connect(`ws://127.0.0.1:${port}/one`);
    await using second = await WebSocketClient.connect(`ws://127.0.0.1:${port}/other`);

    expect([first.frames.length, second.frames.length]).toEqual([1, 1]);
    expect(await statusOf(port, '/foreign')).toBe('HTTP/1.1 404 Not Found');
    http.close();
  });

  it('refuses a second application at the same path, naming it', async () => {
    const http = createServer();
    await using one = createApplication({ logger: silentLogger });
    await using other = createApplication({ logger: silentLogger });
    await one.attach(http);

    await expect(other.attach(http)).rejects.toThrow(/Another application serves the endpoint "\/ws"/);
    expect(http.listenerCount('upgrade')).toBe(1);
  });

  it('goes on when the application stops: only our sessions end', async () => {
    const http = createServer((_, response) => void response.end('theirs'));
    const application = createApplication({ logger: silentLogger });
    await application.attach(http);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo; // listening on TCP
    await using client = await WebSocketClient.connect(`ws://127.0.0.1:${port}/ws`);

    await application.stop();

    expect(await client.closed).toEqual({ code: 1001, reason: 'SERVER_STOPPING' });
    expect(http.listenerCount('upgrade')).toBe(0);
    expect(await request(`http://127.0.0.1:${port}/`)).toEqual({ status: 200, text: 'theirs' });
    http.close();
    http.closeAllConnections();
  });
});

async function request(url: string): Promise<{ status: number | undefined; text: string }> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage]; // Node's 'response' event
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, text };
}

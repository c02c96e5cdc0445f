import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { FaultProxy } from './fault-proxy.js';

/** A server that answers what it gets with the same, and keeps it. */
async function echoServer(): Promise<{ url: string; received: () => string } & AsyncDisposable> {
  let received = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      socket.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `stomp://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on TCP
    received: () => received,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A connection that keeps what comes. */
async function open(port: number): Promise<{ socket: Socket; text: () => string; closed: Promise<unknown> }> {
  let text = '';
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => void socket.once('close', resolve));
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await Promise.race([once(socket, 'connect').catch(() => undefined), closed]);
  return { socket, text: () => text, closed };
}

const SEND = 'SEND\ndestination:/topic/a\n\nbody\0';

describe('the proxy between relay and broker', () => {
  it('passes both ways what comes, and counts frames and connections', async () => {
    await using server = await echoServer();
    await using proxy = await FaultProxy.before(server.url);
    const { socket, text } = await open(proxy.port);

    socket.write(SEND);
    await proxy.until(() => proxy.count('SEND') === 2, 'the echo');
    await once(socket, 'data');

    expect(text()).toBe(SEND);
    expect([proxy.opened, proxy.connections]).toEqual([1, 1]);
  });

  it('cuts a connection in the middle of a frame: what is before the mark arrives, nothing else does, and both sides notice', async () => {
    await using server = await echoServer();
    await using proxy = await FaultProxy.before(server.url);
    const { socket, text, closed } = await open(proxy.port);
    proxy.cutBehind('to-broker', 'bo');

    socket.write(SEND);
    await closed;

    await proxy.until(() => proxy.connections === 0, 'the end');

    expect(server.received()).toBe('SEND\ndestination:/topic/a\n\nbo');
    expect([text(), proxy.count('SEND')]).toEqual(['', 0]);
  });

  it('holds back one direction, and lets it pass again', async () => {
    await using server = await echoServer();
    await using proxy = await FaultProxy.before(server.url);
    const { socket, text } = await open(proxy.port);
    proxy.hold('to-relay');

    socket.write(SEND);
    await proxy.until(() => proxy.count('SEND') === 1, 'the frame');
    const early = text();
    proxy.release('to-relay');
    await once(socket, 'data');

    expect([early, text()]).toEqual(['', SEND]);
  });

  it('turns new connections away, cuts those that are there, and takes some again', async () => {
    await using server = await echoServer();
    await using proxy = await FaultProxy.before(server.url);
    const first = await open(proxy.port);
    proxy.closeToNew();

    proxy.cutAll();
    await first.closed;
    await expect(open(proxy.port).then(({ closed }) => closed.then(() => 'closed'))).resolves.toBe('closed');
    proxy.openToNew();
    await open(proxy.port);
    await proxy.until(() => proxy.opened === 2, 'another connection');

    expect([proxy.turnedAway, proxy.connections]).toEqual([1, 1]);
  });
});

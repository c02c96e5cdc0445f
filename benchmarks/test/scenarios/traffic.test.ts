import type { AddressInfo } from 'node:net';
import { FanOut } from '../../src/scenarios/fan-out.js';
import { RequestReply } from '../../src/scenarios/request-reply.js';
import { BareWsServer } from '../../src/servers/bare-ws-server.js';
import { WebSocketServer } from 'ws';

const SHORT = 0.05;

describe('traffic on the bare ws server', () => {
  let server: BareWsServer;
  beforeAll(async () => (server = await BareWsServer.listen(0)));
  afterAll(() => server.close());
  const address = () => ({ host: '127.0.0.1', port: server.port, path: '/ws' });

  it.each([1, 8])('counts every delivery of a fan-out, %d in flight', async (inFlight) => {
    const traffic = await FanOut.open(address(), { subscribers: 7, inFlight });

    const first = await traffic.run(SHORT);
    const second = await traffic.run(SHORT);
    await traffic.close();

    expect(first).toBeGreaterThan(0);
    expect([first % 7, second % 7]).toEqual([0, 0]);
  });

  it.each([1, 8])('counts every round trip of request and reply, %d in flight', async (inFlight) => {
    const traffic = await RequestReply.open(address(), { connections: 5, inFlight });

    const count = await traffic.run(SHORT);
    await traffic.close();

    expect(count).toBeGreaterThan(0);
  });
});

describe('traffic on a server that loses a message', () => {
  it('reports how many never arrived', async () => {
    await using server = await forgetfulServer();
    const traffic = await RequestReply.open(server.address, { connections: 3, inFlight: 4 });

    const run = traffic.run(SHORT, 50);

    await expect(run).rejects.toThrow('12 messages are lost: nothing arrived for 0.05 s');
    await expect(traffic.close()).rejects.toThrow('not one message could be checked');
  });
});

/** Answers CONNECT and SUBSCRIBE, and forgets whatever is sent. */
async function forgetfulServer() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/ws' });
  server.on('connection', (webSocket) => {
    webSocket.on('message', (frame: Buffer) => {
      const receipt = /receipt:(.*)/.exec(frame.toString())?.[1];
      const answer = receipt === undefined ? 'CONNECTED\nversion:1.2\n\n\0' : `RECEIPT\nreceipt-id:${receipt}\n\n\0`;
      if (!frame.toString().startsWith('SEND')) {
        webSocket.send(answer);
      }
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens
  return {
    address: { host: '127.0.0.1', port, path: '/ws' },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

import type { AddressInfo } from 'node:net';
import { FanOut } from '../../src/scenarios/fan-out.js';
import { Idle } from '../../src/scenarios/idle.js';
import { QueueWork } from '../../src/scenarios/queue-work.js';
import { SpreadOut } from '../../src/scenarios/spread-out.js';
import { createSlowConsumerApplication } from '../../src/servers/slow-consumer-application.js';
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

describe('further traffic on the bare ws server', () => {
  let server: BareWsServer;
  beforeAll(async () => (server = await BareWsServer.listen(0)));
  afterAll(() => server.close());
  const address = () => ({ host: '127.0.0.1', port: server.port, path: '/ws' });

  it.each([64 * 1024, 600 * 1024])(
    'counts and checks deliveries of %d octets, which come in pieces',
    async (bodyLength) => {
      const traffic = await FanOut.open(address(), { subscribers: 3, inFlight: 2, bodyLength });

      const count = await traffic.run(SHORT);
      await traffic.close();

      expect(count).toBeGreaterThan(0);
    },
  );

  it.each([
    ['topics with one subscriber each', (n: number) => `/topic/t-${n}`, (n: number) => `/topic/t-${n % 6}`],
    ['patterns', (n: number) => `/topic/a-${n}/*`, (n: number) => `/topic/a-${n % 6}/i-${Math.floor(n / 6)}`],
  ])('counts the deliveries of %s', async (_, subscribedTo, sentTo) => {
    const size = { connections: 3, subscriptions: 6, destinations: 12, inFlight: 20, subscribedTo, sentTo };
    const traffic = await SpreadOut.open(address(), size);

    const count = await traffic.run(SHORT);
    await traffic.close();

    expect(count).toBeGreaterThan(0);
  });

  it('opens idle sessions: some to warm up, which it closes, then those that count', async () => {
    const traffic = new Idle(address(), { sessions: 40, warmUpSessions: 20 });

    const [first, second] = [await traffic.run(), await traffic.run()];
    await traffic.close();

    expect([first, second]).toEqual([20, 40]);
  });
});

describe('traffic on a queue of Treadle', () => {
  it('counts the messages that one of the consumers acknowledged', async () => {
    await using application = createSlowConsumerApplication();
    const { port } = await application.listen(0, '127.0.0.1');
    const address = { host: '127.0.0.1', port, path: '/ws' };
    const traffic = await QueueWork.open(address, { consumers: 3, prefetchCount: 2, inFlight: 12 });

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

import { once } from 'node:events';
import { connect } from '@treadle/testing';
import {
  type Application,
  type ApplicationOptions,
  createApplication,
  type Message,
  silentLogger,
  simpleBroker,
} from '../../src/index.js';
import { maskedFrame, RawWebSocket } from '../transport/raw-web-socket.js';
import { TcpClient } from '../transport/tcp-client.js';
import { WebSocketClient } from '../transport/web-socket-client.js';
import { deferred, SessionFixture, settled, until } from './session-fixture.js';

const CONNECT = 'CONNECT\naccept-version:1.2\nhost:test\n\n\0';
const SLOW = 'SEND\ndestination:/topic/slow\nreceipt:slow\n\n\0';

/** An application with a queue whose handling of `/topic/slow` takes until `letGo`. */
function createHolding(options: ApplicationOptions = {}) {
  const work = deferred();
  const begun: AbortSignal[] = [];
  const preSend = async (message: Message): Promise<Message> => {
    if (message.type !== 'MESSAGE' || message.destination !== '/topic/slow' || !message.session) return message;
    begun.push(message.session.signal);
    await work.promise;
    return message;
  };
  const application = createApplication({
    logger: silentLogger,
    broker: simpleBroker({ policies: [{ destinations: '/queue/**', kind: 'queue' }] }),
    interceptors: { clientInbound: [{ preSend }] },
    ...options,
  });
  /** Resolves when the server has noticed that the client of the slow frame has gone. */
  const noticed = async (leave: () => void): Promise<void> => {
    await until(() => begun.length === 1);
    const [signal] = begun;
    leave();
    if (signal && !signal.aborted) await once(signal, 'abort');
  };
  return { application, noticed, letGo: work.resolve };
}

type Leaving = (application: Application) => Promise<() => void>;

const overTcp =
  (leave: (client: TcpClient) => void): Leaving =>
  async (application) => {
    const { port } = await application.listenTcp(0);
    const client = await TcpClient.connect(port);
    await client.subscribe('s', '/queue/jobs');
    client.type(SLOW);
    return () => leave(client);
  };

const overWebSocket =
  (leave: (client: WebSocketClient) => void): Leaving =>
  async (application) => {
    const { url } = await application.listen(0, '127.0.0.1');
    const client = await WebSocketClient.connect(url);
    await client.subscribe('s', '/queue/jobs');
    client.type(SLOW);
    return () => leave(client);
  };

const inMemory: Leaving = async (application) => {
  const client = await connect(application);
  await client.subscribe('/queue/jobs');
  client.sendOctets(SLOW);
  return () => client.drop();
};

describe('a client that has gone while its frame is handled', () => {
  it.each<[string, Leaving]>([
    ['over TCP, by the end of its half', overTcp(({ socket }) => socket.end())],
    ['over TCP, by the end of its process', overTcp(({ socket }) => socket.destroy())],
    ['over TCP, by a reset', overTcp(({ socket }) => socket.resetAndDestroy())],
    ['over WebSocket, by a close frame', overWebSocket(({ webSocket }) => webSocket.close())],
    ['over WebSocket, by the end of its process', overWebSocket(({ webSocket }) => webSocket.terminate())],
    ['in memory', inMemory],
  ])('gets no message of a queue any more, and none is lost: %s', async (_, come) => {
    const { application, noticed, letGo } = createHolding();
    const leave = await come(application);
    await noticed(leave);
    const producer = await connect(application);
    const texts = ['1', '2', '3', '4'];

    for (const text of texts) await producer.send('/queue/jobs', text);
    await settled();
    letGo();
    const inbox = await (await connect(application)).subscribe('/queue/jobs');

    for (const text of texts) expect(await inbox.next()).toBe(text);
    await application.stop();
  });

  it('still gets over TCP what it is owed, when it only ended its half', async () => {
    const { application, noticed, letGo } = createHolding();
    const { port } = await application.listenTcp(0);
    await using client = await TcpClient.connect(port);
    client.type(SLOW);
    await noticed(() => client.socket.end());

    letGo();
    await client.closed;

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT slow']);
    await application.stop();
  });
});

describe('a client that takes nothing', () => {
  it('is cut off though its session ends already, as its DISCONNECT is handled', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');
    client.peer.stopReading();
    fixture.deliver(client, '1');
    fixture.onMessage = ({ type }) => (type === 'DISCONNECT' ? new Promise(() => undefined) : undefined);

    client.type('DISCONNECT\nreceipt:bye\n\n\0');
    await settled();
    await fixture.clock.advance(fixture.limits.sendTimeMs);
    await settled();

    expect(client.end).toEqual({ code: 1006, reason: '' });
    expect(fixture.registry.stats.sessions.endedByCode).toEqual({});
  });
});

describe('a fault of the connection', () => {
  it('is the one ERROR of the session, though a frame that came before it fails behind it', async () => {
    const { application, letGo } = createHolding();
    const { port } = await application.listen(0, '127.0.0.1');
    await using client = await RawWebSocket.upgrade(port);
    client.write(maskedFrame(CONNECT + SLOW + 'ACK\nid:nobody knows it\n\n\0'));
    await until(() => application.stats().frames.ACK === 1);

    client.write(maskedFrame(Buffer.of(0xff)));
    await client.closed;
    letGo();
    await until(() => application.sessionCount === 0);

    expect(client.received).toContain('code:MESSAGE_NOT_UTF8\n');
    expect(application.stats().frames.ERROR).toBe(1);
    expect(application.stats().sessions.endedByCode).toEqual({ MESSAGE_NOT_UTF8: 1 });
    await application.stop();
  });
});

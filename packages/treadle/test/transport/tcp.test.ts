import { once } from 'node:events';
import { FakeClock } from '@treadle/testing';
import type { Message } from '../../src/messaging/message.js';
import { AuthenticationError } from '../../src/index.js';
import { deferred, settled, until } from '../session/session-fixture.js';
import { nextSessionEnd } from './listening-application.js';
import { listenTcp, type TcpApplication } from './tcp-application.js';
import { TcpClient } from './tcp-client.js';

let server: TcpApplication;
/** Destinations and bodies of the messages that clients sent. */
let received: string[];

const CONNECT = 'CONNECT\naccept-version:1.2\nhost:x\n\n\0';
const send = (body: string, receipt = 'r'): string => `SEND\ndestination:/topic/x\nreceipt:${receipt}\n\n${body}\0`;

beforeAll(async () => {
  const preSend = (message: Message): Message => {
    const body = Buffer.from(message.payload).toString();
    if (message.type === 'MESSAGE') received.push(`${message.destination} ${body}`);
    return message;
  };
  server = await listenTcp({ interceptors: { clientInbound: [{ preSend }] } });
});
beforeEach(() => {
  received = [];
});
afterAll(() => server.application.stop());

describe('octets over TCP', () => {
  it('may come one by one', async () => {
    await using client = await TcpClient.open(server.port);

    for (const octet of Buffer.from(`${CONNECT}${send('grüße')}`)) {
      client.type(Buffer.of(octet));
      await settled(); // so that they do not leave in one packet
    }
    await client.next('CONNECTED');
    await client.next('RECEIPT');

    expect(received).toEqual(['/topic/x grüße']);
  });

  it('may hold several frames in one chunk, with heart-beats and CR LF between and before them', async () => {
    await using client = await TcpClient.open(server.port);

    client.type(`\n\r\n\n${CONNECT}\n\r\n${send('one', '1')}\n\n${send('two', '2')}${send('three', '3')}\n`);
    await client.next('CONNECTED');
    for (const receipt of ['1', '2', '3']) expect((await client.next('RECEIPT')).headers['receipt-id']).toBe(receipt);

    expect(received).toEqual(['/topic/x one', '/topic/x two', '/topic/x three']);
  });

  it('pass bodies with NUL and without UTF-8 as they are, small and large', async () => {
    await using big = await listenTcp({ limits: { frameBodyOctets: 300_000 } });
    await using client = await TcpClient.connect(big.port);
    await client.subscribe('1', '/topic/x');
    const bodies = [Buffer.of(0), Buffer.from([0, 0xff, 0xfe, 10, 0]), Buffer.alloc(200_000, '\0\xff\n', 'latin1')];

    for (const body of bodies) {
      const head = `SEND\ndestination:/topic/x\ncontent-length:${body.length}\n\n`;
      client.type(Buffer.concat([Buffer.from(head), body, Buffer.of(0)]));
    }

    for (const body of bodies) expect(body.equals((await client.next('MESSAGE')).body)).toBe(true);
  });

  it.each([
    ['1.0', 'CONNECT\n\n\0', 'SUBSCRIBE\ndestination:/topic/old\nreceipt:s\n\n\0'],
    [
      '1.1',
      'CONNECT\naccept-version:1.0,1.1\nhost:x\n\n\0',
      'SUBSCRIBE\nid:0\ndestination:/topic/old\nreceipt:s\n\n\0',
    ],
    [
      '1.2',
      'STOMP\naccept-version:1.2\nhost:x\n\n\0',
      'SUBSCRIBE\r\nid:0\ndestination:/topic/old\r\nreceipt:s\n\r\n\0',
    ],
  ])('speak STOMP %s', async (version, connect, subscribe) => {
    await using client = await TcpClient.open(server.port);

    client.type(connect);
    const connected = await client.next('CONNECTED');
    client.type(subscribe);
    await client.next('RECEIPT');
    client.type('SEND\ndestination:/topic/old\n\nhi\0');

    expect((await client.next('MESSAGE')).body.toString()).toBe('hi');
    expect(connected.headers['version']).toBe(version);
  });

  it('of HTTP get ERROR and the end at once', async () => {
    await using client = await TcpClient.open(server.port);

    client.type('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');

    expect((await client.next('ERROR')).headers['code']).toBe('STOMP_UNKNOWN_COMMAND');
    await client.closed;
    expect({ hasEnded: client.hasEnded, error: client.error }).toEqual({ hasEnded: true, error: undefined });
  });

  it('carry heart-beats both ways', async () => {
    await using beating = await listenTcp({ heartBeat: { sends: 20, expects: 0 } });
    await using client = await TcpClient.connect(beating.port, 'heart-beat:0,20\n');

    while (client.heartBeats < 3) await once(client.socket, 'data');

    expect(client.isClosed).toBe(false);
  });
});

describe('a client over TCP', () => {
  it('that only sends line ends is not connected, and has as long for that as any other', async () => {
    await using hasty = await listenTcp({ limits: { connectTimeMs: 100 } });
    await using client = await TcpClient.open(hasty.port);

    client.type('\n\n\r\n\n');

    expect((await client.next('ERROR')).headers['code']).toBe('CONNECT_TIME_EXCEEDED');
    await client.closed;
  });

  it('is asked who it is by the same hook, which sees where it came from', async () => {
    const seen: unknown[] = [];
    await using guarded = await listenTcp({
      authenticate: ({ login, passcode, session }) => {
        seen.push(session.handshake);
        if (login !== 'alice' || passcode !== 'sesame') throw new AuthenticationError();
        return { name: login };
      },
    });
    await using alice = await TcpClient.connect(guarded.port, 'login:alice\npasscode:sesame\n');
    await using mallory = await TcpClient.open(guarded.port);

    mallory.type('CONNECT\naccept-version:1.2\nhost:x\nlogin:alice\npasscode:guess\n\n\0');

    expect(alice.frames[0]?.headers['user-name']).toBe('alice');
    expect((await mallory.next('ERROR')).headers['code']).toBe('AUTHENTICATION_FAILED');
    await mallory.closed;
    expect(mallory.error).toBeUndefined();
    const url = `stomp://127.0.0.1:${guarded.port}`;
    expect(seen[0]).toMatchObject({ url, headers: {}, remoteAddress: '127.0.0.1', clientCertificate: undefined });
  });

  it('is counted as what it is', async () => {
    await using own = await listenTcp();
    await using _client = await TcpClient.connect(own.port);

    expect(own.application.stats().sessions.byTransport).toEqual({ tcp: { current: 1, total: 1 } });
  });

  it('whose handlers are slower is read in its pace, and loses nothing', async () => {
    const handled: string[] = [];
    const preSend = async (message: Message): Promise<Message> => {
      await settled();
      if (message.type === 'MESSAGE') handled.push(Buffer.from(message.payload).toString());
      return message;
    };
    await using slow = await listenTcp({
      interceptors: { clientInbound: [{ preSend }] },
      limits: { inboundQueueFrames: 2 },
    });
    await using client = await TcpClient.connect(slow.port);
    const names = Array.from({ length: 2000 }, (_, index) => `${index} `.padEnd(1000, '.'));

    for (const name of names) client.type(`SEND\ndestination:/topic/x\n\n${name}\0`);
    client.type(send('last'));
    await client.next('RECEIPT');

    expect(handled).toEqual([...names, 'last']);
  });

  it('that reads nothing is ended at the limit, and disturbs nobody', async () => {
    await using own = await listenTcp({ limits: { sendBufferOctets: 64 * 1024 } });
    await using witness = await TcpClient.connect(own.port);
    await using lazy = await TcpClient.connect(own.port);
    await lazy.subscribe('1', '/topic/flood');
    await witness.subscribe('1', '/topic/flood');
    const end = nextSessionEnd(own.application);
    lazy.socket.pause();

    while (own.application.sessionCount === 2) {
      await own.application.template.convertAndSend('/topic/flood', 'x'.repeat(60_000));
      await witness.next('MESSAGE');
    }

    expect(await end).toMatchObject({ code: 4500, reason: 'SLOW_CONSUMER' });
    expect(own.application.stats().sessions.slowConsumers).toBe(1);
  });
});

describe('the end of a connection over TCP', () => {
  it('by DISCONNECT is RECEIPT, then the end of the stream', async () => {
    await using client = await TcpClient.connect(server.port);
    const end = nextSessionEnd(server.application);

    client.type('DISCONNECT\nreceipt:bye\n\n\0');
    await client.closed;

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT bye']);
    expect({ hasEnded: client.hasEnded, error: client.error }).toEqual({ hasEnded: true, error: undefined });
    expect((await end).code).toBe(1000);
  });

  it('loses nothing though the client goes on writing: no reset overtakes the last frames', async () => {
    const big = 'x'.repeat(60_000);
    await using client = await TcpClient.connect(server.port);
    client.socket.allowHalfOpen = true;
    await client.subscribe('1', '/topic/x');

    client.type(`${send(big)}DISCONNECT\nreceipt:bye\n\n\0`);
    for (let time = 0; time < 10; time += 1) {
      client.type(`SEND\ndestination:/topic/y\n\n${big}\0`);
      await turns(5);
    }
    client.socket.end();
    await client.closed;

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT live-1', 'MESSAGE', 'RECEIPT r', 'RECEIPT bye']);
    expect({ hasEnded: client.hasEnded, error: client.error }).toEqual({ hasEnded: true, error: undefined });
  });

  it('by the client ending its half is the end of its session, after the answers to what it sent before', async () => {
    const gate = deferred();
    const preSend = async (message: Message): Promise<Message> => {
      if (message.type === 'MESSAGE') await gate.promise;
      return message;
    };
    await using held = await listenTcp({ interceptors: { clientInbound: [{ preSend }] } });
    await using client = await TcpClient.open(held.port);
    const end = nextSessionEnd(held.application);

    client.socket.end(`${CONNECT}${send('one', '1')}${send('two', '2')}`); // as `printf … | nc` does
    await client.next('CONNECTED');
    gate.resolve();
    await client.closed;

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'RECEIPT 2']);
    expect(client.error).toBeUndefined();
    expect((await end).code).toBe(1005);
    expect(held.application.stats().sessions.transportErrors).toBe(0);
  });

  it('by a reset is 1006, and no error of ours', async () => {
    await using own = await listenTcp();
    await using client = await TcpClient.connect(own.port);
    const end = nextSessionEnd(own.application);

    client.socket.resetAndDestroy();

    expect((await end).code).toBe(1006);
    expect(own.application.sessionCount).toBe(0);
    expect(own.application.stats().sessions.transportErrors).toBe(1);
  });

  it('by a reset while the session is not read leaves what had come to be handled', async () => {
    const handled: string[] = [];
    const gate = deferred();
    const preSend = async (message: Message): Promise<Message> => {
      if (message.type === 'MESSAGE') {
        await gate.promise;
        handled.push(Buffer.from(message.payload).toString());
      }
      return message;
    };
    await using held = await listenTcp({
      interceptors: { clientInbound: [{ preSend }] },
      limits: { inboundQueueFrames: 2 },
    });
    await using client = await TcpClient.connect(held.port);
    const end = nextSessionEnd(held.application);

    for (const name of ['1', '2', '3', 'after the pause']) {
      client.type(send(name));
      await turns(20);
    }
    client.socket.resetAndDestroy();
    await turns(20);
    gate.resolve();
    await end;

    expect(handled).toEqual(['1', '2', '3', 'after the pause']);
  });

  it('by ERROR comes after the frame, even to a client in the middle of a frame that is too big', async () => {
    await using client = await TcpClient.connect(server.port);

    client.type(send('x'.repeat(600_000)));
    await client.closed;

    expect(client.commands).toEqual(['CONNECTED', 'ERROR STOMP_BODY_TOO_LARGE']);
    expect({ hasEnded: client.hasEnded, error: client.error }).toEqual({ hasEnded: true, error: undefined });
  });

  it('by the server comes after ERROR for a client that it did not read, whose octets it then takes', async () => {
    const gate = deferred();
    const preSend = async (message: Message): Promise<Message> => {
      if (message.type === 'MESSAGE') await gate.promise;
      return message;
    };
    await using held = await listenTcp({
      clock: new FakeClock(), // the time in which a client is to end its half never passes
      heartBeat: { sends: 0, expects: 0 },
      authenticate: () => ({ name: 'warehouse' }),
      interceptors: { clientInbound: [{ preSend }] },
      limits: { inboundQueueFrames: 2 },
    });
    await using client = await TcpClient.connect(held.port);
    client.socket.allowHalfOpen = true;
    client.type(send('x').repeat(10_000));
    await until(() => held.application.stats().sessions.paused === 1);

    await held.application.users.getUser('warehouse')?.disconnect('for a reason');
    await client.next('ERROR');
    const chunk = Buffer.alloc(64 * 1024, 'x');
    for (let written = 0; written < 1000 && !client.isClosed; written += 1) await client.typeInPace(chunk);

    expect(client.isClosed).toBe(true); // cut off, as it sends more than can have been under way
    expect(client.commands).toEqual(['CONNECTED', 'ERROR DISCONNECTED_BY_SERVER']);
    gate.resolve();
  });

  it('cuts off who does not stop sending after it', async () => {
    await using client = await TcpClient.connect(server.port);
    client.socket.allowHalfOpen = true;
    client.type(Buffer.from('nonsense\n\n\0'));
    await client.next('ERROR');

    const chunk = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    while (written < 1000 && !client.isClosed) {
      await client.typeInPace(chunk);
      written += 1;
    }

    expect(written).toBeLessThan(1000);
  });

  it('does not wait for ever for a client to end its own half', async () => {
    const clock = new FakeClock();
    await using own = await listenTcp({ clock, limits: { stopTimeMs: 60_000 } });
    await using client = await TcpClient.connect(own.port);
    client.socket.allowHalfOpen = true;

    client.type('DISCONNECT\nreceipt:bye\n\n\0');
    await client.next('RECEIPT');
    await until(() => client.hasEnded);
    let hasStopped = false;
    const stopped = own.application.stop().then(() => (hasStopped = true));
    await clock.advance(4_999);
    expect(hasStopped).toBe(false); // it waits for its connections to close

    await clock.advance(1);
    await stopped;
  });
});

/** Lets the event loop turn, so that what is on its way over the loopback arrives. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await settled();
}

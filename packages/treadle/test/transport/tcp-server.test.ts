import { createServer } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import { createApplication } from '../../src/application.js';
import { systemClock } from '../../src/foundation/clock.js';
import type { Logger } from '../../src/foundation/logger.js';
import { type ApplicationOptions, AuthenticationError, type SessionHandshake, silentLogger } from '../../src/index.js';
import { DEFAULTS } from '../../src/options.js';
import { HandshakeCounters } from '../../src/transport/handshake-counters.js';
import { FlushQueue } from '../../src/transport/outbound-buffer.js';
import { TcpTransport } from '../../src/transport/tcp-server.js';
import { until } from '../session/session-fixture.js';
import * as certificates from './certificates.js';
import { listenTcp } from './tcp-application.js';
import { TcpClient } from './tcp-client.js';
import { WebSocketClient } from './web-socket-client.js';

const trusting = { ca: certificates.authority };

/** Keeps what is logged, as `level message`. */
function recordingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

describe('listenTcp', () => {
  it('listens on this machine only unless told otherwise, and says where', async () => {
    await using application = createApplication({ logger: silentLogger });

    const address = await application.listenTcp(0);

    expect(address).toEqual({ host: '127.0.0.1', port: address.port, url: `stomp://127.0.0.1:${address.port}` });
    expect(application.describe().tcpListeners).toEqual([{ url: address.url }]);
  });

  it('makes sessions of the same broker as WebSocket, at several addresses', async () => {
    await using application = createApplication({ logger: silentLogger });
    const webSocket = await application.listen(0, '127.0.0.1');
    const one = await application.listenTcp(0);
    const secure = await application.listenTcp(0, '127.0.0.1', { tls: certificates.server });
    await using browser = await WebSocketClient.connect(webSocket.url);
    await using service = await TcpClient.connect(one.port);
    await using remote = await TcpClient.connect(secure.port, '', trusting);
    await browser.subscribe('1', '/topic/x');
    await remote.subscribe('1', '/topic/x');

    service.type('SEND\ndestination:/topic/x\n\nhello\0');

    expect((await browser.next('MESSAGE')).body.toString()).toBe('hello');
    expect((await remote.next('MESSAGE')).body.toString()).toBe('hello');
    expect(application.stats().sessions.byTransport).toEqual({
      websocket: { current: 1, total: 1 },
      tcp: { current: 1, total: 1 },
      tls: { current: 1, total: 1 },
    });
    expect(secure.url).toBe(`stomps://127.0.0.1:${secure.port}`);
  });

  it('fails as Node does when the port is taken, and leaves the application as it was', async () => {
    await using application = createApplication({ logger: silentLogger });
    const { port } = await application.listenTcp(0);

    await expect(application.listenTcp(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(application.describe().tcpListeners).toHaveLength(1);
  });

  it('is refused when the application has been stopped, or is while it begins to listen', async () => {
    const application = createApplication({ logger: silentLogger });
    const begun = application.listenTcp(0);
    const stopped = application.stop();

    await expect(begun).rejects.toThrow('An application that was stopped cannot be started again');
    await stopped;
    await expect(application.listenTcp(0)).rejects.toThrow('An application that was stopped cannot be started again');
  });

  it.each([
    [['abc'], "listenTcp, port: it is the text 'abc'; give a whole number from 0, for any free one, to 65535"],
    [['61613'], "listenTcp, port: it is the text '61613'"],
    [[undefined], 'listenTcp, port: it is undefined; give a whole number'],
    [[null], 'listenTcp, port: it is null'],
    [[-1], 'listenTcp, port: it is -1'],
    [[65_536], 'listenTcp, port: it is 65536'],
    [[1.5], 'listenTcp, port: it is 1.5'],
    [[NaN], 'listenTcp, port: it is NaN'],
    [[{ port: 0 }], 'listenTcp, port: it is an object'],
    [[0, ''], "listenTcp, host: it is the text ''; give a name or address of this machine, such as '127.0.0.1'"],
    [[0, { tls: certificates.server }], 'listenTcp, host: it is an object; give a name or address'],
    [[0, null], 'listenTcp, host: it is null'],
    [[0, '::1', null], 'listenTcp, options: it is null; give an object: { tls: { cert, key } }'],
    [[0, '::1', { tsl: {} }], 'listenTcp, options.tsl: there is no option of this name; leave it out; there are tls'],
    [[0, '::1', { tls: true }], 'listenTcp, options.tls: it is true; give what tls.createServer takes'],
    [[0, '::1', { tls: null }], 'listenTcp, options.tls: it is null'],
    [
      [0, '::1', { tls: {} }],
      'listenTcp, options.tls: it names no certificate, so that every handshake would fail; give key and cert, pfx, or SNICallback',
    ],
    [[0, '::1', { tls: { cert: 'a certificate without its key' } }], 'listenTcp, options.tls: it names no certificate'],
    [[0, '::1', { tls: { key: 'a key alone' } }], 'listenTcp, options.tls: it names no certificate'],
  ])('%j is refused before anything starts', async (given, expected) => {
    await using application = createApplication({ logger: silentLogger });

    const listening = application.listenTcp(...(given as unknown as [number])); // as JavaScript may give them

    await expect(listening).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining(expected) as unknown,
    });
    expect([application.isBrokerAvailable, application.describe().tcpListeners]).toEqual([false, []]);
  });

  it('says everything that is wrong at once', async () => {
    await using application = createApplication({ logger: silentLogger });

    const listening = application.listenTcp(-1, '', { tls: {} });

    await expect(listening).rejects.toMatchObject({
      findings: ['port', 'host', 'options.tls'].map((what) => ({ location: `listenTcp, ${what}` })),
    });
  });
});

describe('a TCP transport that takes no more clients', () => {
  it('does not listen either when that comes while it begins to', async () => {
    const transport = createTransport();
    const begun = transport.listen(0, '127.0.0.1', undefined);

    transport.detach();
    const { port } = await begun;

    await expectFree(port);
    expect(transport.listeners).toEqual([]);
  });
});

describe('what is told of a TCP listener', () => {
  const told = async (options: ApplicationOptions, host: string, isSecure = false): Promise<string[]> => {
    const logger = recordingLogger();
    await using application = createApplication({ startUpReport: false, ...options, logger });
    await application.listenTcp(0, host, { tls: isSecure ? certificates.server : undefined });
    const notes = application.describe().warnings.filter(({ location }) => location.startsWith('listenTcp'));
    return [...logger.lines, ...notes.map(({ severity, problem }) => `${severity} ${problem}`)];
  };
  const authenticate = (): undefined => undefined;

  it('is nothing on this machine', async () => {
    expect(await told({}, '127.0.0.1')).toEqual([]);
    expect(await told({}, '::1')).toEqual([]);
  });

  it('is a warning at an address that others reach, when nobody asks who they are', async () => {
    const [line, warning, note] = await told({}, '0.0.0.0');

    expect(line).toMatch(
      /^warn listenTcp at stomp:\/\/localhost:\d+: whoever reaches this address gets a session: no origin is checked, and nobody asks who it is; give the option authenticate, or listen at 127\.0\.0\.1$/,
    );
    expect(warning).toMatch(/^warning whoever reaches this address/);
    expect(note).toMatch(/^note passcodes and messages travel as they are/);
  });

  it('is a note where passcodes travel readable, and nothing where they do not', async () => {
    const interceptors = { clientInbound: [{ preSend: <T>(message: T) => message }] };

    expect(await told({ authenticate }, '0.0.0.0')).toEqual([
      'note passcodes and messages travel as they are, for everybody on the way to read',
    ]);
    expect(await told({ interceptors }, '0.0.0.0', true)).toEqual([]);
    expect(await told({ authenticate }, '0.0.0.0', true)).toEqual([]);
  });

  it('is its address, where the start is reported', async () => {
    const logger = recordingLogger();
    await using application = createApplication({ logger, startUpReport: true });

    const { url } = await application.listenTcp(0);

    expect(logger.lines).toContain(`info Treadle takes STOMP over TCP at ${url}`);
  });
});

describe('limits.sessions', () => {
  it('refuses a further client over TCP with ERROR, and cuts off who piles up behind it', async () => {
    await using own = await listenTcp({ limits: { sessions: 2 } });
    await using _one = await TcpClient.connect(own.port);
    await using _two = await TcpClient.connect(own.port);
    await using refused = await TcpClient.open(own.port);
    refused.socket.allowHalfOpen = true; // it stays, with the server waiting for it to go
    await using another = await TcpClient.open(own.port);
    another.socket.allowHalfOpen = true;

    expect((await refused.next('ERROR')).headers['code']).toBe('SESSION_LIMIT_EXCEEDED');
    expect((await another.next('ERROR')).headers['code']).toBe('SESSION_LIMIT_EXCEEDED');
    await using cutOff = await TcpClient.open(own.port);
    await cutOff.closed;

    expect(cutOff.frames).toEqual([]);
    expect(own.application.sessionCount).toBe(2);
  });

  it('counts those in a TLS handshake, which are cut off when it takes too long', async () => {
    await using own = await listenTcp({ limits: { sessions: 1, handshakeTimeMs: 300 } }, certificates.server);
    await using silent = await TcpClient.open(own.port);

    await using further = await TcpClient.open(own.port, trusting);
    await further.closed;
    await silent.closed;
    await using later = await TcpClient.connect(own.port, '', trusting);

    expect(further.frames).toEqual([]);
    expect(later.commands).toEqual(['CONNECTED']);
  });
});

describe('TLS', () => {
  it.each([
    ['what is no TLS', 'CONNECT\naccept-version:1.2\nhost:x\n\n\0'],
    ['nothing but a greeting that breaks off', Buffer.from([0x16, 0x03, 0x01])],
    ['HTTP', 'GET / HTTP/1.1\r\n\r\n'],
  ])('ends a handshake of %s, with a debug line and no session', async (_, octets) => {
    const logger = recordingLogger();
    await using own = await listenTcp({ logger, startUpReport: false }, certificates.server);
    await using client = await TcpClient.open(own.port);

    client.socket.end(octets);
    await client.closed;
    await until(() => logger.lines.length > 0);

    expect(logger.lines).toEqual(['debug a TLS handshake failed']);
    expect(own.application.stats().sessions.total).toBe(0);
  });

  it('ends with RECEIPT, then the end of the stream, as TCP does', async () => {
    await using own = await listenTcp({}, certificates.server);
    await using client = await TcpClient.connect(own.port, '', trusting);
    await client.subscribe('1', '/topic/x');
    const big = 'x'.repeat(60_000);

    client.type(`SEND\ndestination:/topic/x\n\n${big}\0DISCONNECT\nreceipt:bye\n\n\0`);
    await client.closed;

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT live-1', 'MESSAGE', 'RECEIPT bye']);
    expect({ hasEnded: client.hasEnded, error: client.error }).toEqual({ hasEnded: true, error: undefined });
  });

  it('answers a client that ended its half', async () => {
    await using own = await listenTcp({}, certificates.server);
    await using client = await TcpClient.open(own.port, { ...trusting, minVersion: 'TLSv1.3' });

    client.socket.end('CONNECT\naccept-version:1.2\nhost:x\n\n\0SEND\ndestination:/topic/x\nreceipt:r\n\n\0');
    await client.closed;

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT r']);
    expect(own.application.sessionCount).toBe(0);
  });

  describe('that asks clients for a certificate', () => {
    const asking = { ...certificates.server, ca: certificates.authority, requestCert: true };
    const byCertificate: ApplicationOptions = {
      authenticate: ({ session }) => {
        const name = nameOf(session.handshake);
        if (name === undefined) throw new AuthenticationError();
        return { name };
      },
    };

    it('tells authentication whom it was made out to', async () => {
      await using own = await listenTcp(byCertificate, asking);
      await using client = await TcpClient.connect(own.port, '', { ...trusting, ...certificates.client });

      expect(client.frames[0]?.headers['user-name']).toBe('warehouse');
    });

    it('lets nobody in without a good one', async () => {
      await using own = await listenTcp(byCertificate, asking);

      for (const credentials of [{}, certificates.stranger]) {
        await using client = await TcpClient.open(own.port, { ...trusting, ...credentials });
        await client.closed;
        expect(client.frames).toEqual([]);
      }
      expect(own.application.stats().sessions.total).toBe(0);
    });

    it('does not show one that nobody vouches for, even where such clients are let in', async () => {
      await using own = await listenTcp(byCertificate, { ...asking, rejectUnauthorized: false });

      for (const credentials of [{}, certificates.stranger]) {
        await using client = await TcpClient.open(own.port, { ...trusting, ...credentials });
        client.type('CONNECT\naccept-version:1.2\nhost:x\n\n\0');
        expect((await client.next('ERROR')).headers['code']).toBe('AUTHENTICATION_FAILED');
      }
    });
  });
});

describe('an application that stops', () => {
  it('ends the streams of its sessions without ERROR, and cuts off who is in a handshake', async () => {
    const own = await listenTcp({});
    const secure = await own.application.listenTcp(0, '127.0.0.1', { tls: certificates.server });
    await using client = await TcpClient.connect(own.port);
    await using remote = await TcpClient.connect(secure.port, '', trusting);
    await using shaking = await TcpClient.open(secure.port);

    await own.application.stop();
    await Promise.all([client.closed, remote.closed, shaking.closed]);

    expect([client.commands, remote.commands]).toEqual([['CONNECTED'], ['CONNECTED']]);
    expect([client.error, remote.error]).toEqual([undefined, undefined]);
    await expectFree(own.port);
    await expectFree(secure.port);
  });
});

/** One that has no application. */
function createTransport(): TcpTransport {
  return new TcpTransport({
    limits: DEFAULTS.limits,
    flushQueue: new FlushQueue(),
    clock: systemClock,
    logger: silentLogger,
    handshakes: new HandshakeCounters(),
    onConnection: (connection) => connection.terminate(),
  });
}

function nameOf({ clientCertificate }: SessionHandshake): string | undefined {
  const certificate: PeerCertificate | undefined = clientCertificate;
  return certificate?.subject.CN;
}

/** Nobody listens at this port any more. */
async function expectFree(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  server.close();
}

import type { IncomingMessage } from 'node:http';
import { connect as connectMemory, FakeClock } from '@treadle/testing';
import { createApplication } from '../../src/application.js';
import type { ApplicationOptions } from '../../src/options.js';
import type { HandshakeInterceptor, HandshakeRefusal } from '../../src/transport/handshake-interceptor.js';
import { RecordingLogger } from '../annotation/fixture.js';
import { type ListeningApplication, listen } from './listening-application.js';
import { maskedFrame, RawWebSocket } from './raw-web-socket.js';
import { WebSocketClient } from './web-socket-client.js';

type Answer = Awaited<ReturnType<HandshakeInterceptor['beforeHandshake']>>;

/** Answers as it is told and remembers what it was asked. */
class Recording implements HandshakeInterceptor {
  readonly #name: string;
  readonly #log: string[];
  readonly #answer: () => Answer | Promise<Answer>;

  constructor(log: string[], name = 'it', answer: () => Answer | Promise<Answer> = () => true) {
    this.#log = log;
    this.#name = name;
    this.#answer = answer;
  }

  beforeHandshake(): Answer | Promise<Answer> {
    this.#log.push(`${this.#name} before`);
    return this.#answer();
  }

  afterHandshake(_request: IncomingMessage, failure: Error | undefined): void {
    this.#log.push(`${this.#name} after: ${failure?.message ?? 'connected'}`);
  }
}

function listenWith(...interceptors: HandshakeInterceptor[]): Promise<ListeningApplication> {
  return listen({ endpoints: [{ path: '/ws', interceptors }] });
}

/** Something that a test lets happen. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function statusOf(server: ListeningApplication, headerLines: readonly string[] = []): Promise<string> {
  await using client = await RawWebSocket.upgrade(server.port, '/ws', headerLines);
  return client.response[0] ?? '';
}

describe('a handshake interceptor that lets clients in', () => {
  it('Spring A8: fills the attributes that the session begins with', async () => {
    const seen: unknown[] = [];
    const interceptor: HandshakeInterceptor = {
      beforeHandshake(request, attributes) {
        attributes.set('tenant', new URL(request.url ?? '', 'http://x').searchParams.get('tenant'));
        return true;
      },
    };
    await using server = await listen({
      endpoints: [{ path: '/ws', interceptors: [interceptor] }],
      authenticate: ({ session }) => {
        seen.push(session.attributes.get('tenant'));
        return undefined;
      },
    });

    await using one = await WebSocketClient.connect(`${server.url}?tenant=tea`);
    await using other = await WebSocketClient.connect(`${server.url}?tenant=coffee`);

    expect([one.frames.length, other.frames.length]).toEqual([1, 1]);
    expect(seen).toEqual(['tea', 'coffee']);
  });

  it('Spring A8: all are asked in order, and told afterwards in reverse', async () => {
    const log: string[] = [];
    const later = async (): Promise<boolean> => Promise.resolve(true);
    await using server = await listenWith(new Recording(log, 'first', later), new Recording(log, 'second'));

    await using client = await WebSocketClient.connect(server.url);

    expect(client.frames).toHaveLength(1);
    expect(log).toEqual(['first before', 'second before', 'second after: connected', 'first after: connected']);
  });

  it('belongs to its endpoint alone', async () => {
    const log: string[] = [];
    await using server = await listen({
      endpoints: ['/ws', { path: '/guarded', interceptors: [new Recording(log)] }],
    });

    await using client = await WebSocketClient.connect(server.url);

    expect(client.frames).toHaveLength(1);
    expect(log).toEqual([]);
  });

  it('loses no octet of a client that does not wait for the answer', async () => {
    const decided = gate();
    const asked = gate();
    const interceptor: HandshakeInterceptor = {
      async beforeHandshake() {
        asked.open();
        await decided.opened;
        return true;
      },
    };
    await using server = await listenWith(interceptor);
    await using client = await RawWebSocket.connect(server.port);
    const connect = maskedFrame('CONNECT\naccept-version:1.2\nhost:x\n\n\0');
    const subscribe = maskedFrame('SUBSCRIBE\nid:0\ndestination:/topic/x\nreceipt:r1\n\n\0');

    client.write(Buffer.concat([Buffer.from(requestText(server.port)), connect.subarray(0, 9)]));
    await asked.opened;
    client.write(connect.subarray(9));
    await turns();
    client.write(subscribe.subarray(0, 20));
    await turns();
    decided.open();
    await client.until('101 Switching Protocols');
    client.write(subscribe.subarray(20));

    await client.until('receipt-id:r1');
  });

  it('is told when the request was no WebSocket upgrade after all', async () => {
    const log: string[] = [];
    await using server = await listenWith(new Recording(log));
    await using client = await RawWebSocket.connect(server.port);

    client.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await client.until('400 Bad Request');

    expect(log).toEqual(['it before', 'it after: the request was no WebSocket upgrade']);
  });

  it('does not keep the session from others when its afterHandshake fails', async () => {
    const logger = new RecordingLogger();
    const log: string[] = [];
    class Failing implements HandshakeInterceptor {
      beforeHandshake(): boolean {
        return true;
      }
      afterHandshake(): void {
        throw new Error('it broke');
      }
    }
    const endpoints = [{ path: '/ws', interceptors: [new Recording(log), new Failing()] }];
    await using server = await listen({ logger, endpoints });

    await using client = await WebSocketClient.connect(server.url);

    expect(client.frames).toHaveLength(1);
    expect(log).toEqual(['it before', 'it after: connected']);
    expect(logger.lines.map(({ message }) => message)).toContain('Failing.afterHandshake failed');
  });
});

describe('a handshake interceptor that refuses', () => {
  it('Spring A8: answers 403 with false, and only those before it are told', async () => {
    const log: string[] = [];
    await using server = await listenWith(
      new Recording(log, 'first'),
      new Recording(log, 'second', () => false),
      new Recording(log, 'third'),
    );

    const status = await statusOf(server);

    expect(status).toBe('HTTP/1.1 403 Forbidden');
    expect(log).toEqual(['first before', 'second before', 'first after: the client was refused with 403']);
    expect(server.application.sessionCount).toBe(0);
  });

  it('chooses status, headers and text', async () => {
    const headers = { 'www-authenticate': 'Bearer', 'x-injected': 'a\r\nset-cookie: b', 'content-length': '0' };
    await using server = await listenWith({
      beforeHandshake: () => ({ status: 401, headers, body: 'Sign in first.' }),
    });
    await using client = await RawWebSocket.upgrade(server.port);

    await client.closed;

    expect(client.response).toEqual([
      'HTTP/1.1 401 Unauthorized',
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Length: 15',
      'www-authenticate: Bearer',
    ]);
    expect(client.received.split('\r\n\r\n')[1]).toBe('Sign in first.\n');
  });

  it.each<[string, object, readonly string[]]>([
    ['headers that are null', { headers: null }, []],
    ['headers that are text', { headers: 'retry-after' }, []],
    [
      'headers that are no text',
      { headers: { 'retry-after': 5, 'x-list': ['a'], 'x-none': null } },
      ['retry-after: 5'],
    ],
    ['a body that is no text', { body: { text: 'no' } }, []],
  ])('answers without what is no text of %s, and the application stops at once', async (_, junk, lines) => {
    const answer = { status: 429, ...junk } as HandshakeRefusal; // what JavaScript may answer
    await using server = await listenWith({ beforeHandshake: () => answer });
    await using client = await RawWebSocket.upgrade(server.port);

    await client.closed;
    await server.application.stop();

    expect(client.response[0]).toBe('HTTP/1.1 429 Too Many Requests');
    expect(client.response.slice(4)).toEqual(lines);
    expect(client.received.split('\r\n\r\n')[1]).toBe('Too Many Requests.\n');
  });

  it('answers 500 when the refusal itself throws', async () => {
    const answer = Object.defineProperty({ status: 401 }, 'headers', {
      get: () => {
        throw new Error('secret');
      },
    });
    await using server = await listenWith({ beforeHandshake: () => answer });

    expect(await statusOf(server)).toBe('HTTP/1.1 500 Internal Server Error');
  });

  it.each([
    ['undefined', undefined, 'undefined'],
    ['a truthy value that is not true', 'yes', 'a string'],
    ['a status of success', { status: 200 }, 'an object without a status from 300 to 599'],
    ['null', null, 'null'],
  ])('refuses with %s too, and says so in the log', async (_, answer, words) => {
    const logger = new RecordingLogger();
    const beforeHandshake = (): boolean => answer as unknown as boolean; // what JavaScript may answer
    await using server = await listen({ logger, endpoints: [{ path: '/ws', interceptors: [{ beforeHandshake }] }] });

    const status = await statusOf(server);

    expect(status).toBe('HTTP/1.1 403 Forbidden');
    expect(logger.lines.map(({ message }) => message)).toEqual([
      `a handshake interceptor.beforeHandshake answered ${words}; the client was refused with 403. ` +
        'Return true to let it in, false or { status } to refuse it.',
    ]);
  });

  it.each([
    ['throws', () => { throw new Error('secret at db.internal'); }], // prettier-ignore
    ['rejects', () => Promise.reject(new Error('secret at db.internal'))],
  ])('answers 500 and nothing of the reason when it %s', async (_, answer) => {
    const logger = new RecordingLogger();
    const log: string[] = [];
    const interceptors = [new Recording(log, 'first'), new Recording(log, 'second', answer)];
    await using server = await listen({ logger, endpoints: [{ path: '/ws', interceptors }] });
    await using client = await RawWebSocket.upgrade(server.port);

    await client.closed;

    expect(client.response[0]).toBe('HTTP/1.1 500 Internal Server Error');
    expect(client.received).not.toContain('secret');
    expect(log).toEqual(['first before', 'second before', 'first after: the client was refused with 500']);
    expect(logger.lines[0]?.details['error']).toMatchObject({ message: 'secret at db.internal' });
  });

  it('is not asked about a page of a foreign origin', async () => {
    const log: string[] = [];
    await using server = await listenWith(new Recording(log));

    const status = await statusOf(server, ['Origin: https://evil.example']);

    expect(status).toBe('HTTP/1.1 403 Forbidden');
    expect(log).toEqual([]);
  });
});

describe('a client that waits for handshake interceptors', () => {
  it.each([
    ['leaves', (client: RawWebSocket) => client.socket.end()],
    ['is cut off', (client: RawWebSocket) => client.socket.resetAndDestroy()],
    ['leaves after it spoke', (client: RawWebSocket) => client.socket.end('early')],
  ])('is forgotten when it %s', async (_, leave) => {
    const log: string[] = [];
    const asked = gate();
    const decided = gate();
    const told = gate();
    const failures: (Error | undefined)[] = [];
    const first: HandshakeInterceptor = {
      beforeHandshake: () => true,
      afterHandshake(_request, failure) {
        failures.push(failure);
        told.open();
      },
    };
    const slow = new Recording(log, 'slow', async () => {
      asked.open();
      await decided.opened;
      return true;
    });
    await using server = await listenWith(first, slow);
    await using client = await RawWebSocket.connect(server.port);
    client.write(requestText(server.port));
    await asked.opened;

    leave(client);
    await told.opened;
    decided.open();
    await turns();

    expect(failures).toHaveLength(1);
    expect(failures[0]?.message).toMatch(/^the client left|ECONNRESET/);
    // What it opened while nobody was there any more is closed again.
    expect(log).toEqual(['slow before', `slow after: ${failures[0]?.message}`]);
    expect(server.application.sessionCount).toBe(0);
  });

  it('is refused with 503 when they take longer than limits.handshakeTimeMs', async () => {
    const clock = new FakeClock();
    const asked = gate();
    const log: string[] = [];
    const never = new Recording(log, 'never', () => {
      asked.open();
      return new Promise<boolean>(() => undefined);
    });
    await using server = await listen({
      clock,
      limits: { handshakeTimeMs: 700 },
      endpoints: [{ path: '/ws', interceptors: [new Recording(log), never] }],
    });
    await using client = await RawWebSocket.connect(server.port);
    client.write(requestText(server.port));
    await asked.opened;

    await clock.advance(699);
    expect(client.received).toBe('');
    await clock.advance(1);
    await client.closed;

    expect(client.response[0]).toBe('HTTP/1.1 503 Service Unavailable');
    expect(log.at(-1)).toBe('it after: the interceptors took longer than 700 ms');
    expect(server.application.stats().handshakes).toEqual({ waiting: 0, limitExceeded: 0, timeExceeded: 1 });
  });

  it('is cut off when it sends more than 64 KiB meanwhile', async () => {
    const asked = gate();
    await using server = await listenWith({
      beforeHandshake: () => {
        asked.open();
        return new Promise<boolean>(() => undefined);
      },
    });
    await using client = await RawWebSocket.connect(server.port);
    client.write(requestText(server.port));
    await asked.opened;

    client.write(Buffer.alloc(80 * 1024));

    await client.closed;
    expect(client.received).toBe('');
  });

  it('is refused with 503 when the application stops', async () => {
    const asked = gate();
    const decided = gate();
    await using server = await listenWith({
      async beforeHandshake() {
        asked.open();
        await decided.opened;
        return true;
      },
    });
    await using client = await RawWebSocket.connect(server.port);
    client.write(requestText(server.port));
    await asked.opened;

    await server.application.stop();
    decided.open();
    await client.closed;

    expect(client.response[0]).toBe('HTTP/1.1 503 Service Unavailable');
    expect(server.application.sessionCount).toBe(0);
  });

  it('counts among limits.sessions: a further one is refused with 503 before an interceptor is asked', async () => {
    const asked = gate();
    const decided = gate();
    let count = 0;
    await using server = await listen({
      limits: { sessions: 2 },
      endpoints: [
        {
          path: '/ws',
          interceptors: [
            {
              async beforeHandshake() {
                count += 1;
                if (count === 2) asked.open();
                if (count === 2) await decided.opened;
                return true;
              },
            },
          ],
        },
      ],
    });
    await using _connected = await RawWebSocket.upgrade(server.port);
    await using waiting = await RawWebSocket.connect(server.port);
    waiting.write(requestText(server.port));
    await asked.opened;

    const refused = await statusOf(server);

    expect(refused).toBe('HTTP/1.1 503 Service Unavailable');
    expect(count).toBe(2);
    expect(server.application.stats().handshakes).toMatchObject({ waiting: 1, limitExceeded: 1 });
    decided.open();
    await waiting.until('\r\n\r\n');
    expect(waiting.response[0]).toBe('HTTP/1.1 101 Switching Protocols');
  });

  it('makes room when it leaves', async () => {
    const asked = gate();
    const told = gate();
    let count = 0;
    const interceptor: HandshakeInterceptor = {
      async beforeHandshake() {
        count += 1;
        if (count > 1) return true;
        asked.open();
        return new Promise<boolean>(() => undefined);
      },
    };
    const first: HandshakeInterceptor = { beforeHandshake: () => true, afterHandshake: () => told.open() };
    await using server = await listen({
      limits: { sessions: 1 },
      endpoints: [{ path: '/ws', interceptors: [first, interceptor] }],
    });
    const leaving = await RawWebSocket.connect(server.port);
    leaving.write(requestText(server.port));
    await asked.opened;

    leaving.socket.destroy();
    await told.opened;

    expect(await statusOf(server)).toBe('HTTP/1.1 101 Switching Protocols');
  });

  it('leaves no timer behind when it is refused', async () => {
    const clock = new FakeClock();
    await using server = await listen({ clock, endpoints: [{ path: '/ws', interceptors: [REFUSING] }] });
    const before = clock.timerCount;

    const status = await statusOf(server);

    expect(status).toBe('HTTP/1.1 403 Forbidden');
    expect(clock.timerCount).toBe(before);
  });
});

describe('a session in memory', () => {
  it('begins with the attributes of its handshake', async () => {
    const seen: unknown[] = [];
    await using application = createApplication({
      authenticate: ({ session }) => {
        seen.push(session.attributes.get('tenant'));
        return undefined;
      },
    } satisfies ApplicationOptions);

    await connectMemory(application, { handshake: { attributes: new Map([['tenant', 'tea']]) } });

    expect(seen).toEqual(['tea']);
  });
});

describe('an endpoint', () => {
  it.each([
    [class Guard {}, 'give it an instance: new Guard()'],
    [{}, 'give it a HandshakeInterceptor'],
    [undefined, 'give it a HandshakeInterceptor'],
  ])('does not start with %p for an interceptor', (interceptor, cure) => {
    const interceptors = [interceptor as unknown as HandshakeInterceptor]; // what JavaScript may give

    expect(() => createApplication({ endpoints: [{ path: '/ws', interceptors }] })).toThrow(cure);
  });

  it.each([
    ['*', `write allowedOrigins: '*'`],
    ['*.example.org', `write a pattern such as 'https://*.example.org'`],
    ['*://example.org', `write a pattern such as 'https://*.example.org'`],
    ['https://*.example.org/', `write a pattern such as 'https://*.example.org'`],
  ])('does not start with the origin pattern %s', (pattern, cure) => {
    const endpoints = [{ path: '/ws', allowedOriginPatterns: [pattern] }];

    expect(() => createApplication({ endpoints })).toThrow(cure);
  });
});

const REFUSING: HandshakeInterceptor = { beforeHandshake: () => false };

function requestText(port: number): string {
  const lines = [
    'GET /ws HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Lets what is under way arrive. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  HTTP_SESSION_ID,
  HttpSessionHandshakeInterceptor,
  type HttpSessionHandshakeOptions,
} from '../../src/transport/http-session-handshake-interceptor.js';
import { listen } from './listening-application.js';
import { RawWebSocket } from './raw-web-socket.js';
import { WebSocketClient } from './web-socket-client.js';

/** As the sessions of express-session: the data are own properties beside `cookie`, the id is not enumerable. */
function httpSession(id: string, data: object): object {
  const session = { cookie: { maxAge: 1000 }, ...data };
  return Object.defineProperty(session, 'id', { value: id });
}

async function attributesOf(session: unknown, options?: HttpSessionHandshakeOptions): Promise<Map<string, unknown>> {
  const attributes = new Map<string, unknown>();
  const request = { session } as unknown as IncomingMessage; // all that is looked at
  const answer = await new HttpSessionHandshakeInterceptor(options).beforeHandshake(request, attributes);
  expect(answer).toBe(true);
  return attributes;
}

describe('the attributes copied of an HTTP session', () => {
  const session = httpSession('s-1', { user: 'alice', cart: ['tea'], draft: undefined });

  it('Spring A9: are all of its own, and its id', async () => {
    const attributes = await attributesOf(session);

    expect([...attributes]).toEqual([
      ['user', 'alice'],
      ['cart', ['tea']],
      [HTTP_SESSION_ID, 's-1'],
    ]);
  });

  it('Spring A9: are those named, when names are given', async () => {
    const attributes = await attributesOf(session, { attributeNames: ['user', 'missing', 'constructor'] });

    expect([...attributes.keys()]).toEqual(['user', HTTP_SESSION_ID]);
  });

  it('Spring A9: have no id when that is not wanted', async () => {
    const attributes = await attributesOf(session, { copySessionId: false });

    expect(attributes.has(HTTP_SESSION_ID)).toBe(false);
  });

  it.each([[undefined], [null], ['s-1']])(
    'are none, and the client is let in, when the session is %p',
    async (none) => {
      const attributes = await attributesOf(none);

      expect(attributes.size).toBe(0);
    },
  );
});

describe('the middleware that reads an HTTP session', () => {
  type Request = IncomingMessage & { session?: object };
  const sessions = new Map([['sid=7', httpSession('7', { user: 'alice' })]]);

  function middleware(request: Request, _response: ServerResponse, next: (error?: unknown) => void): void {
    const session = sessions.get(request.headers.cookie ?? '');
    if (session) request.session = session;
    setImmediate(next);
  }

  function listenWith(options: HttpSessionHandshakeOptions, users: unknown[] = []) {
    return listen({
      endpoints: [{ path: '/ws', interceptors: [new HttpSessionHandshakeInterceptor(options)] }],
      authenticate({ session }) {
        const user = session.attributes.get('user');
        users.push(user);
        return typeof user === 'string' ? { name: user } : undefined;
      },
    });
  }

  it('runs for upgrades, so that authentication finds the user of the HTTP session', async () => {
    const users: unknown[] = [];
    await using server = await listenWith({ middleware }, users);

    await using alice = await WebSocketClient.connect(server.url, '', { headers: { cookie: 'sid=7' } });
    await using nobody = await WebSocketClient.connect(server.url);

    expect(users).toEqual(['alice', undefined]);
    expect(alice.frames[0]?.headers['user-name']).toBe('alice');
    expect(nobody.frames[0]?.headers['user-name']).toBeUndefined();
  });

  it.each([
    ['answers the request itself', respond, '401 Unauthorized'],
    ['ends it without an error status', (_: Request, response: ServerResponse) => void response.end(), '403 Forbidden'],
    ['passes an error on', (_: Request, __: ServerResponse, next: (error: unknown) => void) => next('store is down'), '500 Internal Server Error'], // prettier-ignore
    ['throws', () => { throw new Error('store is down'); }, '500 Internal Server Error'], // prettier-ignore
    ['rejects', () => Promise.reject(new Error('store is down')), '500 Internal Server Error'],
  ])('refuses the client when it %s', async (_, failing, status) => {
    await using server = await listenWith({ middleware: failing });
    await using client = await RawWebSocket.upgrade(server.port);

    await client.closed;

    expect(client.response[0]).toBe(`HTTP/1.1 ${status}`);
    expect(client.received).not.toContain('store');
  });

  function respond(_request: Request, response: ServerResponse): void {
    response.statusCode = 401;
    response.end('no session');
  }
});

import { type IncomingMessage, ServerResponse } from 'node:http';
import type { HandshakeInterceptor, HandshakeRefusal } from './handshake-interceptor.js';

/** Where `HttpSessionHandshakeInterceptor` keeps the id of the HTTP session (Spring: `HTTP_SESSION_ID_ATTR_NAME`). */
export const HTTP_SESSION_ID = 'HTTP.SESSION.ID';

/** A function of Connect's shape, such as what `express-session` and `cookie-session` make. */
export type SessionMiddleware = (
  request: any, // each library extends the request in its own way
  response: any, // and the response
  next: (error?: unknown) => void,
) => unknown;

/** What is copied of an HTTP session. */
export interface HttpSessionHandshakeOptions {
  /** Reads the session into `request.session`: Express runs no middleware for upgrades. Default none, for sessions that are there already. */
  readonly middleware?: SessionMiddleware;
  /** Names to copy, those that the session has; default all of its own, the session's cookie left out. */
  readonly attributeNames?: readonly string[];
  /** Copies the session's id, under `HTTP_SESSION_ID`. Default true. */
  readonly copySessionId?: boolean;
}

/**
 * Copies an HTTP session into the attributes of the WebSocket session (Spring: `HttpSessionHandshakeInterceptor`). It reads `request.session`,
 * makes no session and requires none. The values are those of the moment: what HTTP requests change later, and that a session ends, is not seen.
 */
export class HttpSessionHandshakeInterceptor implements HandshakeInterceptor {
  readonly #options: HttpSessionHandshakeOptions;

  constructor(options: HttpSessionHandshakeOptions = {}) {
    this.#options = options;
  }

  async beforeHandshake(
    request: IncomingMessage,
    attributes: Map<string, unknown>,
  ): Promise<boolean | HandshakeRefusal> {
    const { middleware, attributeNames, copySessionId = true } = this.#options;
    const refusal = middleware && (await run(middleware, request));
    if (refusal) return refusal;
    const session = sessionOf(request);
    if (!session) return true;
    for (const name of attributeNames ?? Object.keys(session)) {
      const value: unknown = Object.hasOwn(session, name) ? Reflect.get(session, name) : undefined;
      if (value !== undefined && !(attributeNames === undefined && name === 'cookie')) attributes.set(name, value);
    }
    if (copySessionId && 'id' in session) attributes.set(HTTP_SESSION_ID, session.id);
    return true;
  }
}

function sessionOf(request: IncomingMessage): object | undefined {
  const session: unknown = 'session' in request ? request.session : undefined;
  return typeof session === 'object' && session !== null ? session : undefined;
}

/** Resolves when the middleware lets the request go on; with a refusal when it has answered it instead. Its errors reject. */
function run(middleware: SessionMiddleware, request: IncomingMessage): Promise<HandshakeRefusal | undefined> {
  return new Promise((resolve, reject) => {
    // Nobody reads it: an upgrade has no response of this kind, but middleware expects one to hang its hooks on.
    const response = new ServerResponse(request);
    response.end = () => {
      resolve({ status: response.statusCode >= 300 ? response.statusCode : 403 });
      return response;
    };
    const next = (error?: unknown): void => {
      if (error === undefined || error === null) resolve(undefined);
      else reject(error instanceof Error ? error : new Error('the session middleware failed', { cause: error }));
    };
    Promise.resolve(middleware(request, response, next)).catch(reject);
  });
}

import { type Awaitable, whenDone } from '../foundation/awaitable.js';
import type { ChannelInterceptor } from '../messaging/channel-interceptor.js';
import type { Message } from '../messaging/message.js';
import type { NativeHeaders } from '../messaging/native-headers.js';
import type { Principal, SessionContext } from '../messaging/session-context.js';

/** What a client says of itself when it connects. */
export interface ConnectRequest {
  /** The `login` header. */
  readonly login: string | undefined;
  /** The `passcode` header. Never log it; nothing behind authentication sees it. */
  readonly passcode: string | undefined;
  /** All headers of the CONNECT frame, such as `authorization`. */
  readonly headers: NativeHeaders;
  /** The session to be, with the HTTP request it began with (cookies, remote address). */
  readonly session: SessionContext;
}

/**
 * Answers who is connecting: a `Principal`, or `undefined` for an anonymous session. Throw an `AuthenticationError` to refuse;
 * the client then gets ERROR `AUTHENTICATION_FAILED` and no reason.
 */
export type Authenticate = (request: ConnectRequest) => Awaitable<Principal | undefined | null>;

/** Runs `authenticate` for every CONNECT on the inbound channel, sets the session's user and takes the passcode away. */
export class AuthenticationInterceptor implements ChannelInterceptor {
  readonly #authenticate: Authenticate;

  constructor(authenticate: Authenticate) {
    this.#authenticate = authenticate;
  }

  preSend(message: Message): Awaitable<Message> {
    const { session, headers } = message;
    if (message.type !== 'CONNECT' || !session) return message;
    const request = { login: headers.get('login'), passcode: headers.get('passcode'), headers, session };
    return whenDone(this.#authenticate(request), (principal) => {
      session.user = principal ?? undefined;
      return message.with({ headers: headers.without('passcode') });
    });
  }
}

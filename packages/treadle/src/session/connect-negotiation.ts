import {
  formatHeartBeat,
  type Frame,
  type HeartBeat,
  headerValue,
  negotiateHeartBeat,
  negotiateVersion,
  parseHeartBeat,
  STOMP_VERSIONS,
  type StompVersion,
} from '@treadle/stomp';
import { MessageRejectedError } from '../foundation/errors.js';
import type { SessionContext } from '../messaging/session-context.js';

/** `name/version` of the `server` header in CONNECTED (STOMP 1.2 § CONNECTED Frame). */
export const SERVER = 'treadle/0.1.0';

/** Our versions, as the `version` header of an ERROR lists them (STOMP 1.2 § Protocol Negotiation). */
export const SUPPORTED_VERSIONS = STOMP_VERSIONS.toReversed().join(',');

/** What a CONNECT frame settles. */
export interface ConnectTerms {
  readonly version: StompVersion;
  /** The client's `heart-beat` header. */
  readonly heartBeat: HeartBeat;
}

/**
 * Reads the first frame of a session (STOMP 1.2 § Connecting). Any `host` will do, and none.
 * @throws MessageRejectedError `NOT_CONNECTED`, `VERSION_UNSUPPORTED`
 * @throws StompProtocolError `STOMP_MALFORMED_HEART_BEAT`
 */
export function readConnect({ command, headers }: Frame): ConnectTerms {
  if (command !== 'CONNECT' && command !== 'STOMP') {
    throw new MessageRejectedError(`${command} came before CONNECT`, { code: 'NOT_CONNECTED' });
  }
  const acceptVersion = headerValue(headers, 'accept-version');
  const version = negotiateVersion(acceptVersion);
  if (version === undefined) {
    throw new MessageRejectedError(`accept-version is "${acceptVersion}"`, { code: 'VERSION_UNSUPPORTED' });
  }
  return { version, heartBeat: parseHeartBeat(headerValue(headers, 'heart-beat')) };
}

/**
 * What CONNECTED says of heart-beats: what holds for this client, which is the larger of both wishes, or nothing where one side has none. Both sides
 * would come to the same from our own numbers (STOMP 1.2 § Heart-beating), but there are clients that take the server's numbers as settled, go-stomp 3
 * for one, and give up when what was never promised to them does not come.
 */
export function heartBeatFor(peer: HeartBeat, own: HeartBeat): HeartBeat {
  const { sendEvery, expectEvery } = negotiateHeartBeat(own, peer);
  return { sends: sendEvery, expects: expectEvery };
}

/** The headers of CONNECTED, flat. */
export function connectedHeaders(session: SessionContext, version: StompVersion, heartBeat: HeartBeat): string[] {
  const headers = [
    'version',
    version,
    'heart-beat',
    formatHeartBeat(heartBeat),
    'session',
    session.id,
    'server',
    SERVER,
  ];
  const name = session.user?.name;
  // CONNECTED knows no escapes: a name with a line end cannot be told (STOMP 1.2 § Value Encoding).
  if (name !== undefined && !/[\r\n]/.test(name)) headers.push('user-name', name);
  return headers;
}

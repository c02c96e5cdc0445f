import type { NativeHeaders } from './native-headers.js';

/**
 * Headers with a meaning between one client and the server. Receivers must not get the sender's:
 * - `destination`, `message-id`, `subscription`, `ack`, `content-length` are the MESSAGE frame's own and written anew; a first one of
 *   the sender's would win over them (STOMP 1.2 § Repeated Header Entries);
 * - `receipt`, `receipt-id`, `transaction` belong to the sender's conversation (STOMP 1.2 § Standard Headers);
 * - `id`, `selector` are SUBSCRIBE's, which some clients put on every frame;
 * - `accept-version`, `heart-beat`, `host`, `session` are CONNECT's and CONNECTED's; `session` would say who sent it;
 * - `redelivered` is the broker's word, which a receiver must be able to believe.
 */
const PROTOCOL_HEADERS: ReadonlySet<string> = new Set([
  'destination',
  'message-id',
  'subscription',
  'ack',
  'content-length',
  'receipt',
  'receipt-id',
  'transaction',
  'id',
  'selector',
  'accept-version',
  'heart-beat',
  'host',
  'session',
  'redelivered',
]);

/** What proves who the sender is, however it is spelled: clients that must send it on CONNECT often send it always. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'login',
  'passcode',
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-csrf-token',
  'x-xsrf-token',
]);

/** The headers that all receivers of a message get: the user-defined ones and `content-type`, in order, with repeats and empty values. */
export function outgoingHeaders(headers: NativeHeaders): NativeHeaders {
  return headers.filter(isOutgoing);
}

/** Whether receivers of a message may get a header of this name from its sender. */
export function isOutgoing(name: string): boolean {
  if (name === 'content-type') return true; // nearly every message has this one and no other
  return !PROTOCOL_HEADERS.has(name) && !CREDENTIAL_HEADERS.has(name.toLowerCase());
}

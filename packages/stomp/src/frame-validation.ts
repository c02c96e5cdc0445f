import { StompProtocolError } from './errors.js';
import { type Command, type Frame, headerValue } from './frame.js';
import type { StompVersion } from './version.js';

type RequiredHeaders = Partial<Record<Command, readonly string[]>>;

const REQUIRED_IN_ALL: RequiredHeaders = {
  SEND: ['destination'],
  SUBSCRIBE: ['destination'],
  BEGIN: ['transaction'],
  COMMIT: ['transaction'],
  ABORT: ['transaction'],
  MESSAGE: ['destination', 'message-id'],
  RECEIPT: ['receipt-id'],
};

const REQUIRED: Record<StompVersion, RequiredHeaders> = {
  '1.0': { ...REQUIRED_IN_ALL, ACK: ['message-id'] },
  '1.1': {
    ...REQUIRED_IN_ALL,
    CONNECTED: ['version'],
    SUBSCRIBE: ['destination', 'id'],
    UNSUBSCRIBE: ['id'],
    ACK: ['message-id', 'subscription'],
    NACK: ['message-id', 'subscription'],
    MESSAGE: ['destination', 'message-id', 'subscription'],
  },
  '1.2': {
    ...REQUIRED_IN_ALL,
    CONNECTED: ['version'],
    SUBSCRIBE: ['destination', 'id'],
    UNSUBSCRIBE: ['id'],
    ACK: ['id'],
    NACK: ['id'],
    MESSAGE: ['destination', 'message-id', 'subscription'],
  },
};

/**
 * Checks a frame against the rules of the session's version: the headers its command requires (STOMP 1.2
 * § Client Frames, § Server Frames) and the ack mode. An empty value counts as given.
 *
 * CONNECT and STOMP require nothing here: without `accept-version` they mean 1.0, which needs no `host`.
 *
 * @throws StompProtocolError `STOMP_MISSING_HEADER`, `STOMP_UNKNOWN_ACK_MODE`; `STOMP_UNKNOWN_COMMAND` for NACK in 1.0.
 */
export function validateFrame(frame: Frame, version: StompVersion): void {
  for (const name of REQUIRED[version][frame.command] ?? []) {
    if (headerValue(frame.headers, name) === undefined) throw missingHeader(frame.command, name, version);
  }
  if (frame.command === 'SUBSCRIBE') validateAckMode(headerValue(frame.headers, 'ack'), version);
  if (version === '1.0') validate10(frame);
}

function validateAckMode(mode: string | undefined, version: StompVersion): void {
  if (mode === undefined || mode === 'auto' || mode === 'client') return;
  if (mode === 'client-individual' && version !== '1.0') return;
  const detail = `ack mode ${JSON.stringify(mode.slice(0, 32))} does not exist in STOMP ${version}`;
  throw new StompProtocolError('STOMP_UNKNOWN_ACK_MODE', detail);
}

function validate10(frame: Frame): void {
  if (frame.command === 'NACK') throw new StompProtocolError('STOMP_UNKNOWN_COMMAND', 'STOMP 1.0 has no NACK');
  if (frame.command !== 'UNSUBSCRIBE') return;
  const { headers } = frame;
  if (headerValue(headers, 'id') === undefined && headerValue(headers, 'destination') === undefined) {
    throw missingHeader('UNSUBSCRIBE', 'id or destination', '1.0');
  }
}

function missingHeader(command: Command, name: string, version: StompVersion): StompProtocolError {
  return new StompProtocolError('STOMP_MISSING_HEADER', `${command} requires ${name} in STOMP ${version}`);
}

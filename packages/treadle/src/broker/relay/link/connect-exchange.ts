import {
  EMPTY_BODY,
  formatHeartBeat,
  type Frame,
  type HeartBeat,
  headerValue,
  negotiateHeartBeat,
  parseHeartBeat,
  STOMP_VERSIONS,
  type StompVersion,
} from '@treadle/stomp';
import type { MessageRejectedError } from '../../../foundation/errors.js';
import type { BrokerCredentials } from '../relay-options.js';
import { brokerRefused, brokerUnavailable, errorLine } from './link-errors.js';

// RabbitMQ keeps no shorter interval, and which broker it is we know only from its answer.
const LEAST_HEART_BEAT_MS = 1_000;
// A passcode as short as this, or the same as the login, would be found in innocent words too.
const LEAST_HIDDEN_CHARACTERS = 4;

/** What a CONNECT is made of. */
export interface ConnectDetails {
  readonly credentials: BrokerCredentials;
  readonly virtualHost: string | undefined;
  /** Milliseconds; `0` for none. */
  readonly heartBeat: HeartBeat;
}

/** What the broker said of itself, and what was agreed on. */
export interface ConnectedDetails {
  readonly version: StompVersion;
  readonly server: string | undefined;
  /** As `negotiateHeartBeat` gives them. */
  readonly sendEvery: number;
  readonly expectEvery: number;
}

/**
 * CONNECT, offering every version: 1.0 is for old brokers, Spring leaves it out. `host` only when one is set: RabbitMQ takes it for a virtual host, and
 * without it takes its default, as Spring has it.
 *
 * @throws MessageRejectedError `BROKER_REFUSED` for credentials that CONNECT cannot express: it knows no escapes (STOMP 1.2 § Value Encoding)
 */
export function connectFrame({ credentials, virtualHost, heartBeat }: ConnectDetails): Frame {
  const { login, passcode } = credentials;
  if (/[\r\n\0]/.test(login + passcode)) throw brokerRefused('login or passcode hold a line end or NUL');
  const host = virtualHost === undefined ? [] : ['host', virtualHost];
  const headers = [
    'accept-version',
    STOMP_VERSIONS.toReversed().join(','),
    ...host,
    'login',
    login,
    'passcode',
    passcode,
  ];
  return {
    command: 'CONNECT',
    headers: [...headers, 'heart-beat', formatHeartBeat(offered(heartBeat))],
    body: EMPTY_BODY,
  };
}

/** Reads CONNECTED. @throws MessageRejectedError `BROKER_UNAVAILABLE` for one that makes no sense: it is no broker then that we could speak to */
export function readConnected({ headers }: Frame, address: string, heartBeat: HeartBeat): ConnectedDetails {
  const version = headerValue(headers, 'version') ?? '1.0'; // which had no such header
  const known = STOMP_VERSIONS.find((ours) => ours === version);
  if (!known) throw brokerUnavailable(`${address} speaks STOMP ${JSON.stringify(version.slice(0, 32))}`);
  const beats = negotiateHeartBeat(offered(heartBeat), peerHeartBeat(headerValue(headers, 'heart-beat'), address));
  return { version: known, server: headerValue(headers, 'server'), ...beats };
}

/** What an ERROR in place of CONNECTED means: a wrong login and an unknown virtual host alike. Its words are for the log. */
export function refusedConnect(
  frame: Frame,
  address: string,
  { login, passcode }: BrokerCredentials,
): MessageRejectedError {
  const said = errorLine(headerValue(frame.headers, 'message') ?? 'ERROR', Buffer.from(frame.body).toString());
  const isHidden = passcode.length >= LEAST_HIDDEN_CHARACTERS && passcode !== login;
  return brokerRefused(`${address} refused CONNECT: ${isHidden ? said.replaceAll(passcode, '***') : said}`);
}

function offered({ sends, expects }: HeartBeat): HeartBeat {
  return { sends: atLeast(sends), expects: atLeast(expects) };
}

function atLeast(milliseconds: number): number {
  return milliseconds === 0 ? 0 : Math.max(LEAST_HEART_BEAT_MS, Math.ceil(milliseconds));
}

function peerHeartBeat(header: string | undefined, address: string): HeartBeat {
  try {
    return parseHeartBeat(header);
  } catch (error) {
    throw brokerUnavailable(`${address} answered CONNECT with a malformed heart-beat`, { cause: error });
  }
}

import type { Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import type { Clock, Timer } from '../foundation/clock.js';
import { BYTE_STREAM_FRAMING } from './byte-stream-framing.js';
import type {
  CloseCode,
  Connection,
  ConnectionListener,
  FrameEncoding,
  Handshake,
  OutboundLimits,
} from './connection.js';
import { type FlushQueue, OutboundBuffer } from './outbound-buffer.js';

const CLOSE_TIME_MS = 5_000;
// What may still be under way when we close; whoever sends more is not waiting for our last words.
const MOST_LATE_OCTETS = 1024 * 1024;

// TCP knows no close codes: the likeness of an end without a code, and of an end without a word (RFC 6455 § 7.4.1).
const ENDED = 1005;
const BROKEN = 1006;

/** What a TCP connection is made of. */
export interface TcpConnectionOptions {
  /** Connected, TLS included. */
  readonly socket: Socket;
  readonly limits: OutboundLimits;
  readonly flushQueue: FlushQueue;
  readonly clock: Clock;
}

/**
 * A client over TCP, or TLS over TCP: STOMP's own transport, a stream of octets without framing.
 *
 * A client that ends its half of the connection (a pipe into `nc`, for instance) is over for the listener, which still may answer what it sent before,
 * and then closes.
 */
export class TcpConnection implements Connection {
  readonly transport: 'tcp' | 'tls';
  readonly handshake: Handshake;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #outbound: OutboundBuffer;
  #listener: ConnectionListener | undefined;
  #closeTimer: Timer | undefined;
  /** What we closed with. */
  #closing: { readonly code: number; readonly reason: string } | undefined;
  #isBroken = false;
  #lateOctets = 0;

  constructor(options: TcpConnectionOptions) {
    const { socket, limits, flushQueue, clock } = options;
    this.transport = socket instanceof TLSSocket ? 'tls' : 'tcp';
    this.handshake = handshakeOf(socket);
    this.#socket = socket;
    this.#clock = clock;
    this.#outbound = new OutboundBuffer({
      sink: socket,
      framing: BYTE_STREAM_FRAMING,
      limits,
      flushQueue,
      clock,
      onOverflow: (detail) => this.#listener?.onOverflow(detail),
    });
    socket.allowHalfOpen = true; // not before: a TLS handshake that breaks off is over
    socket.on('error', () => (this.#isBroken = true)); // `close` follows
    socket.once('close', () => this.#onClosed());
  }

  get isOpen(): boolean {
    return this.#closing === undefined && this.#socket.writable && !this.#outbound.isClosed;
  }

  open(listener: ConnectionListener): void {
    this.#listener = listener;
    this.#socket.on('data', (octets) => this.#receive(octets));
    this.#socket.once('end', () => this.#tellEnd(ENDED, ''));
  }

  send(head: Uint8Array, tail: Uint8Array | undefined, encoding: FrameEncoding): void {
    if (this.isOpen) this.#outbound.push(head, tail, encoding);
  }

  whenWritable(): Promise<void> | undefined {
    return this.isOpen ? this.#outbound.whenWritable() : undefined;
  }

  pause(): void {
    if (!this.#closing) this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /**
   * Writes what is queued, then ends our half. What the client still sends is read and dropped until it ends its own half: octets left unread
   * would make a reset of the end, and with it the client could lose our last frame (RFC 1122 § 4.2.2.13).
   */
  close(code: CloseCode, reason: string): void {
    if (!this.isOpen) return;
    this.#outbound.flush();
    this.#closing = { code, reason };
    this.#socket.end();
    this.#socket.resume();
    this.#closeTimer = this.#clock.setTimeout(() => this.terminate(), CLOSE_TIME_MS);
  }

  terminate(): void {
    this.#outbound.close();
    this.#socket.destroy();
  }

  #receive(octets: Uint8Array): void {
    if (!this.#closing) {
      this.#listener?.onOctets(octets);
      return;
    }
    this.#lateOctets += octets.length;
    if (this.#lateOctets > MOST_LATE_OCTETS) this.terminate();
  }

  #onClosed(): void {
    this.#outbound.close();
    this.#closeTimer?.cancel();
    // A line that breaks while the session does not want to read leaves octets behind that came before.
    if (this.#listener && this.#socket.readableLength > 0) this.#receive(this.#socket.read() as Buffer); // no encoding, no object mode
    this.#tellEnd(this.#isBroken ? BROKEN : ENDED, '');
  }

  /** Once. Of an end that we asked for, our own words. */
  #tellEnd(code: number, reason: string): void {
    const listener = this.#listener;
    this.#listener = undefined;
    const end = this.#closing ?? { code, reason };
    listener?.onClose(end.code, end.reason);
  }
}

function handshakeOf(socket: Socket): Handshake {
  const { localAddress = '', localPort = 0, remoteAddress } = socket;
  return {
    url: tcpUrl({ host: localAddress, port: localPort, isSecure: socket instanceof TLSSocket }),
    headers: {},
    remoteAddress,
    subProtocol: undefined,
    clientCertificate: verifiedCertificateOf(socket),
  };
}

/** One that nobody vouches for says nothing about who the client is. */
function verifiedCertificateOf(socket: Socket): PeerCertificate | undefined {
  return socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate() : undefined;
}

/** `stomp://127.0.0.1:61613`, over TLS `stomps://…`. */
export function tcpUrl(address: { readonly host: string; readonly port: number; readonly isSecure: boolean }): string {
  const { host, port, isSecure } = address;
  return `${isSecure ? 'stomps' : 'stomp'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

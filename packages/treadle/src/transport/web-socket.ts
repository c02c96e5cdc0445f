import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Clock } from '../foundation/clock.js';
import {
  CLOSE_CODES,
  type CloseCode,
  type Connection,
  type ConnectionFault,
  type ConnectionListener,
  type FrameEncoding,
  type Handshake,
  type OutboundLimits,
} from './connection.js';
import { CompressedOutbound } from './compressed-outbound.js';
import { type FlushQueue, OutboundBuffer } from './outbound-buffer.js';
import { WEB_SOCKET_FRAMING } from './web-socket-framing.js';

const CLOSE_TIME_MS = 5_000;
// What may still be under way when we close; whoever sends more is not waiting for our last words.
const MOST_LATE_OCTETS = 1024 * 1024;

/** What a WebSocket connection is made of. */
export interface WebSocketConnectionOptions {
  readonly webSocket: StompWebSocket;
  readonly socket: Duplex;
  readonly request: IncomingMessage;
  /** What handshake interceptors kept for the session. */
  readonly attributes?: ReadonlyMap<string, unknown> | undefined;
  readonly limits: OutboundLimits;
  readonly flushQueue: FlushQueue;
  readonly clock: Clock;
}

/**
 * A `ws` WebSocket that lets its owner speak before it closes because of what the peer sent (too big, not UTF-8, not WebSocket):
 * `ws` writes the close frame first and reports the error afterwards, too late for a STOMP ERROR frame.
 */
export class StompWebSocket extends WebSocket {
  /** Called once before `ws` closes on its own account. */
  beforeFault: ((code: number) => void) | undefined;

  override close(code?: number, data?: string | Buffer): void {
    const { beforeFault } = this;
    this.beforeFault = undefined;
    // `ws` gives a fault's code alone; the answer to the peer's close frame brings the peer's reason along, or no code.
    if (beforeFault && code !== undefined && data === undefined) beforeFault(code);
    super.close(code, data);
  }
}

/** A client over WebSocket (RFC 6455). Reads through `ws`; writes whole frames to the socket, unless the session is compressed. */
export class WebSocketConnection implements Connection {
  readonly transport = 'websocket';
  readonly handshake: Handshake;
  readonly #webSocket: StompWebSocket;
  readonly #clock: Clock;
  readonly #outbound: Pick<OutboundBuffer, 'push' | 'flush' | 'close' | 'isClosed' | 'whenWritable'>;
  #listener: ConnectionListener | undefined;
  /** We said that we close; a peer that leaves by itself is still heard to the end. */
  #isClosing = false;
  #lateOctets = 0;

  constructor(options: WebSocketConnectionOptions) {
    const { webSocket, request } = options;
    this.#webSocket = webSocket;
    this.#clock = options.clock;
    this.handshake = {
      url: request.url ?? '/',
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress,
      subProtocol: webSocket.protocol === '' ? undefined : webSocket.protocol,
      attributes: options.attributes,
    };
    webSocket.on('error', () => undefined); // told by `beforeFault`, and `close` follows
    const { limits, clock } = options;
    const onOverflow = (detail: string): void => this.#listener?.onOverflow(detail);
    // A compressed session must not bypass `ws`: each message belongs to the stream of its compressor (RFC 7692 § 7.2).
    this.#outbound = webSocket.extensions.includes('permessage-deflate')
      ? new CompressedOutbound({ webSocket, limits, clock, onOverflow })
      : new OutboundBuffer({
          sink: options.socket,
          framing: WEB_SOCKET_FRAMING,
          limits,
          flushQueue: options.flushQueue,
          clock,
          onOverflow,
        });
  }

  get isOpen(): boolean {
    return this.#webSocket.readyState === WebSocket.OPEN && !this.#outbound.isClosed;
  }

  open(listener: ConnectionListener): void {
    this.#listener = listener;
    const webSocket = this.#webSocket;
    // With the default binaryType `nodebuffer`, text and binary messages both come as one Buffer (ws § Event: 'message').
    webSocket.on('message', (data) => this.#receive(data as Buffer)); // see above
    webSocket.on('close', (code, reason) => {
      this.#outbound.close();
      this.#listener = undefined;
      listener.onClose(code, reason.toString());
    });
    webSocket.beforeFault = (code) => listener.onFault(faultOf(code));
  }

  send(head: Uint8Array, tail: Uint8Array | undefined, encoding: FrameEncoding): void {
    if (this.isOpen) this.#outbound.push(head, tail, encoding);
  }

  whenWritable(): Promise<void> | undefined {
    return this.isOpen ? this.#outbound.whenWritable() : undefined;
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  close(code: CloseCode, reason: string): void {
    if (!this.isOpen) return;
    this.#isClosing = true;
    this.#outbound.flush();
    this.#webSocket.beforeFault = undefined;
    this.#webSocket.close(code, reason);
    this.#webSocket.resume(); // a paused socket would never see the peer's close frame
    const timer = this.#clock.setTimeout(() => this.#webSocket.terminate(), CLOSE_TIME_MS);
    this.#webSocket.once('close', () => timer.cancel());
  }

  terminate(): void {
    this.#outbound.close();
    this.#webSocket.terminate();
  }

  #receive(octets: Buffer): void {
    if (!this.#isClosing) {
      this.#listener?.onOctets(octets);
      return;
    }
    this.#lateOctets += octets.length;
    if (this.#lateOctets > MOST_LATE_OCTETS) this.terminate();
  }
}

function faultOf(code: number): ConnectionFault {
  if (code === CLOSE_CODES.messageTooBig || code === CLOSE_CODES.policyViolation) return 'too big';
  return code === 1007 ? 'not UTF-8' : 'malformed';
}

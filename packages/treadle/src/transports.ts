import type { Server } from 'node:http';
import type { TlsOptions } from 'node:tls';
import type { Clock } from './foundation/clock.js';
import type { Logger } from './foundation/logger.js';
import type { LimitOptions } from './options.js';
import type { Connection } from './transport/connection.js';
import { FlushQueue } from './transport/outbound-buffer.js';
import { OwnServer } from './transport/own-server.js';
import type { HandshakeCounters } from './transport/handshake-counters.js';
import { type TcpListener, TcpTransport } from './transport/tcp-server.js';
import { type WebSocketEndpoint, WebSocketTransport } from './transport/web-socket-server.js';

// `ws` keeps this limit in 32 bits.
const MOST_MESSAGE_OCTETS = 2 ** 31 - 1;

/** Where an application listens. */
export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  /** What clients connect to: the first endpoint, `ws://127.0.0.1:8080/ws`, or over TCP `stomp://127.0.0.1:61613`, over TLS `stomps://…`. */
  readonly url: string;
}

/** What the transports need of their application. */
export interface TransportsOptions {
  readonly endpoints: readonly WebSocketEndpoint[];
  readonly limits: LimitOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handshakes: HandshakeCounters;
  /** Gets every new connection, not yet opened. */
  readonly onConnection: (connection: Connection) => void;
}

/** Everything that clients connect through: WebSocket endpoints on the application's servers and on those of others, and TCP. */
export class Transports {
  readonly #endpoints: readonly WebSocketEndpoint[];
  readonly #webSockets: WebSocketTransport;
  readonly #tcp: TcpTransport;
  readonly #logger: Logger;
  /** The HTTP servers made by `listen`. */
  readonly #servers: OwnServer[] = [];
  #serversClosed: Promise<unknown> | undefined;

  constructor(options: TransportsOptions) {
    this.#endpoints = options.endpoints;
    this.#logger = options.logger;
    const parts = { ...options, flushQueue: new FlushQueue() };
    this.#webSockets = new WebSocketTransport({ ...parts, maxMessageOctets: maxMessageOctets(options.limits) });
    this.#tcp = new TcpTransport(parts);
  }

  /** Where clients of TCP connect. */
  get tcpListeners(): readonly TcpListener[] {
    return this.#tcp.listeners;
  }

  /** As `Application.listen`. */
  async listen(port: number, host: string | undefined): Promise<ListeningAddress> {
    const server = new OwnServer(this.#webSockets, this.#logger);
    this.#servers.push(server);
    const { address, port: actualPort } = await server.listen(port, host);
    if (this.#serversClosed) await server.close();
    return webSocketAddress(address, actualPort, this.#endpoints[0]?.path ?? '/');
  }

  /** As `Application.listenTcp`. */
  listenTcp(port: number, host: string, tls: TlsOptions | undefined): Promise<TcpListener> {
    return this.#tcp.listen(port, host, tls);
  }

  /** As `Application.attach`. */
  attach(server: Server): void {
    this.#webSockets.attach(server);
  }

  /** Takes no more connections. */
  detach(): void {
    this.#webSockets.detach();
    this.#tcp.detach();
    this.#serversClosed = Promise.all(this.#servers.map((server) => server.close()));
  }

  /** Resolves when all connections have closed; those still there at `deadline` are cut off. */
  async closed(deadline: Promise<void>): Promise<void> {
    await Promise.all([this.#webSockets.closed(deadline), this.#tcp.closed(deadline)]);
  }

  /** Ends what is left on the application's own HTTP servers; resolves when they have closed. */
  async cutOff(): Promise<void> {
    for (const server of this.#servers) server.cutOff();
    await this.#serversClosed;
  }
}

/** One frame of the largest size allowed fits into one WebSocket message. */
function maxMessageOctets({ frameBodyOctets, frameHeaders, frameHeaderLineOctets }: LimitOptions): number {
  return Math.min(frameBodyOctets + frameHeaders * frameHeaderLineOctets, MOST_MESSAGE_OCTETS);
}

function webSocketAddress(address: string, port: number, path: string): ListeningAddress {
  const host = address === '::' || address === '0.0.0.0' ? 'localhost' : address;
  return { host, port, url: `ws://${host.includes(':') ? `[${host}]` : host}:${port}${path}` };
}

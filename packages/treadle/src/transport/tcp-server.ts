import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { TcpConnection, tcpUrl } from './tcp.js';
import type { TransportNeeds } from './transport-needs.js';

/** An address that clients of TCP can connect to. */
export interface TcpListener {
  /** The address itself: `0.0.0.0` for all of IPv4. */
  readonly host: string;
  readonly port: number;
  /** `stomp://127.0.0.1:61613`, over TLS `stomps://…`. */
  readonly url: string;
  readonly isSecure: boolean;
}

// A peer that vanished without a word is noticed even where no heart-beats were agreed on.
const KEEP_ALIVE_AFTER_MS = 60_000;

const SOCKET_OPTIONS = {
  noDelay: true, // the outbound buffer gathers small frames already
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
};

/** Takes STOMP clients over TCP and TLS, at any number of addresses. */
export class TcpTransport {
  readonly #options: TransportNeeds;
  readonly #servers = new Map<Server, TcpListener>();
  /** All that were accepted and have not ended, those included whose TLS handshake is in progress. */
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<TcpConnection>();
  #isDetached = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: TransportNeeds) {
    this.#options = options;
  }

  /** Where clients are taken now. */
  get listeners(): readonly TcpListener[] {
    return [...this.#servers.values()];
  }

  /**
   * Resolves when clients are taken. Rejects as Node's `server.listen` fails: `EADDRINUSE` …
   * @param port `0` for any free one
   * @param tls clients speak TLS from the first octet on; `undefined`: they do not
   */
  async listen(port: number, host: string, tls: TlsOptions | undefined): Promise<TcpListener> {
    const server = tls ? this.#createTlsServer(tls) : this.#createServer();
    const { address, port: actualPort } = await listening(server, port, host);
    server.on('error', (error) => this.#options.logger.error('a client could not be accepted', { error }));
    const at = { host: address, port: actualPort, isSecure: tls !== undefined };
    const listener = { ...at, url: tcpUrl({ ...at, host: isAnyAddress(address) ? 'localhost' : address }) };
    if (this.#isDetached) server.close();
    else this.#servers.set(server, listener);
    return listener;
  }

  /** Takes no more clients, from now on. */
  detach(): void {
    this.#isDetached = true;
    for (const server of this.#servers.keys()) server.close();
    this.#servers.clear();
  }

  /** Resolves when all connections have closed; those still there at `deadline`, and clients in their handshake, are cut off. */
  async closed(deadline: Promise<void>): Promise<void> {
    if (this.#connections.size > 0) {
      const empty = new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
      await Promise.race([empty, deadline]);
    }
    for (const connection of this.#connections) connection.terminate();
    for (const socket of this.#sockets) socket.destroy();
  }

  #createServer(): Server {
    // A client beyond the limit reads an ERROR frame, but no more of them at one time than there may be sessions.
    const most = 2 * this.#options.limits.sessions;
    return createServer(SOCKET_OPTIONS, (socket) => {
      if (this.#admit(socket, most)) this.#connect(socket);
    });
  }

  #createTlsServer(tls: TlsOptions): Server {
    const { limits, logger, handshakes } = this.#options;
    const server = createTlsServer({ handshakeTimeout: limits.handshakeTimeMs, ...tls, ...SOCKET_OPTIONS });
    // Before the handshake, which costs more than anything a session does; the client cannot be told why.
    server.on('connection', (socket: Socket) => this.#admit(socket, limits.sessions));
    server.on('secureConnection', (socket) => this.#connect(socket));
    server.on('tlsClientError', (error, socket) => {
      if ('code' in error && error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') handshakes.timeExceeded += 1;
      const { remoteAddress } = socket;
      logger.debug('a TLS handshake failed', { reason: error.message, remoteAddress });
      socket.destroy();
    });
    return server;
  }

  /** False when there is no room: the client is cut off. */
  #admit(socket: Socket, most: number): boolean {
    if (this.#sockets.size >= most) {
      this.#options.handshakes.limitExceeded += 1;
      this.#options.logger.debug('a client was cut off: there are too many', { remoteAddress: socket.remoteAddress });
      socket.on('error', () => undefined);
      socket.destroy();
      return false;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return true;
  }

  #connect(socket: Socket): void {
    const { limits, flushQueue, clock, onConnection } = this.#options;
    const connection = new TcpConnection({ socket, limits, flushQueue, clock });
    this.#connections.add(connection);
    socket.once('close', () => this.#forget(connection));
    onConnection(connection);
  }

  #forget(connection: TcpConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }
}

function listening(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo); // listening on TCP: never a string or null
    });
  });
}

function isAnyAddress(address: string): boolean {
  return address === '::' || address === '0.0.0.0';
}

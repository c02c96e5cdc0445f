import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Server as WsServer, WebSocketServer } from 'ws';
import { ConfigurationError } from '../foundation/errors.js';
import { type AllowedOrigins, chooseSubProtocol, isAllowedOrigin, pathOf } from './handshake.js';
import { HandshakeGate, type UpgradeRequest } from './handshake-gate.js';
import type { HandshakeInterceptor } from './handshake-interceptor.js';
import { refuse } from './http-refusal.js';
import type { TransportNeeds } from './transport-needs.js';
import { StompWebSocket, WebSocketConnection } from './web-socket.js';

/** One path that clients may upgrade at. */
export interface WebSocketEndpoint extends AllowedOrigins {
  readonly path: string;
  readonly compression: boolean;
  /** Asked in this order before the upgrade. */
  readonly interceptors: readonly HandshakeInterceptor[];
}

/** What the WebSocket transport needs of the application. */
export interface WebSocketTransportOptions extends TransportNeeds {
  readonly endpoints: readonly WebSocketEndpoint[];
  /** Largest WebSocket message taken, in octets. */
  readonly maxMessageOctets: number;
}

/** Listens to a server's upgrades; says what it answers, so that several applications on one server know of each other. */
interface UpgradeListener {
  (request: IncomingMessage, socket: Duplex, head: Buffer): void;
  readonly serves: (path: string) => boolean;
}

type StompWebSocketServer = WsServer<typeof StompWebSocket>;

interface ServedEndpoint {
  readonly endpoint: WebSocketEndpoint;
  readonly server: StompWebSocketServer;
}

/** Answers WebSocket upgrades at its endpoints' paths, on any number of HTTP servers. */
export class WebSocketTransport {
  readonly #options: WebSocketTransportOptions;
  readonly #endpoints = new Map<string, ServedEndpoint>();
  readonly #attached = new Map<Server, UpgradeListener>();
  readonly #connections = new Set<WebSocketConnection>();
  readonly #gate: HandshakeGate;
  #onEmpty: (() => void) | undefined;

  constructor(options: WebSocketTransportOptions) {
    this.#options = options;
    const { clock, logger, limits, handshakes } = options;
    this.#gate = new HandshakeGate({ clock, logger, handshakes, handshakeTimeMs: limits.handshakeTimeMs });
    for (const endpoint of options.endpoints) {
      this.#endpoints.set(endpoint.path, { endpoint, server: this.#createServer(endpoint) });
    }
  }

  /** True for the path of an endpoint. */
  serves(path: string): boolean {
    return this.#endpoints.has(path);
  }

  /**
   * Takes the upgrades of `server` from now on; other paths are left to its other listeners.
   * @throws ConfigurationError when another application serves one of the paths there already
   */
  attach(server: Server): void {
    if (this.#attached.has(server)) return;
    const others = server.listeners('upgrade').filter(isOurs);
    const taken = [...this.#endpoints.keys()].find((path) => others.some((other) => other.serves(path)));
    if (taken !== undefined) {
      throw new ConfigurationError(
        `Another application serves the endpoint "${taken}" on this HTTP server already; give one of them another path.`,
      );
    }
    const onUpgrade: UpgradeListener = Object.assign(
      (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        const path = pathOf(request);
        const endpoint = this.#endpoints.get(path);
        if (endpoint) this.#upgrade(endpoint, { request, socket, head });
        else if (mustRefuse(server, onUpgrade, path)) {
          refuse(socket, { status: 404, body: 'No WebSocket endpoint at this path.' });
        }
      },
      { serves: (path: string) => this.serves(path) },
    );
    this.#attached.set(server, onUpgrade);
    server.on('upgrade', onUpgrade);
  }

  /** Resolves when all connections have closed; those still there at `deadline` are cut off. */
  async closed(deadline: Promise<void>): Promise<void> {
    if (this.#connections.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    await Promise.race([empty, deadline]);
    for (const connection of this.#connections) connection.terminate();
  }

  /** Takes no more upgrades, and refuses those that wait for interceptors. */
  detach(): void {
    this.#gate.close();
    for (const [server, onUpgrade] of this.#attached) server.off('upgrade', onUpgrade);
    this.#attached.clear();
  }

  #upgrade(served: ServedEndpoint, upgrade: UpgradeRequest): void {
    const { endpoint, server } = served;
    if (!isAllowedOrigin(upgrade.request, endpoint)) {
      refuse(upgrade.socket, { status: 403, body: 'This origin is not allowed.' });
      return;
    }
    if (endpoint.interceptors.length === 0) {
      this.#connect(server, upgrade);
      return;
    }
    if (this.#gate.size + this.#connections.size >= this.#options.limits.sessions) {
      this.#options.handshakes.limitExceeded += 1;
      refuse(upgrade.socket, { status: 503, body: 'The server has no room for a further session.' });
      return;
    }
    void this.#gate.pass(upgrade, endpoint.interceptors, (head, attributes) =>
      this.#connect(server, { ...upgrade, head }, attributes),
    );
  }

  /** False when `ws` refused the request. */
  #connect(
    server: StompWebSocketServer,
    { request, socket, head }: UpgradeRequest,
    attributes?: ReadonlyMap<string, unknown>,
  ): boolean {
    let isConnected = false;
    const onSocketError = (): void => void socket.destroy();
    socket.on('error', onSocketError);
    // Calls back in the same turn or not at all: it verifies nothing asynchronously.
    server.handleUpgrade(request, socket, head, (webSocket) => {
      isConnected = true;
      socket.off('error', onSocketError); // `ws` listens from here on
      const { limits, flushQueue, clock, onConnection } = this.#options;
      const connection = new WebSocketConnection({ webSocket, socket, request, attributes, limits, flushQueue, clock });
      this.#connections.add(connection);
      webSocket.once('close', () => this.#forget(connection));
      onConnection(connection);
    });
    return isConnected;
  }

  #forget(connection: WebSocketConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  #createServer(endpoint: WebSocketEndpoint): StompWebSocketServer {
    return new WebSocketServer({
      noServer: true,
      clientTracking: false,
      WebSocket: StompWebSocket,
      maxPayload: this.#options.maxMessageOctets,
      perMessageDeflate: endpoint.compression,
      handleProtocols: (offered) => chooseSubProtocol(offered) ?? false,
    });
  }
}

type AnyListener = ReturnType<Server['listeners']>[number];

function isOurs(listener: AnyListener): listener is AnyListener & UpgradeListener {
  return 'serves' in listener;
}

/** Nobody else would answer: all listeners are ours, none serves the path, and this is the last of them. */
function mustRefuse(server: Server, listener: UpgradeListener, path: string): boolean {
  const all = server.listeners('upgrade');
  return all.at(-1) === listener && all.every((each) => isOurs(each) && !each.serves(path));
}

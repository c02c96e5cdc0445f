import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Command } from '@treadle/stomp';
import { type Direction, ProxiedConnection } from './proxied-connection.js';

const PATIENCE_MS = 10_000;

/**
 * A TCP proxy on 127.0.0.1 between a relay and a broker. It counts what passes, and does to connections what networks, load balancers and dying brokers do:
 * cuts them, also in the middle of a frame, holds octets back, takes no new ones.
 */
export class FaultProxy implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  /** The broker's address by way of it, with the same login. */
  readonly url: string;
  /** Connections that were ever made through it. */
  opened = 0;
  /** Connections that it turned away. */
  turnedAway = 0;
  readonly #server: Server;
  readonly #connections = new Set<ProxiedConnection>();
  readonly #counts = new Map<string, number>();
  readonly #held = new Set<Direction>();
  readonly #cuts: { readonly direction: Direction; readonly mark: string }[] = [];
  #isClosedToNew = false;
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server, broker: URL) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port; // it listens on TCP
    const { username, password } = broker;
    this.url = `${broker.protocol}//${username && `${username}:${password}@`}127.0.0.1:${this.port}`;
    server.on('connection', (socket) => this.#accept(socket, broker));
  }

  /** Listens on a free port. @param broker where connections go: `stomp://guest:guest@127.0.0.1:61613` */
  static async before(broker: string): Promise<FaultProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, new URL(broker));
  }

  /** Connections at this moment. */
  get connections(): number {
    return this.#connections.size;
  }

  /** How many frames with this command have passed, both ways together. */
  count(command: Command): number {
    return this.#counts.get(command) ?? 0;
  }

  /** Cuts every connection now, as a network does: RST, no farewell. */
  cutAll(): void {
    for (const connection of this.#connections) connection.cut();
  }

  /**
   * Cuts one connection in the middle of a frame: the first one by which octets with `mark` go this way, behind the mark. What comes before passes. The mark
   * has to lie within one chunk, as it does in small frames.
   */
  cutBehind(direction: Direction, mark: string): void {
    this.#cuts.push({ direction, mark });
  }

  /** Lets nothing pass this way any more, on any connection; it waits, and the sender feels that when the buffers of the sockets are full. */
  hold(direction: Direction): void {
    this.#held.add(direction);
    for (const connection of this.#connections) connection.pause(direction);
  }

  /** Lets pass again what `hold` held, and what follows. */
  release(direction: Direction): void {
    this.#held.delete(direction);
    for (const connection of this.#connections) connection.resume(direction);
  }

  /** Turns new connections away, as if nobody listened; those that are there stay. */
  closeToNew(): void {
    this.#isClosedToNew = true;
  }

  openToNew(): void {
    this.#isClosedToNew = false;
  }

  /** Resolves when the condition holds; looked at whenever something passes. @throws Error after 10 s */
  async until(condition: () => boolean, what: string): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    patience.addEventListener('abort', this.#onChange);
    while (!condition()) {
      if (patience.aborted) throw new Error(`between relay and broker there was not in time: ${what}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  readonly #onChange = (): void => {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resume of waiting) resume();
  };

  #accept(fromRelay: Socket, { hostname, port }: URL): void {
    if (this.#isClosedToNew) {
      this.turnedAway += 1;
      fromRelay.on('error', () => undefined);
      fromRelay.resetAndDestroy();
      this.#onChange();
      return;
    }
    this.opened += 1;
    const connection = new ProxiedConnection(fromRelay, connect(Number(port), hostname), {
      onFrame: ({ command }) => {
        this.#counts.set(command, this.count(command) + 1);
        this.#onChange();
      },
      onClose: () => {
        this.#connections.delete(connection);
        this.#onChange();
      },
      isHeld: (direction) => this.#held.has(direction),
      takeCut: (direction, chunk) => this.#takeCut(direction, chunk),
    });
    this.#connections.add(connection);
    for (const direction of this.#held) connection.pause(direction);
    this.#onChange();
  }

  /** How much of a chunk passes before its connection is cut; `undefined`: all of it, and it lives on. */
  #takeCut(direction: Direction, chunk: Buffer): number | undefined {
    const index = this.#cuts.findIndex((cut) => cut.direction === direction && chunk.includes(cut.mark));
    if (index < 0) return undefined;
    const [cut] = this.#cuts.splice(index, 1);
    return cut && chunk.indexOf(cut.mark) + Buffer.byteLength(cut.mark);
  }
}

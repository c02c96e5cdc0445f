import type { Duplex } from 'node:stream';

// A client waits for the answer to its upgrade before it speaks (RFC 6455 § 4.1); what hurries ahead is kept up to here.
const MOST_EARLY_OCTETS = 64 * 1024;

/**
 * The socket of an upgrade request that is not answered yet. It goes on being read, because a client that leaves is only seen at the end of
 * what it sent; those octets are kept for the WebSocket.
 */
export class WaitingUpgrade {
  /** Resolves with the reason when there is nobody to answer any more. */
  readonly gone: Promise<Error>;
  readonly #socket: Duplex;
  readonly #early: Buffer[];
  #earlyOctets = 0;
  #leave: (why: Error) => void = () => undefined;

  constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket;
    this.#early = [head];
    this.gone = new Promise((resolve) => {
      this.#leave = resolve;
    });
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onEnd);
    socket.on('error', this.#onError);
  }

  /** Gives the socket away together with what came early. Whoever takes it listens from here on, in the same turn. */
  release(): Buffer {
    const socket = this.#socket;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('close', this.#onEnd);
    socket.off('error', this.#onError);
    return Buffer.concat(this.#early);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#early.push(chunk);
    this.#earlyOctets += chunk.length;
    if (this.#earlyOctets > MOST_EARLY_OCTETS) {
      this.#socket.destroy();
      this.#leave(new Error('the client sent too much before its handshake was answered'));
    }
  };

  readonly #onEnd = (): void => {
    this.#socket.destroy();
    this.#leave(new Error('the client left before its handshake was answered'));
  };

  readonly #onError = (error: Error): void => {
    this.#socket.destroy();
    this.#leave(error);
  };
}

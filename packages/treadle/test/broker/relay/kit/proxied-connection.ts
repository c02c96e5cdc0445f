import type { Socket } from 'node:net';
import { type Frame, FrameDecoder } from '@treadle/stomp';

/** Which way octets go: from the relay to the broker, or back. */
export type Direction = 'to-broker' | 'to-relay';

const WITHOUT_LIMITS = { maxHeaders: 10_000, maxHeaderLineOctets: 1024 * 1024, maxBodyOctets: 1024 * 1024 * 1024 };

/** What a connection asks and tells its proxy. */
export interface ProxiedConnectionListener {
  onFrame(frame: Frame): void;
  onClose(): void;
  isHeld(direction: Direction): boolean;
  takeCut(direction: Direction, chunk: Buffer): number | undefined;
}

/** One connection of a relay, and the one to the broker that belongs to it. */
export class ProxiedConnection {
  readonly #fromRelay: Socket;
  readonly #toBroker: Socket;
  #isOver = false;
  readonly #listener: ProxiedConnectionListener;

  constructor(fromRelay: Socket, toBroker: Socket, listener: ProxiedConnectionListener) {
    this.#fromRelay = fromRelay.setNoDelay();
    this.#toBroker = toBroker.setNoDelay();
    this.#listener = listener;
    this.#forward('to-broker', fromRelay, toBroker);
    this.#forward('to-relay', toBroker, fromRelay);
  }

  cut(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#fromRelay.resetAndDestroy();
    this.#toBroker.resetAndDestroy();
    this.#listener.onClose();
  }

  pause(direction: Direction): void {
    this.#source(direction).pause();
  }

  resume(direction: Direction): void {
    this.#source(direction).resume();
  }

  #source(direction: Direction): Socket {
    return direction === 'to-broker' ? this.#fromRelay : this.#toBroker;
  }

  #forward(direction: Direction, from: Socket, to: Socket): void {
    const decoder = new FrameDecoder({
      accepts: 'any',
      limits: WITHOUT_LIMITS,
      onFrame: (frame) => this.#listener.onFrame(frame),
    });
    from.on('data', (chunk: Buffer) => {
      const passes = this.#listener.takeCut(direction, chunk);
      if (passes !== undefined) {
        this.#endBehind(chunk.subarray(0, passes), from, to);
        return;
      }
      if (!to.write(chunk)) this.#waitFor(to, from, direction);
      decoder.decode(chunk);
    });
    from.on('error', () => undefined); // `close` follows
    from.once('end', () => to.end());
    from.once('close', (hadError) => this.#sideClosed(hadError));
  }

  /** Who writes more than the other side takes is not read meanwhile: both feel each other's back-pressure. */
  #waitFor(slow: Socket, from: Socket, direction: Direction): void {
    from.pause();
    slow.once('drain', () => {
      if (!this.#listener.isHeld(direction)) from.resume();
    });
  }

  /** Lets this much arrive and then the end of the stream; the other side sees a reset. */
  #endBehind(last: Buffer, from: Socket, to: Socket): void {
    to.end(last);
    from.resetAndDestroy();
  }

  #sideClosed(hadError: boolean): void {
    if (this.#isOver) return;
    if (hadError || (this.#fromRelay.destroyed && this.#toBroker.destroyed)) this.cut();
  }
}

import type { Frame } from '@treadle/stomp';

// Below it the places of frames that were taken are not worth a copy.
const PLACES_TO_KEEP = 64;

/** The frames of a session that wait for their turn, first come first served. */
export class WaitingFrames {
  /** From `#next` on; the places before it are empty. */
  #frames: (Frame | undefined)[] = [];
  #next = 0;
  #octets = 0;

  get size(): number {
    return this.#frames.length - this.#next;
  }

  /** What they hold, as `octetsOf` counts. */
  get octets(): number {
    return this.#octets;
  }

  /** The one to be taken next. */
  get first(): Frame | undefined {
    return this.#frames[this.#next];
  }

  add(frame: Frame): void {
    this.#frames.push(frame);
    this.#octets += octetsOf(frame);
  }

  /** Takes the first one. */
  take(): Frame | undefined {
    const frame = this.first;
    if (!frame) return undefined;
    this.#frames[this.#next] = undefined; // what is handled must not be kept by those that wait
    this.#next += 1;
    this.#octets -= octetsOf(frame);
    this.#dropEmptyPlaces();
    return frame;
  }

  clear(): void {
    this.#frames = [];
    this.#next = 0;
    this.#octets = 0;
  }

  /** Half of the places at least are dropped at once, so that each frame is copied once at most on average. */
  #dropEmptyPlaces(): void {
    if (this.size === 0) return this.clear();
    if (this.#next <= PLACES_TO_KEEP || this.#next * 2 < this.#frames.length) return;
    this.#frames = this.#frames.slice(this.#next);
    this.#next = 0;
  }
}

/** What a frame holds, roughly: characters beyond ASCII count as one. */
export function octetsOf({ headers, body }: Frame): number {
  let octets = body.length;
  for (const text of headers) octets += text.length;
  return octets;
}

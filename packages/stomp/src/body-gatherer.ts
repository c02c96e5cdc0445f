import { UNKNOWN_LENGTH } from './content-length.js';
import { EMPTY_BODY } from './frame.js';

// Keeping a view pins the chunk it came in; below this size, copying is cheaper than that.
const CRUMB = 1024;
// The exact buffer is made when at least a quarter of the body is there, or when it is as small as this.
const SMALL_BODY = 4096;

/**
 * Collects a body that crosses chunks into one exact array. Each octet is copied once, only pieces under 1 KiB may be
 * copied twice; and never is more memory taken than a few times what has arrived, whatever length was announced.
 */
export class BodyGatherer {
  #expected = UNKNOWN_LENGTH;
  #length = 0;
  /** The body itself, once it is worth to make it. */
  #whole: Uint8Array | undefined;
  /** What came before that, in order. */
  #pieces: Uint8Array[] = [];
  #crumbs: Uint8Array = EMPTY_BODY;
  #crumbsLength = 0;
  #isDiscarding = false;

  /** Whether octets are counted, and not kept. */
  get isDiscarding(): boolean {
    return this.#isDiscarding;
  }

  /** Octets that have arrived. */
  get length(): number {
    return this.#length;
  }

  /** Prepares for the next body, of this length or {@link UNKNOWN_LENGTH}. */
  start(expected: number): void {
    this.#expected = expected;
    this.#length = 0;
    this.#isDiscarding = false;
  }

  /** Keeps nothing of this body, neither what has come nor what will. */
  discard(): void {
    this.#isDiscarding = true;
    this.#whole = undefined;
    this.#pieces = [];
    this.#crumbs = EMPTY_BODY;
    this.#crumbsLength = 0;
  }

  /** Adds a part of a chunk, `from` to `to`; the chunk's octets must not be changed until {@link take}. */
  add(chunk: Uint8Array, from: number, to: number): void {
    if (this.#isDiscarding) {
      this.#length += to - from;
      return;
    }
    const piece = chunk.subarray(from, to);
    if (this.#whole === undefined && this.#isWorthAllocating(piece.length)) this.#allocate();
    if (this.#whole === undefined) this.#keep(piece);
    else this.#whole.set(piece, this.#length);
    this.#length += piece.length;
  }

  /** The whole body; afterwards nothing is held. */
  take(): Uint8Array {
    this.#keepCrumbs();
    const body = this.#whole ?? join(this.#pieces, this.#length);
    this.#whole = undefined;
    this.#pieces = [];
    return body;
  }

  #isWorthAllocating(more: number): boolean {
    const length = this.#length + more;
    // A body whose first piece is all of it stays a view: only its NUL comes with the next chunk.
    if (more === this.#expected || this.#expected === UNKNOWN_LENGTH) return false;
    return this.#expected <= SMALL_BODY || this.#expected <= 4 * length;
  }

  #allocate(): void {
    this.#keepCrumbs();
    this.#whole = new Uint8Array(this.#expected);
    copyInto(this.#whole, this.#pieces);
    this.#pieces = [];
  }

  #keep(piece: Uint8Array): void {
    const isCrumb = piece.length < CRUMB;
    if (!isCrumb || piece.length > this.#crumbs.length - this.#crumbsLength) this.#keepCrumbs();
    if (!isCrumb) {
      this.#pieces.push(piece);
      return;
    }
    if (this.#crumbs.length === 0) this.#crumbs = new Uint8Array(CRUMB);
    this.#crumbs.set(piece, this.#crumbsLength);
    this.#crumbsLength += piece.length;
  }

  #keepCrumbs(): void {
    if (this.#crumbsLength > 0) this.#pieces.push(this.#crumbs.subarray(0, this.#crumbsLength));
    this.#crumbs = EMPTY_BODY;
    this.#crumbsLength = 0;
  }
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first = EMPTY_BODY] = pieces;
  if (pieces.length <= 1) return first;
  const whole = new Uint8Array(length);
  copyInto(whole, pieces);
  return whole;
}

function copyInto(whole: Uint8Array, pieces: readonly Uint8Array[]): void {
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
}

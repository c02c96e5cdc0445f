import type { Message } from '../../../messaging/message.js';
import type { HistoryPolicy } from '../policy/destination-policy.js';
import { keptOctetsOf } from '../policy/message-octets.js';

/** Who has not read all of a history yet. */
export interface HistoryReader {
  /** The oldest message is about to be gone, with the number it has. Nothing may be published meanwhile. */
  leaves(offset: number, published: Message): void;
}

interface Kept {
  readonly published: Message;
  readonly octets: number;
  /** As `Clock.now`. */
  readonly at: number;
}

/** Octets of a history whose policy says nothing of them. */
export const DEFAULT_HISTORY_OCTETS = 1024 * 1024;

/** Places at the front of the list that may be empty before it is copied without them. */
const MOST_EMPTY = 256;

/**
 * The newest messages of one destination, numbered from 1 on. Numbers are never used again; what was trimmed is gone. All operations take a
 * constant time on average, however much is kept.
 */
export class History {
  /** Names this history: numbers of another one say nothing here. */
  readonly epoch: string;
  readonly #messages: number;
  readonly #forMs: number;
  readonly #mostOctets: number;
  readonly #readers = new Set<HistoryReader>();
  #kept: (Kept | undefined)[] = [];
  /** Where the oldest one stands. */
  #head = 0;
  #firstOffset = 1;
  #octets = 0;

  constructor(
    epoch: string,
    { messages = Infinity, forMs = Infinity, octets = DEFAULT_HISTORY_OCTETS }: HistoryPolicy,
  ) {
    this.epoch = epoch;
    this.#messages = messages;
    this.#forMs = forMs;
    this.#mostOctets = octets;
  }

  /** The number of the oldest message that is kept, or of the next one when none is. */
  get firstOffset(): number {
    return this.#firstOffset;
  }

  /** The number of the next message. */
  get nextOffset(): number {
    return this.#firstOffset + this.size;
  }

  /** How many are kept. */
  get size(): number {
    return this.#kept.length - this.#head;
  }

  /** Whether what is kept gets too old. */
  get isTimed(): boolean {
    return this.#forMs < Infinity;
  }

  /** What all that is kept costs. */
  get octets(): number {
    return this.#octets;
  }

  /** Keeps the message that was given `nextOffset`. @param now as `Clock.now` */
  append(published: Message, now: number): void {
    const octets = keptOctetsOf(published);
    this.#kept.push({ published, octets, at: now });
    this.#octets += octets;
    this.trim(now);
  }

  /** The message of a number; `undefined` when it is gone or not there yet. */
  get(offset: number): Message | undefined {
    return this.#kept[this.#head + offset - this.#firstOffset]?.published;
  }

  /** Tells a reader of each message that leaves from now on. */
  addReader(reader: HistoryReader): void {
    this.#readers.add(reader);
  }

  deleteReader(reader: HistoryReader): void {
    this.#readers.delete(reader);
  }

  /** Lets go of what is too old or too much. @param now as `Clock.now` */
  trim(now: number): void {
    for (let oldest = this.#kept[this.#head]; oldest; oldest = this.#kept[this.#head]) {
      const isTooMuch = this.size > this.#messages || this.#octets > this.#mostOctets;
      if (!isTooMuch && now - oldest.at < this.#forMs) break;
      for (const reader of this.#readers) reader.leaves(this.#firstOffset, oldest.published);
      this.#octets -= oldest.octets;
      this.#kept[this.#head] = undefined; // the message must not stay in memory until the list is copied
      this.#head += 1;
      this.#firstOffset += 1;
    }
    if (this.#head <= MOST_EMPTY || this.#head < this.size) return;
    this.#kept = this.#kept.slice(this.#head);
    this.#head = 0;
  }
}

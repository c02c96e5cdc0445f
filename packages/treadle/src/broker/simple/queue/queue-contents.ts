import { OCTETS_PER_MESSAGE } from '../policy/message-octets.js';
import type { QueuedMessage } from './queued-message.js';
import type { QueueSettings } from './queue-settings.js';

/** What several queues hold together, and may hold. */
export interface HeldOctets {
  octets: number;
  readonly limit: number;
}

/** Counts what a queue holds, waiting or unacknowledged, and knows whether more goes in. */
export class QueueContents {
  readonly #settings: QueueSettings;
  readonly #total: HeldOctets;
  #messages = 0;
  #octets = 0;
  #waitingMessages = 0;
  #waitingOctets = 0;

  /** @param total what it shares with others */
  constructor(settings: QueueSettings, total: HeldOctets) {
    this.#settings = settings;
    this.#total = total;
  }

  get messages(): number {
    return this.#messages;
  }

  get octets(): number {
    return this.#octets;
  }

  get waitingMessages(): number {
    return this.#waitingMessages;
  }

  /** Of all queues that share the total. */
  get totalOctets(): number {
    return this.#total.octets;
  }

  /** A message has come. */
  add({ octets }: QueuedMessage): void {
    this.#messages += 1;
    this.#octets += octets;
    this.#total.octets += octets + OCTETS_PER_MESSAGE;
  }

  /** It is gone for good; it does not wait any more. */
  delete({ octets }: QueuedMessage): void {
    this.#messages -= 1;
    this.#octets -= octets;
    this.#total.octets -= octets + OCTETS_PER_MESSAGE;
  }

  /** One of them waits from now on. */
  wait({ octets }: QueuedMessage): void {
    this.#waitingMessages += 1;
    this.#waitingOctets += octets;
  }

  /** It waits no more. */
  leave({ octets }: QueuedMessage): void {
    this.#waitingMessages -= 1;
    this.#waitingOctets -= octets;
  }

  /** Whether a message goes in. */
  hasRoomFor({ octets }: QueuedMessage): boolean {
    return this.#fits(octets, 0, 0);
  }

  /** Whether it would if nothing waited. */
  hasRoomWithoutWaiting({ octets }: QueuedMessage): boolean {
    return this.#fits(octets, this.#waitingMessages, this.#waitingOctets);
  }

  /** @param goneMessages counted as gone, with their octets */
  #fits(octets: number, goneMessages: number, goneOctets: number): boolean {
    const { maxMessages, maxOctets } = this.#settings;
    if (this.#messages - goneMessages >= maxMessages || this.#octets - goneOctets + octets > maxOctets) return false;
    const freed = goneOctets + goneMessages * OCTETS_PER_MESSAGE;
    return this.#total.octets - freed + octets + OCTETS_PER_MESSAGE <= this.#total.limit;
  }
}

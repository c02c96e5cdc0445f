import type { Awaitable } from '../../foundation/awaitable.js';
import type { Clock, Timer } from '../../foundation/clock.js';
import { isError } from '../../foundation/error-text.js';
import { MessageRejectedError, TreadleError } from '../../foundation/errors.js';
import { ownOctets } from '../../foundation/own-octets.js';
import type { Message } from '../../messaging/message.js';
import { LinkedList, type ListPlace } from '../delivery/linked-list.js';
import type { Confirmations } from './confirmations.js';
import type { Dialect } from './dialect/dialect.js';
import type { BrokerLink, LinkFrame } from './link/broker-link.js';
import { type RelayedMessageParts, sendFrame } from './relayed-message.js';
import type { RelayCounters } from './relay-counters.js';
import type { RelaySettings } from './relay-settings.js';

/** What publishing over one connection works with. */
export interface PublishingParts extends RelayedMessageParts {
  readonly settings: Pick<
    RelaySettings,
    'unconfirmedMessages' | 'holdTimeMs' | 'heldMessages' | 'heldOctets' | 'brokerFrameBodyOctets'
  >;
  readonly counters: RelayCounters;
  readonly clock: Clock;
  /** The link of this moment. */
  readonly link: () => BrokerLink | undefined;
}

/** How a message is published. */
export interface PublishOptions {
  /** Whether it settles when the broker has the message; else when it is written. */
  readonly isConfirmed: boolean;
  /** Of its sender: it is unanswered until the broker has answered. */
  readonly confirmations: Confirmations;
  /** What is sent instead of the message, whose payload it has: a word of this server to others. It settles when the broker has it. */
  readonly frame?: ((dialect: Dialect) => LinkFrame) | undefined;
  /** Told of a failure behind a message that had settled when it was written. Default: nobody is. */
  readonly onLateFailure?: (error: unknown) => void;
}

/** A message that waits for the link, or for room on it. */
interface Held {
  readonly message: Message;
  readonly destination: string;
  readonly options: PublishOptions;
  readonly number: number;
  readonly octets: number;
  readonly timer: Timer;
  readonly resolve: (sent: Awaitable<void>) => void;
  readonly reject: (error: unknown) => void;
}

/** What a held message costs beside its payload. */
const OCTETS_PER_MESSAGE = 512;

/**
 * Sends messages over one connection, in the order they come, each with a receipt of its own. At most `unconfirmedMessages` are unanswered at one time, and none is
 * written to a broker that does not read: then they wait, as they do while the connection is away, for `holdTimeMs` and within `heldOctets` (beside a payload a message
 * counts 512); while it is away within `heldMessages`, too. What was written is never sent again.
 */
export class Publishing {
  readonly #parts: PublishingParts;
  readonly #held = new LinkedList<Held>();
  #heldOctets = 0;
  #unconfirmed = 0;
  #isWaitingForRoom = false;
  #end: Error | undefined;

  constructor(parts: PublishingParts) {
    this.#parts = parts;
  }

  /**
   * @param destination of the message, as the application knows it
   * @throws MessageRejectedError `DESTINATION_MESSAGE_TOO_LARGE`, `BROKER_UNAVAILABLE`, `BROKER_REFUSED`, `OUTCOME_UNKNOWN`, and those of the dialect; none ends the session by itself
   */
  publish(message: Message, destination: string, options: PublishOptions): Awaitable<void> {
    if (this.#end) return this.#refuse(this.#end);
    const { brokerFrameBodyOctets } = this.#parts.settings;
    if (message.payload.length > brokerFrameBodyOctets) {
      return this.#refuse(tooLarge(message.payload.length, brokerFrameBodyOctets));
    }
    const link = this.#held.size === 0 ? this.#linkWithRoom() : undefined;
    if (link) return this.#send(link, message, destination, options, options.confirmations.begin());
    if (this.#isFull(message)) return this.#refuse(unavailable(this.#whyFull));
    return this.#hold(message, destination, options);
  }

  /** The link is up: what waits goes on. */
  resume(): void {
    for (let first = this.#held.first; first; first = this.#held.first) {
      const link = this.#linkWithRoom();
      if (!link) return;
      this.#release(first);
      const { message, destination, options, number, resolve, reject } = first.value;
      try {
        resolve(this.#send(link, message, destination, options, number));
      } catch (error) {
        reject(error);
      }
    }
  }

  /** There will be no link any more: what waits and whatever comes fails with this. */
  end(error: Error): void {
    this.#end ??= error;
    for (let first = this.#held.first; first; first = this.#held.first) this.#fail(first, error);
  }

  /** A link with room for one more message; while there is none the rest is waited for. */
  #linkWithRoom(): BrokerLink | undefined {
    const { link: current, settings } = this.#parts;
    if (this.#unconfirmed >= settings.unconfirmedMessages) return undefined;
    const link = current();
    const writable = link?.whenWritable();
    if (!writable) return link;
    if (this.#isWaitingForRoom) return undefined;
    this.#isWaitingForRoom = true;
    void writable.then(() => {
      this.#isWaitingForRoom = false;
      this.resume();
    });
    return undefined;
  }

  #send(
    link: BrokerLink,
    message: Message,
    destination: string,
    { isConfirmed, confirmations, frame, onLateFailure }: PublishOptions,
    number: number,
  ): Awaitable<void> {
    let answered: Promise<void>;
    try {
      const { dialect } = link;
      answered = link.request(frame?.(dialect) ?? sendFrame(message, destination, { ...this.#parts, dialect }));
    } catch (error) {
      confirmations.end(number);
      return this.#refuse(error);
    }
    this.#unconfirmed += 1;
    const settled = answered.then(
      () => {
        confirmations.end(number);
        this.#answered();
      },
      (error: unknown) => {
        confirmations.fail(number);
        this.#answered();
        return this.#refuse(error);
      },
    );
    if (frame) return settled; // no message of the application, and not counted as one
    if (isConfirmed) return settled.then(() => void (this.#parts.counters.published += 1));
    settled.then(
      () => void (this.#parts.counters.published += 1),
      (error: unknown) => onLateFailure?.(error),
    );
    return undefined;
  }

  #answered(): void {
    this.#unconfirmed -= 1;
    if (this.#held.size > 0) this.resume();
  }

  #refuse(error: unknown): never {
    if (isError(error) && error instanceof TreadleError) this.#parts.counters.refused(error.code);
    throw error as Error; // whatever was thrown goes on as it is
  }

  #isFull({ payload }: Message): boolean {
    const { heldMessages, heldOctets } = this.#parts.settings;
    if (!this.#parts.link() && this.#held.size >= heldMessages) return true;
    return this.#held.size > 0 && this.#heldOctets + payload.length + OCTETS_PER_MESSAGE > heldOctets;
  }

  get #whyFull(): string {
    const { link, settings } = this.#parts;
    const mayNone = settings.heldMessages === 0 && !link();
    return mayNone ? 'the broker is away, and this may not wait for it' : 'too many messages wait for the broker';
  }

  #hold(message: Message, destination: string, options: PublishOptions): Promise<void> {
    const { clock, settings } = this.#parts;
    const payload = ownOctets(message.payload);
    return new Promise((resolve, reject) => {
      const octets = payload.length + OCTETS_PER_MESSAGE;
      const timer = clock.setTimeout(() => {
        this.#fail(place, unavailable(`the broker did not take a message within ${settings.holdTimeMs} ms`));
      }, settings.holdTimeMs);
      const held = { destination, options, number: options.confirmations.begin(), octets, timer, resolve, reject };
      this.#heldOctets += octets;
      const place = this.#held.add({
        ...held,
        message: payload === message.payload ? message : message.with({ payload }),
      });
    });
  }

  #release(place: ListPlace<Held>): void {
    this.#held.delete(place);
    this.#heldOctets -= place.value.octets;
    place.value.timer.cancel();
  }

  #fail(place: ListPlace<Held>, error: Error): void {
    this.#release(place);
    const { options, number, reject } = place.value;
    options.confirmations.end(number);
    if (error instanceof TreadleError) this.#parts.counters.refused(error.code);
    reject(error);
  }
}

/** No receiver would take it, on this server or another (`brokerFrameBodyOctets`). */
function tooLarge(octets: number, limit: number): MessageRejectedError {
  const detail = `a message has ${octets} octets, and no more than brokerFrameBodyOctets, which is ${limit}, are taken back from the broker`;
  return new MessageRejectedError(detail, { code: 'DESTINATION_MESSAGE_TOO_LARGE', endsSession: false });
}

/** What a message fails with for which there is no broker. */
export function unavailable(detail: string): MessageRejectedError {
  return new MessageRejectedError(detail, { code: 'BROKER_UNAVAILABLE', endsSession: false });
}

import type { ServerLink } from '../../broker/cluster/server-link.js';
import type { Awaitable } from '../../foundation/awaitable.js';
import type { Clock } from '../../foundation/clock.js';
import type { Logger } from '../../foundation/logger.js';
import { OccasionalWarning } from '../../foundation/occasional-warning.js';
import { Message } from '../../messaging/message.js';
import { NativeHeaders } from '../../messaging/native-headers.js';
import { outgoingHeaders } from '../../messaging/outgoing-headers.js';

/** A message to a user on its way between servers. */
export interface UserMessage {
  /** With the user destination as it was sent: `/user/bob/queue/news`. Nothing in it tells who sent it. */
  readonly message: Message & { readonly destination: string };
  /** Whether the name may be the id of a session, which the application may write to and no client of another. */
  readonly mayNameSession: boolean;
}

/** What messages between servers work with. */
export interface UserMessagesOptions {
  readonly link: ServerLink;
  /** The servers' registry, which says whether every user of the others is known; `undefined` when they have none. */
  readonly registry: { readonly isComplete: boolean } | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

const FORMAT_VERSION = 1;
const LINE_FEED = 10;

/**
 * Messages to users of other servers (Spring: `UserDestinationMessageHandler`, `broadcastDestination`). One word: a line of JSON that says what it is, then the
 * payload, octet by octet.
 */
export class UserMessages {
  readonly #options: UserMessagesOptions;
  readonly #malformed: OccasionalWarning;
  #off: (() => void) | undefined;

  constructor(options: UserMessagesOptions) {
    this.#options = options;
    this.#malformed = new OccasionalWarning(options.logger, options.clock, 'a message of another server is malformed');
  }

  /** Whether who is connected elsewhere is known, but for what happened this moment. */
  get knowsUsers(): boolean {
    return this.#options.registry?.isComplete ?? false;
  }

  /** Whether the others cannot be reached now, and what they told last is all that is known of their users. */
  get isCutOff(): boolean {
    return this.#options.registry !== undefined && !this.#options.link.isUp('user-destinations');
  }

  /** Gives the messages of other servers to `receive`, which must not fail, in their order. */
  start(receive: (received: UserMessage) => void): void {
    this.#off = this.#options.link.onBroadcast('user-destinations', ({ serverId, body }) => {
      let received: UserMessage | undefined;
      try {
        received = readUserMessage(body);
      } catch (error) {
        this.#malformed.tell({ serverId, error });
      }
      if (received) receive(received);
    });
  }

  stop(): void {
    this.#off?.();
  }

  /** Settles when the broker has taken it for all servers. @throws MessageRejectedError `BROKER_UNAVAILABLE`, `BROKER_REFUSED`, `OUTCOME_UNKNOWN` */
  send(sent: UserMessage): Awaitable<void> {
    return this.#options.link.broadcast('user-destinations', encodeUserMessage(sent));
  }
}

function encodeUserMessage({ message, mayNameSession }: UserMessage): Uint8Array {
  const { destination, payload } = message;
  const headers = outgoingHeaders(message.headers).list;
  const head = JSON.stringify({ v: FORMAT_VERSION, destination, headers, mayNameSession });
  return Buffer.concat([Buffer.from(`${head}\n`), payload]);
}

/** `undefined` for one in the format of a newer server. @throws Error for one that is malformed */
function readUserMessage(body: Uint8Array): UserMessage | undefined {
  const end = body.indexOf(LINE_FEED);
  if (end === -1) throw new Error('its head has no end');
  const head: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.subarray(0, end)));
  if (typeof head !== 'object' || head === null) throw new Error('its head is no object');
  const { v, destination, headers, mayNameSession } = head as Readonly<Record<string, unknown>>; // an object has text for keys
  if (v !== FORMAT_VERSION) return undefined;
  if (typeof destination !== 'string') throw new Error('it has no destination');
  if (!isHeaderList(headers)) throw new Error('its headers are no list of names and values');
  const message = new Message({
    type: 'MESSAGE',
    payload: body.subarray(end + 1),
    destination,
    headers: new NativeHeaders(headers),
  });
  return { message: message as UserMessage['message'], mayNameSession: mayNameSession === true }; // its destination was checked
}

function isHeaderList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length % 2 === 0 && value.every((each) => typeof each === 'string');
}

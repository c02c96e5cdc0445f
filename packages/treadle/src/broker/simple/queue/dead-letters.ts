import type { Clock } from '../../../foundation/clock.js';
import type { Logger } from '../../../foundation/logger.js';
import { Message } from '../../../messaging/message.js';
import { NativeHeaders } from '../../../messaging/native-headers.js';
import { expiresHeader } from '../policy/message-expiry.js';
import type { MessageIds } from '../../delivery/message-ids.js';
import type { QueueSettings } from './queue-settings.js';
import type { QueuedMessage } from './queued-message.js';

/** What dead letters are made with. */
export interface DeadLettersParts {
  readonly ids: MessageIds;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a dead letter says of itself, beside the headers of the message that it was. */
const OWN_HEADERS: readonly string[] = ['original-destination', 'delivery-count', 'dead-letter-reason'];
/** Milliseconds between two lines of the log about letters that were dropped. */
const WARNING_INTERVAL_MS = 10_000;

/** Makes dead letters of messages that failed too often. */
export class DeadLetters {
  readonly #parts: DeadLettersParts;
  #dropped = 0;
  #warnedAt = -Infinity;

  constructor(parts: DeadLettersParts) {
    this.#parts = parts;
  }

  /**
   * The message for the dead letters. It expires only if the policy of their own destination says so.
   * @param destination where they go
   */
  create(
    { published, failedDeliveries }: QueuedMessage,
    destination: string,
    { expiresAfterMs }: QueueSettings,
  ): Message {
    const { headers, payload } = published;
    const kept = headers.without(...OWN_HEADERS, 'expires');
    const own = [published.destination ?? '', String(failedDeliveries), 'delivery-limit'];
    const list = OWN_HEADERS.flatMap((name, index) => [name, own[index] ?? '']);
    if (expiresAfterMs !== undefined) {
      list.push('expires', expiresHeader({ expiresAfterMs }, this.#parts.clock.wallTime()));
    }
    return new Message({
      type: 'MESSAGE',
      payload,
      destination,
      headers: new NativeHeaders([...kept.list, ...list]),
      id: this.#parts.ids.create(),
      senderId: published.senderId,
    });
  }

  /** The oldest letter had to make room for a new one, or a letter could not be stored. @param error why not */
  dropped(destination: string, error?: unknown): void {
    this.#dropped += 1;
    const now = this.#parts.clock.now();
    if (now - this.#warnedAt < WARNING_INTERVAL_MS) return;
    this.#parts.logger.warn('dead letters were dropped: their queue is full', {
      destination,
      dropped: this.#dropped,
      ...(error !== undefined && { error }),
    });
    this.#warnedAt = now;
    this.#dropped = 0;
  }
}

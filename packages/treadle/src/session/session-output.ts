import { type Frame, HEART_BEAT, type StompVersion } from '@treadle/stomp';
import type { Message } from '../messaging/message.js';
import type { Connection } from '../transport/connection.js';
import { SUPPORTED_VERSIONS } from './connect-negotiation.js';
import { encodeConnected, encodeDelivery, encodeError, encodeReceipt } from './frame-mapping.js';
import type { SessionEnvironment } from './session-environment.js';
import type { SessionFailure } from './session-failure.js';
import type { SessionSubscription } from './session-subscriptions.js';

/** Writes the frames of the server to one client, in the client's version of STOMP, and counts them. */
export class SessionOutput {
  // Before CONNECT the newest version is assumed: its ERROR frames are readable for all.
  version: StompVersion = '1.2';
  readonly #connection: Connection;
  readonly #environment: Pick<SessionEnvironment, 'encoder' | 'counters'>;

  constructor(connection: Connection, environment: Pick<SessionEnvironment, 'encoder' | 'counters'>) {
    this.#connection = connection;
    this.#environment = environment;
  }

  heartBeat(): void {
    this.#connection.send(HEART_BEAT, undefined, 'text');
  }

  /** @param subscription whom it is delivered to */
  message(subscription: SessionSubscription, message: Message): void {
    const { encoder, counters } = this.#environment;
    const hasOwnStart = message.delivery !== undefined || subscription.isAcknowledged;
    const start = hasOwnStart ? this.#startOf(subscription, message) : subscription.start;
    const { octets, encoding } = encoder.encode(message, this.version);
    counters.frames.MESSAGE += 1;
    this.#connection.send(start, octets, encoding);
  }

  /** Where a message is to be acknowledged it names what by, be it that nobody waits for it (STOMP 1.2 § MESSAGE, `AnswerIds`). */
  #startOf({ name, isAcknowledged }: SessionSubscription, { id, delivery }: Message): Uint8Array {
    const ackId = delivery?.ackId ?? (isAcknowledged ? id : undefined);
    return encodeDelivery(name, { ackId, headers: delivery?.headers }, this.version);
  }

  connected(headers: readonly string[]): void {
    this.#environment.counters.frames.CONNECTED += 1;
    this.#connection.send(encodeConnected(headers, this.version), undefined, 'text');
  }

  /**
   * @param id what the client asked with
   * @param further headers beside it, flat
   */
  receipt(id: string, further: readonly string[] = []): void {
    this.#environment.counters.frames.RECEIPT += 1;
    this.#connection.send(encodeReceipt(id, further, this.version), undefined, 'text');
  }

  /** @param frame what it is about, if it is about a frame */
  error(failure: SessionFailure, frame: Frame | undefined): void {
    this.#environment.counters.frames.ERROR += 1;
    const headers = failure.code === 'VERSION_UNSUPPORTED' ? ['version', SUPPORTED_VERSIONS] : [];
    this.#connection.send(encodeError({ ...failure, frame, headers }, this.version), undefined, 'text');
  }
}

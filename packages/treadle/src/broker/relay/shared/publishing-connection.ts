import { type Awaitable, rethrow, whenSettled } from '../../../foundation/awaitable.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { Confirmations } from '../confirmations.js';
import { hasCode } from '../link/link-errors.js';
import { Publishing } from '../publishing.js';
import { type SharedConnectionParts, SharedLink } from './shared-link.js';

/** A session that publishes over a shared connection. */
export interface SharedSender {
  readonly session: SessionContext;
  readonly confirmations: Confirmations;
  /** Told of the failure of a message whose sender waited for it no longer. */
  failedLate(error: unknown, destination: string): void;
}

/**
 * One of the connections over which many clients send. With `onBrokerLoss: 'close'` its loss ends those who had something unanswered here, unless the broker ended it
 * with an ERROR: then what was unanswered fails alone, and who sent it is suspect.
 */
export class PublishingConnection {
  readonly link: SharedLink;
  readonly #parts: SharedConnectionParts;
  readonly #publishing: Publishing;

  /** @param name for logs */
  constructor(name: string, parts: SharedConnectionParts) {
    this.#parts = parts;
    this.link = new SharedLink(name, parts, {
      onUp: () => this.#publishing.resume(),
      onDown: () => undefined,
    });
    const { clock } = parts.context;
    this.#publishing = new Publishing({ ...parts, clock, link: () => this.link.lasting.link });
  }

  /** Resolves when nothing is open any more. */
  async stop(): Promise<void> {
    this.#publishing.end(new MessageRejectedError('the server stops', { code: 'SERVER_STOPPING' }));
    await this.link.lasting.stop();
  }

  /**
   * Sends a message of a session. Settles when it is written, or when the broker has it.
   * @throws MessageRejectedError as `Publishing.publish`, and as `SharedLink.whenUp`
   */
  publish(message: Message, destination: string, sender: SharedSender, isConfirmed: boolean): Awaitable<void> {
    this.link.requireHope();
    const options = {
      isConfirmed,
      confirmations: sender.confirmations,
      onLateFailure: (error: unknown) => this.#failedLate(error, destination, sender),
    };
    return whenSettled(
      () => this.#publishing.publish(message, destination, options),
      (error) => {
        this.#suspect(error, destination, sender);
        this.link.endIfLost(sender.session, error);
        rethrow(error);
      },
    );
  }

  #failedLate(error: unknown, destination: string, sender: SharedSender): void {
    this.#suspect(error, destination, sender);
    if (!this.link.endIfLost(sender.session, error)) sender.failedLate(error, destination);
  }

  /** A message without an answer, though the broker has complained or the connection lives, may be what it complains of. */
  #suspect(error: unknown, destination: string, { session }: SharedSender): void {
    if (!hasCode(error, 'OUTCOME_UNKNOWN') || !(this.link.hasErred || this.link.isUp)) return;
    this.#parts.suspects.add(session);
    this.#parts.suspects.addDestination(destination);
  }
}

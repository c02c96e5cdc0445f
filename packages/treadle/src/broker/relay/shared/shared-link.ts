import type { Awaitable } from '../../../foundation/awaitable.js';
import { textOf } from '../../../foundation/error-text.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { Dialect } from '../dialect/dialect.js';
import type { LastingLink } from '../link/lasting-link.js';
import { hasCode } from '../link/link-errors.js';
import { createRelayLink, type RelayParts } from '../relay-parts.js';
import type { LossNotices } from './loss-notices.js';
import type { Suspects } from './suspects.js';

/** A connection that is lost this soon after an ERROR, in milliseconds, was ended by the broker because of it. */
const ERROR_ENDS_WITHIN_MS = 5000;

/** How long after a loss whatever comes waits for the connection to come back, in milliseconds; then only if the broker is there. */
const GRACE_MS = 2000;

/** What all shared connections have in common. */
export interface SharedConnectionParts extends RelayParts {
  readonly notices: LossNotices;
  readonly suspects: Suspects;
  /** Whether there is no broker at present, and no need to wait for it. */
  readonly isBrokerAway: () => boolean;
}

/** What a shared connection does when its link comes and goes. */
export interface SharedLinkListener {
  onUp(): void;
  onDown(reason: Error): void;
}

/**
 * The link of one shared connection, and whom its loss ends. With `onBrokerLoss: 'close'` that is whoever had something on it. But a link that the broker ended with an
 * ERROR is some session's doing, and the others are not to suffer for it: they wait for its return, for `holdTimeMs` at most.
 */
export class SharedLink {
  readonly lasting: LastingLink;
  readonly #parts: SharedConnectionParts;
  #erredAt = -Infinity;
  /** Until then whatever comes waits for it, though there may be no broker. */
  #hopeUntil = -Infinity;

  /** @param name for logs */
  constructor(name: string, parts: SharedConnectionParts, listener: SharedLinkListener) {
    const { clock } = parts.context;
    this.#parts = parts;
    this.lasting = createRelayLink(parts, {
      name,
      credentials: () => parts.settings.client,
      reconnects: 'always',
      listener: {
        onUp: () => {
          this.#erredAt = -Infinity;
          listener.onUp();
        },
        onDown: (reason) => {
          this.#hopeUntil = clock.now() + (this.hasErred ? parts.settings.holdTimeMs : GRACE_MS);
          listener.onDown(reason);
        },
        onEnd: () => undefined,
        onError: () => void (this.#erredAt = clock.now()),
      },
    });
  }

  get isUp(): boolean {
    return this.lasting.link !== undefined;
  }

  /** Of the broker that it was connected to last; `undefined` before the first. */
  get dialect(): Dialect | undefined {
    return this.lasting.dialect;
  }

  /** Whether a loss at this moment is, or would be, the broker's answer to something. */
  get hasErred(): boolean {
    return this.#parts.context.clock.now() - this.#erredAt <= ERROR_ENDS_WITHIN_MS;
  }

  /** Begins to connect, for ever. */
  start(): void {
    this.lasting.start().catch(() => undefined); // stopped before it was up
  }

  /**
   * Settles when it is up.
   * @param timeMs how long to wait; default `holdTimeMs`
   * @throws MessageRejectedError `BROKER_UNAVAILABLE`: at once, and for the session as a whole, when the broker is away and sessions do not stay
   */
  whenUp(timeMs?: number): Awaitable<void> {
    if (this.isUp) return;
    this.requireHope();
    return this.lasting.whenUp(timeMs).then(() => undefined);
  }

  /** One that is away alone, or was lost just now, is waited for, whatever becomes of sessions later. @throws MessageRejectedError as `whenUp`, at once */
  requireHope(): void {
    if (this.isUp || this.lasting.isRestoring || this.#parts.settings.onBrokerLoss === 'hold') return;
    if (!this.#parts.isBrokerAway() || this.#parts.context.clock.now() <= this.#hopeUntil) return;
    throw new MessageRejectedError('the broker is away', { code: 'BROKER_UNAVAILABLE' });
  }

  /** Ends a session whose frame failed because of a loss that ends sessions. @returns whether it did */
  endIfLost(session: SessionContext, error: unknown): boolean {
    if (this.#parts.settings.onBrokerLoss === 'hold' || this.isUp || this.hasErred) return false;
    if (!hasCode(error, 'OUTCOME_UNKNOWN') && !hasCode(error, 'BROKER_UNAVAILABLE')) return false;
    endBehindItsFrames(session, `a frame could not be brought to the broker: ${textOf(error)}`);
    return true;
  }
}

/** A frame that asked for a receipt, and is unanswered, says more to its client than that the broker is gone. */
export function endBehindItsFrames(session: SessionContext, detail: string): void {
  setImmediate(() => session.fail('BROKER_UNAVAILABLE', detail));
}

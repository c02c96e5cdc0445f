import { type Awaitable, rethrow, whenSettled } from '../../../foundation/awaitable.js';
import type { Timer } from '../../../foundation/clock.js';
import { textOf } from '../../../foundation/error-text.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { Subscription } from '../../delivery/subscription.js';
import type { Confirmations } from '../confirmations.js';
import type { Dialect } from '../dialect/dialect.js';
import type { LastingLink } from '../link/lasting-link.js';
import { hasCode } from '../link/link-errors.js';
import { Publishing } from '../publishing.js';
import { receivedMessage } from '../relayed-message.js';
import { createRelayLink, type RelayParts } from '../relay-parts.js';
import type { LossNotices } from './loss-notices.js';
import { SharedSubscriptions } from './shared-subscriptions.js';
import type { SuspectDestinations } from './suspect-destinations.js';

/** A connection that is lost this soon after an ERROR, in milliseconds, was ended by the broker because of it. */
const ERROR_ENDS_WITHIN_MS = 5000;

/** How long after a loss whatever comes waits for the connection to come back, in milliseconds; then only if the broker is there. */
const GRACE_MS = 2000;

/** What all shared connections have in common. */
export interface SharedConnectionParts extends RelayParts {
  readonly notices: LossNotices;
  readonly suspects: SuspectDestinations;
  /** Whether there is no broker at present, and no need to wait for it. */
  readonly isBrokerAway: () => boolean;
}

/** A session that publishes over a shared connection. */
export interface SharedSender {
  readonly session: SessionContext;
  readonly confirmations: Confirmations;
  /** Told of the failure of a message whose sender waited for it no longer. */
  failedLate(error: unknown, destination: string): void;
}

/**
 * One of the connections that carry many clients: their topic subscriptions, one at the broker for each destination, and what they send.
 *
 * **Loss.** With `onBrokerLoss: 'close'` the sessions that listened or had something unanswered here end. But a connection that the broker ended with an ERROR is some
 * session's doing, and the others are not to suffer for it: their subscriptions come back as with `'hold'`, and only if that takes longer than `holdTimeMs`
 * they end. What may have been the cause has failed: a SUBSCRIBE, of which one at a time is unanswered, or a SEND, whose destination is suspect from then on.
 */
export class SharedConnection {
  readonly #parts: SharedConnectionParts;
  readonly #link: LastingLink;
  readonly #publishing: Publishing;
  readonly #subscriptions: SharedSubscriptions;
  /** Those who lost something and know it, until it is back. */
  #affected: ReadonlySet<SessionContext> = new Set();
  #erredAt = -Infinity;
  #lostAt = -Infinity;
  /** Runs while it is away because of an ERROR, and the innocent wait for it. */
  #patience: Timer | undefined;

  /** @param name for logs */
  constructor(name: string, parts: SharedConnectionParts) {
    const { clock } = parts.context;
    this.#parts = parts;
    this.#link = createRelayLink(parts, {
      name,
      credentials: () => parts.settings.client,
      reconnects: 'always',
      oneSubscribeAtATime: true,
      listener: {
        onUp: () => this.#up(),
        onDown: (reason) => this.#down(reason),
        onEnd: () => undefined,
        onError: () => this.#noteError(),
      },
    });
    this.#publishing = new Publishing({ ...parts, clock, link: () => this.#link.link });
    this.#subscriptions = new SharedSubscriptions({
      link: this.#link,
      clock,
      deliveries: parts.deliveries,
      ids: parts.ids,
      read: (message, destination, dialect) =>
        receivedMessage(message, { dialect, destination, senders: parts.senders }),
    });
  }

  /** Of the broker that it was connected to last; `undefined` before the first. */
  get dialect(): Dialect | undefined {
    return this.#link.dialect;
  }

  /** Begins to connect, for ever. */
  start(): void {
    this.#link.start().catch(() => undefined); // stopped before it was up
  }

  /** Resolves when nothing is open any more. */
  async stop(): Promise<void> {
    this.#patience?.cancel();
    this.#subscriptions.endIdle();
    this.#publishing.end(new MessageRejectedError('the server stops', { code: 'SERVER_STOPPING' }));
    await this.#link.stop();
  }

  /**
   * Settles when it is up.
   * @param timeMs how long to wait; default `holdTimeMs`
   * @throws MessageRejectedError `BROKER_UNAVAILABLE`: at once, and for the session as a whole, when the broker is away and sessions do not stay
   */
  whenUp(timeMs?: number): Awaitable<void> {
    if (this.#link.link) return;
    this.#requireHope();
    return this.#link.whenUp(timeMs).then(() => undefined);
  }

  /** Adds a listener to its destination. Settles, and fails, as `SharedSubscription.join`. */
  listen(listener: Subscription): Awaitable<void> {
    this.#requireHope();
    return whenSettled(
      () => this.#subscriptions.join(listener),
      (error) => {
        this.#endIfLost(listener.session, error);
        rethrow(error);
      },
    );
  }

  /** Takes a listener away; does nothing when it is not one. */
  leave(listener: Subscription): void {
    this.#subscriptions.leave(listener);
  }

  /**
   * Sends a message of a session. Settles when it is written, or when the broker has it.
   * @throws MessageRejectedError as `Publishing.publish`, and as `whenUp`
   */
  publish(message: Message, destination: string, sender: SharedSender, isConfirmed: boolean): Awaitable<void> {
    this.#requireHope();
    const options = {
      isConfirmed,
      confirmations: sender.confirmations,
      onLateFailure: (error: unknown) => this.#failedLate(error, destination, sender),
    };
    return whenSettled(
      () => this.#publishing.publish(message, destination, options),
      (error) => {
        this.#suspect(error, destination);
        this.#endIfLost(sender.session, error);
        rethrow(error);
      },
    );
  }

  #failedLate(error: unknown, destination: string, sender: SharedSender): void {
    this.#suspect(error, destination);
    if (!this.#endIfLost(sender.session, error)) sender.failedLate(error, destination);
  }

  /** A message without an answer, though the broker has complained or the connection lives, may be what it complains of. */
  #suspect(error: unknown, destination: string): void {
    if (hasCode(error, 'OUTCOME_UNKNOWN') && (this.#hasErred || this.#link.link)) this.#parts.suspects.add(destination);
  }

  /** Ends a session whose frame failed because of a loss that ends sessions. @returns whether it did */
  #endIfLost(session: SessionContext, error: unknown): boolean {
    if (this.#parts.settings.onBrokerLoss === 'hold' || this.#link.link || this.#hasErred) return false;
    if (!hasCode(error, 'OUTCOME_UNKNOWN') && !hasCode(error, 'BROKER_UNAVAILABLE')) return false;
    endBehindItsFrames(session, `a frame could not be brought to the broker: ${textOf(error)}`);
    return true;
  }

  #up(): void {
    this.#patience?.cancel();
    this.#patience = undefined;
    this.#erredAt = -Infinity;
    const affected = this.#affected;
    this.#affected = new Set();
    this.#parts.notices.restored(affected, 'subscriptions are back');
    this.#publishing.resume();
  }

  #down(reason: Error): void {
    const { context, settings, notices } = this.#parts;
    const sessions = this.#subscriptions.sessions();
    this.#lostAt = context.clock.now();
    if (settings.onBrokerLoss === 'close' && !this.#hasErred) return this.#endSessions(sessions, reason);
    this.#affected = sessions;
    notices.lost(sessions, 'what is sent meanwhile does not arrive');
    if (settings.onBrokerLoss === 'hold') return;
    this.#patience = context.clock.setTimeout(() => {
      this.#patience = undefined;
      this.#endSessions(this.#subscriptions.sessions(), reason);
    }, settings.holdTimeMs);
  }

  /** A SUBSCRIBE that was unanswered has lost nothing yet: it is made on the next link, or fails in its time. */
  #endSessions(sessions: Iterable<SessionContext>, reason: Error): void {
    for (const session of this.#affected) this.#parts.notices.forget(session);
    this.#affected = new Set();
    const detail = `a shared connection to the broker was lost: ${reason.message}`;
    for (const session of sessions) endBehindItsFrames(session, detail);
  }

  /** Whether a loss at this moment would be the broker's answer to something. */
  get #hasErred(): boolean {
    return this.#parts.context.clock.now() - this.#erredAt <= ERROR_ENDS_WITHIN_MS;
  }

  #noteError(): void {
    this.#erredAt = this.#parts.context.clock.now();
  }

  /** One that is away alone, or was lost just now, is waited for, whatever becomes of sessions later. */
  #requireHope(): void {
    if (this.#link.link || this.#patience || this.#parts.settings.onBrokerLoss === 'hold') return;
    if (!this.#parts.isBrokerAway() || this.#parts.context.clock.now() - this.#lostAt <= GRACE_MS) return;
    throw new MessageRejectedError('the broker is away', { code: 'BROKER_UNAVAILABLE' });
  }
}

/** A frame that asked for a receipt, and is unanswered, says more to its client than that the broker is gone. */
function endBehindItsFrames(session: SessionContext, detail: string): void {
  setImmediate(() => session.fail('BROKER_UNAVAILABLE', detail));
}

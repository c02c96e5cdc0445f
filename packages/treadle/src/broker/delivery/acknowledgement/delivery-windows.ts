import type { Acknowledgement } from '../../../messaging/acknowledgement.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Subscription } from '../subscription.js';
import { DeliveryWindow, type DeliveryWindowParts } from './delivery-window.js';
import { SessionAcknowledgements } from './session-acknowledgements.js';
import type { UnacknowledgedDelivery } from './unacknowledged-delivery.js';

/** The windows of all subscriptions that have one, and the names of what waits in them. */
export class DeliveryWindows {
  readonly #parts: Omit<DeliveryWindowParts, 'acknowledgements'>;
  readonly #windows = new Map<Subscription, DeliveryWindow>();
  readonly #bySession = new Map<string, SessionAcknowledgements>();
  /** Of subscriptions that have ended, with deliveries that transactions of their session keep. */
  readonly #kept = new Map<string, DeliveryWindow[]>();

  constructor(parts: Omit<DeliveryWindowParts, 'acknowledgements'>) {
    this.#parts = parts;
  }

  /** The window of a subscription, made when it is first asked for. That of one which has ended is not kept, and takes nothing. */
  of(subscription: Subscription): DeliveryWindow {
    const known = this.#windows.get(subscription);
    if (known) return known;
    const { isActive, ackMode, session } = subscription;
    const acknowledgements = isActive && ackMode !== 'auto' ? this.#ofSession(session.id) : undefined;
    const window = new DeliveryWindow(subscription, { ...this.#parts, acknowledgements });
    if (isActive) this.#windows.set(subscription, window);
    return window;
  }

  /** The delivery that an ACK or NACK of a session names. @throws MessageRejectedError `ACKNOWLEDGEMENT_UNKNOWN` */
  find(sessionId: string, acknowledgement: Acknowledgement): UnacknowledgedDelivery {
    const ofSession = this.#bySession.get(sessionId);
    if (ofSession) return ofSession.find(acknowledgement);
    const detail = 'the session has no subscription that asks for acknowledgements';
    throw new MessageRejectedError(detail, { code: 'ACKNOWLEDGEMENT_UNKNOWN' });
  }

  /** A subscription has ended: what it has not acknowledged goes back, unless a transaction keeps it. */
  end(subscription: Subscription): void {
    this.#end(subscription, false);
  }

  /** A session has ended, after its subscriptions were marked as ended: everything of it goes back. */
  endSession(sessionId: string, subscriptions: readonly Subscription[]): void {
    for (const subscription of subscriptions) this.#end(subscription, true);
    for (const window of this.#kept.get(sessionId) ?? []) window.end(true);
    this.#kept.delete(sessionId);
    this.#bySession.delete(sessionId);
  }

  #end(subscription: Subscription, isSessionOver: boolean): void {
    const window = this.#windows.get(subscription);
    if (!window) return;
    this.#windows.delete(subscription);
    window.end(isSessionOver);
    if (window.hasReserved) this.#keep(window, subscription.session.id);
  }

  #keep(window: DeliveryWindow, sessionId: string): void {
    const kept = this.#kept.get(sessionId)?.filter(({ hasReserved }) => hasReserved) ?? [];
    this.#kept.set(sessionId, [...kept, window]);
  }

  #ofSession(sessionId: string): SessionAcknowledgements {
    let ofSession = this.#bySession.get(sessionId);
    if (!ofSession) {
      ofSession = new SessionAcknowledgements();
      this.#bySession.set(sessionId, ofSession);
    }
    return ofSession;
  }
}

import { EMPTY_BODY, type Frame } from '@treadle/stomp';
import { type Awaitable, whenSettled } from '../foundation/awaitable.js';
import { type SessionEvent, SessionUnsubscribeEvent } from '../events/session-events.js';
import type { SessionContext } from '../messaging/session-context.js';
import type { EndReason } from '../messaging/session-control.js';
import type { SubscriptionTicket } from '../messaging/subscription-ticket.js';
import { frameToMessage } from './frame-mapping.js';
import type { SessionEnvironment } from './session-environment.js';
import type { SessionSignals } from './session-signals.js';
import type { SessionSubscription, SessionSubscriptions } from './session-subscriptions.js';

/** What the server's own UNSUBSCRIBEs act on. */
export interface ServerUnsubscribesParts {
  readonly session: SessionContext;
  readonly environment: Pick<SessionEnvironment, 'inbound' | 'logger' | 'tellUnsubscribed'>;
  readonly subscriptions: SessionSubscriptions;
  readonly signals: SessionSignals;
  /** Has a frame handled in its turn. */
  readonly add: (frame: Frame) => void;
  /** Tells listeners, unless the session has ended. */
  readonly publish: (event: SessionEvent) => void;
}

/** What waits for its turn. */
interface ComingEnd {
  readonly subscription: SessionSubscription;
  readonly reason: EndReason;
}

/**
 * Subscriptions of one session that the server ends. STOMP has no frame by which a server could do that, so its own UNSUBSCRIBE stands among those of the
 * client: it comes behind a SUBSCRIBE in progress, and what is acknowledged before it counts.
 */
export class ServerUnsubscribes {
  readonly #parts: ServerUnsubscribesParts;
  readonly #coming = new Map<Frame, ComingEnd>();

  constructor(parts: ServerUnsubscribesParts) {
    this.#parts = parts;
  }

  /** As `SessionControl.unsubscribe`. */
  begin(id: string, reason: EndReason, ticket: SubscriptionTicket | undefined): boolean {
    const { subscriptions, signals, add } = this.#parts;
    const subscription = subscriptions.get(id);
    if (!subscription || subscription.isOver || (ticket && ticket !== subscription.ticket)) return false;
    const frame: Frame = { command: 'UNSUBSCRIBE', headers: ['id', id], body: EMPTY_BODY };
    this.#coming.set(frame, { subscription, reason });
    signals.unsubscribeCame(id);
    add(frame);
    return true;
  }

  /** Whether a frame is one of these, and not the client's. */
  has(frame: Frame): boolean {
    return this.#coming.has(frame);
  }

  /** It is the turn of such a frame. Settles when the subscription has ended; never fails. */
  perform(frame: Frame): Awaitable<void> {
    const { session, environment, subscriptions, signals, publish } = this.#parts;
    const coming = this.#coming.get(frame);
    if (!coming) return;
    this.#coming.delete(frame);
    const { subscription, reason } = coming;
    const { id, destination, ticket } = subscription;
    signals.unsubscribeBegins(id);
    // Its client was faster, or it failed; the id may be that of another one by now.
    if (subscriptions.get(id)?.ticket !== ticket || !subscriptions.markOver(frame)) return;
    // Past the interceptors: this is no frame of the client.
    const end = (): Awaitable<void> =>
      environment.inbound.sendDirectly(frameToMessage('UNSUBSCRIBE', frame, session, { subscription }));
    return whenSettled(end, (error) => {
      if (error !== undefined) {
        environment.logger.error('a subscription could not be ended', { error, sessionId: session.id });
      }
      publish(new SessionUnsubscribeEvent(session, id, destination));
      void environment.tellUnsubscribed(session, { subscriptionId: id, destination, reason });
    });
  }
}

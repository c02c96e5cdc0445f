import { type Frame, headerValue, type StompVersion, validateFrame } from '@treadle/stomp';
import { type Awaitable, whenDone, whenSettled } from '../foundation/awaitable.js';
import { MessageRejectedError } from '../foundation/errors.js';
import type { SessionContext } from '../messaging/session-context.js';
import { type SessionEvent, SessionUnsubscribeEvent, SubscriptionActiveEvent } from '../events/session-events.js';
import { acknowledgementOf } from './acknowledgement-of-frame.js';
import { frameToMessage } from './frame-mapping.js';
import type { SessionEnvironment } from './session-environment.js';
import type { SessionSignals } from './session-signals.js';
import type { SessionSubscriptions } from './session-subscriptions.js';
import type { SessionTurn } from './session-turn.js';
import { refuseTransaction } from './transactions.js';

/** What the frames of one session act on. */
export interface ClientFramesParts {
  readonly session: SessionContext;
  readonly environment: Pick<SessionEnvironment, 'inbound' | 'logger'>;
  readonly subscriptions: SessionSubscriptions;
  readonly signals: SessionSignals;
  /** Tells listeners, unless the session has ended. Frames do not wait for them. */
  readonly publish: (event: SessionEvent) => void;
}

/** The frames of a connected session that become messages on the inbound channel: all but CONNECT and DISCONNECT. */
export class ClientFrames {
  readonly #parts: ClientFramesParts;

  constructor(parts: ClientFramesParts) {
    this.#parts = parts;
  }

  /**
   * Settles when the frame has taken effect.
   * @param version what was negotiated
   * @throws StompProtocolError for a frame against the rules of the version
   */
  perform(frame: Frame, turn: SessionTurn, version: StompVersion): Awaitable<void> {
    validateFrame(frame, version);
    switch (frame.command) {
      case 'SEND':
        return this.#send(frame, turn);
      case 'SUBSCRIBE':
        return this.#subscribe(frame, turn, version);
      case 'UNSUBSCRIBE':
        return this.#unsubscribe(frame);
      case 'ACK':
      case 'NACK':
        return this.#acknowledge(frame, frame.command, version);
      case 'BEGIN':
      case 'COMMIT':
      case 'ABORT':
        return refuseTransaction(frame);
      default: // CONNECT and STOMP: the decoder lets no server command through
        throw new MessageRejectedError(`a second ${frame.command} was sent`, { code: 'ALREADY_CONNECTED' });
    }
  }

  /** Ends a subscription that some may have taken in before others refused it. Its client may still end it too. */
  takeBack(frame: Frame): void {
    const { session, environment, subscriptions, signals } = this.#parts;
    const subscription = subscriptions.markFailed(frame);
    if (!subscription) return;
    signals.endSubscription(subscription.id);
    const { inbound, logger } = environment;
    // Past the interceptors: this is no frame of the client.
    const takeBack = (): Awaitable<void> =>
      inbound.sendDirectly(frameToMessage('UNSUBSCRIBE', frame, session, { subscription }));
    void whenSettled(takeBack, (error) => {
      if (error === undefined) return;
      logger.error('a refused subscription could not be taken back', { error, sessionId: session.id });
    });
  }

  #send(frame: Frame, turn: SessionTurn): Awaitable<void> {
    if (headerValue(frame.headers, 'transaction') !== undefined) refuseTransaction(frame);
    const { session, environment } = this.#parts;
    return environment.inbound.send(frameToMessage('MESSAGE', frame, session, { turn }));
  }

  #acknowledge(frame: Frame, type: 'ACK' | 'NACK', version: StompVersion): Awaitable<void> {
    refuseTransaction(frame);
    const { session, environment } = this.#parts;
    const acknowledgement = acknowledgementOf(frame, version);
    return environment.inbound.send(frameToMessage(type, frame, session, { acknowledgement }));
  }

  #subscribe(frame: Frame, turn: SessionTurn, version: StompVersion): Awaitable<void> {
    const { session, environment, subscriptions, publish } = this.#parts;
    // Known before it is live: an answer to the subscription itself may be delivered while it is being made.
    const subscription = subscriptions.add(frame, version);
    return whenDone(environment.inbound.send(frameToMessage('SUBSCRIBE', frame, session, { turn, subscription })), () =>
      publish(new SubscriptionActiveEvent(session, subscription.id, subscription.destination)),
    );
  }

  #unsubscribe(frame: Frame): Awaitable<void> {
    const { session, environment, subscriptions, signals, publish } = this.#parts;
    const subscription = subscriptions.remove(frame);
    signals.unsubscribeBegins(subscription.id);
    return whenDone(environment.inbound.send(frameToMessage('UNSUBSCRIBE', frame, session, { subscription })), () => {
      if (subscription.hasFailed) return; // nobody was told that it began
      publish(new SessionUnsubscribeEvent(session, subscription.id, subscription.destination));
    });
  }
}

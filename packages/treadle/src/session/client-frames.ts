import { type Frame, type StompVersion, validateFrame } from '@treadle/stomp';
import { type Awaitable, rethrow, whenDone, whenSettled } from '../foundation/awaitable.js';
import { MessageRejectedError } from '../foundation/errors.js';
import type { SessionContext } from '../messaging/session-context.js';
import { type SessionEvent, SessionUnsubscribeEvent, SubscriptionActiveEvent } from '../events/session-events.js';
import { acknowledgementOf, isOfAnswer } from './acknowledgement-of-frame.js';
import { frameToMessage } from './frame-mapping.js';
import type { SessionEnvironment } from './session-environment.js';
import type { SessionSignals } from './session-signals.js';
import type { SessionSubscriptions } from './session-subscriptions.js';
import type { SessionTurn } from './session-turn.js';
import { commitTransaction } from './transaction-commit.js';
import { isInTransaction, SessionTransactions, type TransactionLimits } from './transactions.js';

/** What the frames of one session act on. */
export interface ClientFramesParts {
  readonly session: SessionContext;
  readonly environment: Pick<SessionEnvironment, 'inbound' | 'logger' | 'tellRefusal'> & {
    readonly limits: TransactionLimits;
  };
  readonly subscriptions: SessionSubscriptions;
  readonly signals: SessionSignals;
  /** Tells listeners, unless the session has ended. Frames do not wait for them. */
  readonly publish: (event: SessionEvent) => void;
}

/** The frames of a connected session that become messages on the inbound channel: all but CONNECT and DISCONNECT. */
export class ClientFrames {
  readonly #parts: ClientFramesParts;
  /** Made for the first frame that is about one: few sessions have any. */
  #knownTransactions: SessionTransactions | undefined;

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
        return this.#transactions.begin(frame);
      case 'COMMIT':
        return this.#commit(frame);
      case 'ABORT':
        return this.#transactions.abort(frame);
      default: // CONNECT and STOMP: the decoder lets no server command through
        throw new MessageRejectedError(`a second ${frame.command} was sent`, { code: 'ALREADY_CONNECTED' });
    }
  }

  /** Ends a subscription that some may have taken in before others refused it. Its client may still end it too. */
  takeBack(frame: Frame): void {
    const { session, environment, subscriptions, signals } = this.#parts;
    const subscription = subscriptions.markOver(frame);
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

  /** Aborts what is open: the session is over. */
  endTransactions(): void {
    this.#knownTransactions?.end();
  }

  get #transactions(): SessionTransactions {
    const { session, environment } = this.#parts;
    const onFailure = (error: unknown): void =>
      environment.logger.error('an acknowledgement failed at the end of its transaction', {
        error,
        sessionId: session.id,
      });
    return (this.#knownTransactions ??= new SessionTransactions(environment.limits, onFailure));
  }

  #send(frame: Frame, turn: SessionTurn): Awaitable<void> {
    if (isInTransaction(frame)) return this.#transactions.hold(frame);
    const { session, environment } = this.#parts;
    return environment.inbound.send(frameToMessage('MESSAGE', frame, session, { turn }));
  }

  #acknowledge(frame: Frame, type: 'ACK' | 'NACK', version: StompVersion): Awaitable<void> {
    const { session, environment, subscriptions } = this.#parts;
    const transaction = isInTransaction(frame) ? this.#transactions.join(frame) : undefined;
    const acknowledgement = acknowledgementOf(frame, version, transaction);
    if (isOfAnswer(acknowledgement)) return;
    const message = frameToMessage(type, frame, session, { acknowledgement });
    if (!subscriptions.mayBeAcknowledgedLate) return environment.inbound.send(message);
    return whenSettled(() => environment.inbound.send(message), rethrowUnlessUnknown);
  }

  async #commit(frame: Frame): Promise<void> {
    const transaction = this.#transactions.takeForCommit(frame);
    try {
      await commitTransaction(transaction, this.#parts);
    } finally {
      this.#transactions.commitEnded();
    }
  }

  #subscribe(frame: Frame, turn: SessionTurn, version: StompVersion): Awaitable<void> {
    const { session, environment, subscriptions, publish } = this.#parts;
    // Known before it is live: an answer to the subscription itself may be delivered while it is being made.
    const subscription = subscriptions.add(frame, version);
    return whenDone(environment.inbound.send(frameToMessage('SUBSCRIBE', frame, session, { turn, subscription })), () =>
      publish(new SubscriptionActiveEvent(session, subscription.id, subscription.destination, subscription.ticket)),
    );
  }

  #unsubscribe(frame: Frame): Awaitable<void> {
    const { session, environment, subscriptions, signals, publish } = this.#parts;
    const subscription = subscriptions.remove(frame);
    signals.unsubscribeBegins(subscription.id);
    return whenDone(environment.inbound.send(frameToMessage('UNSUBSCRIBE', frame, session, { subscription })), () => {
      if (subscription.isOver) return; // nobody was told that it began, or all were told that it ended
      publish(new SessionUnsubscribeEvent(session, subscription.id, subscription.destination));
    });
  }
}

/** What the server has ended its client may have acknowledged meanwhile: that is no mistake of the client. */
function rethrowUnlessUnknown(error: unknown): void {
  if (error instanceof MessageRejectedError && error.code === 'ACKNOWLEDGEMENT_UNKNOWN') return;
  rethrow(error);
}

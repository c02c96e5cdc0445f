import type { Awaitable } from '../../../foundation/awaitable.js';
import { isError, textOf } from '../../../foundation/error-text.js';
import { AuthenticationError, type ErrorCode, MessageRejectedError, TreadleError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { NativeHeaders } from '../../../messaging/native-headers.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { Subscription } from '../../delivery/subscription.js';
import { Confirmations } from '../confirmations.js';
import type { LinkSubscription } from '../link/link-subscription.js';
import { Publishing, unavailable } from '../publishing.js';
import type { BrokerCredentials } from '../relay-options.js';
import type { RelayParts } from '../relay-parts.js';
import { clientCredentialsOf } from './client-credentials.js';
import { ClientLink, type ClientLinkListener } from './client-link.js';
import { ClientSubscription } from './client-subscription.js';
import { RelayedAcknowledgements } from './relayed-acknowledgements.js';
import type { RelayClient, RelayedSubscribe } from './relay-client.js';
import { UnansweredMessages } from './unanswered-messages.js';

/** How long a CONNECT waits for the broker where sessions may begin without one, in milliseconds: a login that is refused is told at once then. */
const CONNECT_GRACE_MS = 2_000;

/** So often a connection that serves one subscription may end by ERROR, without a quiet end between: RabbitMQ says one when it stops, too, but not twice. */
const COMPLAINTS_IN_A_ROW = 2;

/** A subscription at the broker. */
interface MadeSubscription {
  readonly atBroker: LinkSubscription;
  /** Its connection, where it has one of its own. */
  readonly alone: ClientLink | undefined;
}

/**
 * A session with a connection to the broker of its own (Spring: `StompBrokerRelayMessageHandler`), opened at its CONNECT. A subscription to a queue has a further one
 * where the broker gives back what was not acknowledged at the end of a connection alone.
 */
export class ClientConnection implements RelayClient {
  readonly #session: SessionContext;
  readonly #parts: RelayParts;
  readonly #isBrokerAway: () => boolean;
  readonly #confirmations = new Confirmations();
  readonly #publishing: Publishing;
  readonly #acknowledgements: RelayedAcknowledgements;
  readonly #unanswered: UnansweredMessages;
  readonly #subscriptions = new Map<Subscription, MadeSubscription>();
  readonly #links = new Set<ClientLink>();
  #credentials: (() => Awaitable<BrokerCredentials>) | undefined;
  #main: ClientLink | undefined;
  /** CONNECT was accepted. */
  #isConnected = false;
  #isOver = false;
  /** A connection ended without a word of the broker that it handled what came by it. */
  #isIncomplete = false;
  /** Connections that are lost and to come back: the client was told of the first. */
  #awayCount = 0;

  /** @param isBrokerAway whether a session that may begin without the broker need not wait for it */
  constructor(session: SessionContext, parts: RelayParts, isBrokerAway: () => boolean) {
    const { context, deliveries, counters } = parts;
    this.#session = session;
    this.#parts = parts;
    this.#isBrokerAway = isBrokerAway;
    this.#publishing = new Publishing({ ...parts, clock: context.clock, link: () => this.#main?.link.link });
    this.#acknowledgements = new RelayedAcknowledgements({ deliveries, counters });
    this.#unanswered = new UnansweredMessages((code, detail) => this.#tell(code, detail));
  }

  async connect(headers: NativeHeaders): Promise<void> {
    this.#credentials = await clientCredentialsOf({ session: this.#session, headers }, this.#parts.settings);
    this.#main = this.#createLink({
      onUp: (isBack) => this.#onUp(isBack),
      onDown: (reason, hasComplained) => this.#onDown(reason, hasComplained),
      onEnd: (reason) => this.#onEnd(reason),
    });
    await this.#startUnlessGone(this.#main);
    this.#isConnected = true;
  }

  publish(message: Message, destination: string): Awaitable<void> {
    // A SEND of a transaction has no turn any more: its COMMIT is answered when the broker has everything.
    const isConfirmed = message.turn === undefined || message.headers.has('receipt');
    return this.#publishing.publish(message, destination, {
      isConfirmed,
      confirmations: this.#confirmations,
      onLateFailure: (error) => this.#unanswered.failed(error, destination),
    });
  }

  whenConfirmed(): Promise<void> | undefined {
    return this.#confirmations.whenNone();
  }

  async subscribe(request: RelayedSubscribe): Promise<void> {
    const { link } = this.#requireMain();
    const dialect = link.dialect ?? (await link.whenUp()).dialect;
    const { destination, isTranslated } = request.subscription;
    const isQueue = dialect.kindOf(destination, isTranslated) === 'queue';
    if (isQueue && !dialect.returnsAtUnsubscribe) await this.#subscribeAlone(request);
    else await this.#subscribeOver(this.#requireMain(), request);
  }

  async unsubscribe(subscription: Subscription): Promise<void> {
    const made = this.#subscriptions.get(subscription);
    this.#subscriptions.delete(subscription);
    this.#acknowledgements.end(subscription);
    if (made?.alone) await this.#close(made.alone);
    else await made?.atBroker.end();
    await this.#parts.deliveries.ended(subscription);
  }

  acknowledge(message: Message): Awaitable<void> {
    return this.#acknowledgements.handle(message);
  }

  async disconnect(): Promise<boolean> {
    this.#isOver = true;
    this.#publishing.end(unavailable('the session has ended'));
    this.#acknowledgements.endSession(this.#session.id);
    this.#subscriptions.clear();
    await Promise.all([...this.#links].map((link) => this.#close(link)));
    await this.#confirmations.whenNone();
    return !this.#isIncomplete && !this.#confirmations.hasFailed;
  }

  get #isHeld(): boolean {
    return this.#parts.settings.onBrokerLoss === 'hold';
  }

  #requireMain(): ClientLink {
    if (this.#main && !this.#isOver) return this.#main;
    throw unavailable('the session has no connection to the broker');
  }

  #createLink(listener: ClientLinkListener): ClientLink {
    if (this.#isOver || !this.#credentials) throw unavailable('the session has ended');
    const { credentials, session, parts } = {
      credentials: this.#credentials,
      session: this.#session,
      parts: this.#parts,
    };
    const link = new ClientLink({ session, parts, credentials, listener });
    this.#links.add(link);
    return link;
  }

  async #close(link: ClientLink): Promise<void> {
    this.#links.delete(link);
    if (!(await link.link.stop())) this.#isIncomplete = true;
  }

  /** A client that vanishes before its CONNECT is answered waits for nothing any more; DISCONNECT follows only when CONNECT has settled. */
  async #startUnlessGone(main: ClientLink): Promise<void> {
    const { signal } = this.#session;
    const giveUp = (): void => void this.#close(main);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      signal.throwIfAborted();
      await this.#started(main.link.start());
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Settles when the broker has accepted the client, or, for a session that may live without it, is not there. */
  async #started(start: Promise<void>): Promise<void> {
    const started = start.catch((error: unknown) => {
      throw this.#refusal(error);
    });
    if (!this.#isHeld) return started;
    if (this.#isBrokerAway()) return void started.catch(() => undefined); // `onEnd` tells
    const { clock } = this.#parts.context;
    await new Promise<void>((resolve, reject) => {
      const timer = clock.setTimeout(resolve, CONNECT_GRACE_MS);
      started.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  /** What was refused are the client's own credentials, or those that we have for all. */
  #refusal(error: unknown): unknown {
    const isRefused = isError(error) && error instanceof MessageRejectedError && error.code === 'BROKER_REFUSED';
    if (!isRefused || !this.#parts.settings.clientCredentials) return error;
    return new AuthenticationError('the broker refused the credentials of the client', { cause: error });
  }

  async #subscribeOver(over: ClientLink, request: RelayedSubscribe, alone?: ClientLink): Promise<void> {
    const subscription = new ClientSubscription(request, {
      ...this.#parts,
      session: this.#session,
      acknowledgements: this.#acknowledgements,
      onDelivered: (link) => over.slowClient.delivered(link),
    });
    const atBroker = await over.link.subscribe(subscription);
    if (request.subscription.isActive) this.#subscriptions.set(request.subscription, { atBroker, alone });
    else await atBroker.end();
  }

  /** Over a connection of its own. One that fails before the subscription is there concerns nothing else. */
  async #subscribeAlone(request: RelayedSubscribe): Promise<void> {
    this.#requireFewQueues(request.subscription);
    const isMade = (): boolean => this.#subscriptions.has(request.subscription);
    let complaints = 0;
    const alone = this.#createLink({
      onUp: (isBack) => this.#cameBack(isBack),
      onDown: (reason, hasComplained) => {
        if (!isMade()) return;
        complaints = hasComplained ? complaints + 1 : 0;
        if (this.#isHeld && complaints >= COMPLAINTS_IN_A_ROW) this.#endedByBroker(request.subscription, reason);
        else this.#lost(reason, hasComplained);
      },
      onEnd: (reason) => isMade() && this.#onEnd(reason),
    });
    try {
      const started = alone.link.start();
      started.catch(() => undefined); // a subscription that is to wait waits below
      if (!this.#isHeld) await started;
      await this.#subscribeOver(alone, request, alone);
    } catch (error) {
      await this.#close(alone);
      throw error;
    }
    if (!isMade()) await this.#close(alone);
  }

  /** A frame of a few octets must not cost the broker a connection as often as a client likes. */
  #requireFewQueues({ destination }: Subscription): void {
    const { queueConnections } = this.#parts.settings;
    if (this.#links.size <= queueConnections) return; // all but the main one
    const detail = `${destination}: ${queueConnections} subscriptions to queues of this broker are allowed for a session`;
    throw new MessageRejectedError(detail, { code: 'SUBSCRIPTION_LIMIT_EXCEEDED', endsSession: false });
  }

  /** What the session hears of in its turn: UNSUBSCRIBE follows. */
  #endedByBroker(subscription: Subscription, { message }: Error): void {
    this.#acknowledgements.lost();
    this.#session.unsubscribe(subscription.id, `the broker ends it again and again: ${message}`, subscription.ticket);
  }

  #onUp(isBack: boolean): void {
    this.#publishing.resume();
    this.#cameBack(isBack);
  }

  #onDown(reason: Error, hasComplained: boolean): void {
    if (!this.#isHeld) this.#publishing.end(unavailable(`the connection to the broker was lost: ${reason.message}`));
    this.#lost(reason, hasComplained);
  }

  #lost(reason: Error, hasComplained: boolean): void {
    this.#acknowledgements.lost();
    if (!this.#isHeld) return this.#fail(hasComplained ? 'BROKER_REFUSED' : 'BROKER_UNAVAILABLE', reason.message);
    this.#awayCount += 1;
    if (this.#awayCount === 1) this.#tell('BROKER_UNAVAILABLE', reason.message);
  }

  #cameBack(wasLost: boolean): void {
    if (!wasLost || this.#awayCount === 0) return;
    this.#awayCount -= 1;
    if (this.#awayCount === 0) this.#tell('SUBSCRIPTIONS_RESTORED', 'the broker is back');
  }

  /** There will be no connection any more. While CONNECT waits for one it fails by itself. */
  #onEnd(reason: Error): void {
    this.#publishing.end(unavailable(`there is no connection to the broker: ${textOf(reason)}`));
    if (!this.#isConnected) return;
    this.#fail(reason instanceof TreadleError ? reason.code : 'BROKER_UNAVAILABLE', reason.message);
  }

  /** Behind the failures of its frames that are unanswered: one that asked for a receipt says more to its client. */
  #fail(code: ErrorCode, detail: string): void {
    this.#isIncomplete = true; // for a DISCONNECT that is handled before
    setImmediate(() => this.#session.fail(code, detail));
  }

  #tell(code: ErrorCode, detail: string): void {
    if (this.#session.isReachable) this.#parts.context.tell(this.#session, code, detail);
  }
}

import { isError, textOf } from '../../../foundation/error-text.js';
import { AuthenticationError, type ErrorCode, MessageRejectedError, TreadleError } from '../../../foundation/errors.js';
import type { Awaitable } from '../../../foundation/awaitable.js';
import type { Message } from '../../../messaging/message.js';
import type { NativeHeaders } from '../../../messaging/native-headers.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { Subscription } from '../../delivery/subscription.js';
import { Confirmations } from '../confirmations.js';
import type { BrokerLink } from '../link/broker-link.js';
import type { LastingLink, LinkSubscription } from '../link/lasting-link.js';
import { Publishing, unavailable } from '../publishing.js';
import { createRelayLink, type RelayParts } from '../relay-parts.js';
import { clientCredentialsOf } from './client-credentials.js';
import { ClientSubscription } from './client-subscription.js';
import { RelayedAcknowledgements } from './relayed-acknowledgements.js';
import type { RelayClient, RelayedSubscribe } from './relay-client.js';
import { SlowClient } from './slow-client.js';
import { UnansweredMessages } from './unanswered-messages.js';

/** How long a CONNECT waits for the broker where sessions may begin without one, in milliseconds: a login that is refused is told at once then. */
const CONNECT_GRACE_MS = 2_000;

/** A session with a connection to the broker of its own (Spring: `StompBrokerRelayMessageHandler`), opened at its CONNECT. */
export class ClientConnection implements RelayClient {
  readonly #session: SessionContext;
  readonly #parts: RelayParts;
  readonly #isBrokerAway: () => boolean;
  readonly #confirmations = new Confirmations();
  readonly #publishing: Publishing;
  readonly #acknowledgements: RelayedAcknowledgements;
  readonly #slowClient: SlowClient;
  readonly #unanswered: UnansweredMessages;
  readonly #subscriptions = new Map<Subscription, LinkSubscription>();
  #link: LastingLink | undefined;
  /** CONNECT was accepted. */
  #isConnected = false;
  #isOver = false;
  /** The client was told that the broker is away. */
  #isTold = false;
  /** Whether the last the broker said was that it does not like something. */
  #hasComplained = false;

  /** @param isBrokerAway whether a session that may begin without the broker need not wait for it */
  constructor(session: SessionContext, parts: RelayParts, isBrokerAway: () => boolean) {
    const { context, deliveries, counters } = parts;
    this.#session = session;
    this.#isBrokerAway = isBrokerAway;
    this.#parts = parts;
    this.#publishing = new Publishing({ ...parts, clock: context.clock, link: () => this.#link?.link });
    this.#acknowledgements = new RelayedAcknowledgements({ deliveries, counters });
    this.#slowClient = new SlowClient(session, deliveries);
    this.#unanswered = new UnansweredMessages((code, detail) => this.#tell(code, detail));
  }

  async connect(headers: NativeHeaders): Promise<void> {
    const { settings } = this.#parts;
    const credentials = await clientCredentialsOf({ session: this.#session, headers }, settings);
    if (this.#isOver) throw unavailable('the session ended before the broker was asked for a connection');
    this.#link = createRelayLink(this.#parts, {
      name: `client ${this.#session.id}`,
      credentials,
      reconnects: this.#isHeld ? 'unless-refused' : 'never',
      listener: {
        onUp: (link) => this.#onUp(link),
        onDown: (reason) => this.#onDown(reason),
        onEnd: (reason) => this.#onEnd(reason),
        onError: () => void (this.#hasComplained = true),
      },
    });
    await this.#started(this.#link.start());
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
    const { subscription } = request;
    const atBroker = new ClientSubscription(request, {
      ...this.#parts,
      session: this.#session,
      acknowledgements: this.#acknowledgements,
      onDelivered: (link) => this.#slowClient.delivered(link),
    });
    const made = await this.#requireLink().subscribe(atBroker);
    setImmediate(() => atBroker.answered()); // the RECEIPT is written in this turn of the event loop
    if (subscription.isActive) this.#subscriptions.set(subscription, made);
    else await made.end();
  }

  async unsubscribe(subscription: Subscription): Promise<void> {
    const made = this.#subscriptions.get(subscription);
    this.#subscriptions.delete(subscription);
    this.#acknowledgements.end(subscription);
    await made?.end();
    await this.#parts.deliveries.ended(subscription);
  }

  acknowledge(message: Message): Awaitable<void> {
    return this.#acknowledgements.handle(message);
  }

  async disconnect(): Promise<void> {
    this.#isOver = true;
    this.#publishing.end(unavailable('the session has ended'));
    this.#acknowledgements.endSession(this.#session.id);
    this.#subscriptions.clear();
    await this.#link?.stop();
  }

  get #isHeld(): boolean {
    return this.#parts.settings.onBrokerLoss === 'hold';
  }

  #requireLink(): LastingLink {
    if (this.#link && !this.#isOver) return this.#link;
    throw unavailable('the session has no connection to the broker');
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

  #onUp(link: BrokerLink): void {
    this.#hasComplained = false;
    this.#slowClient.isOn(link);
    this.#publishing.resume();
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#tell('SUBSCRIPTIONS_RESTORED', `${link.address} is back`);
  }

  #onDown(reason: Error): void {
    this.#acknowledgements.lost();
    if (this.#isHeld) {
      this.#isTold = true;
      return this.#tell('BROKER_UNAVAILABLE', reason.message);
    }
    this.#publishing.end(unavailable(`the connection to the broker was lost: ${reason.message}`));
    // An ERROR of the broker, and then the end: the client asked for something that costs its connection.
    this.#session.fail(this.#hasComplained ? 'BROKER_REFUSED' : 'BROKER_UNAVAILABLE', reason.message);
  }

  /** There will be no connection any more. While CONNECT waits for one it fails by itself. */
  #onEnd(reason: Error): void {
    this.#publishing.end(unavailable(`there is no connection to the broker: ${textOf(reason)}`));
    if (!this.#isConnected) return;
    const code = reason instanceof TreadleError ? reason.code : 'BROKER_UNAVAILABLE';
    this.#session.fail(code, reason.message);
  }

  #tell(code: ErrorCode, detail: string): void {
    if (this.#session.isReachable) this.#parts.context.tell(this.#session, code, detail);
  }
}

import type { Awaitable } from '../../../foundation/awaitable.js';
import type { Clock } from '../../../foundation/clock.js';
import { asError } from '../../../foundation/error-text.js';
import type { Logger } from '../../../foundation/logger.js';
import type { Dialect } from '../dialect/dialect.js';
import type { BrokerCredentials } from '../relay-options.js';
import type { BrokerErrorFrame, BrokerLink } from './broker-link.js';
import type { LinkConnector } from './link-connector.js';
import { brokerUnavailable, hasCode } from './link-errors.js';
import type { LinkSubscription, LinkSubscriptionRequest } from './link-subscription.js';
import { LinkSubscriptions } from './link-subscriptions.js';
import { LinkLog } from './link-log.js';
import { LinkWaiters } from './link-waiters.js';
import { ReconnectWaits } from './reconnect-waits.js';

/** How a lasting link is made. */
export interface LastingLinkOptions {
  /** For logs: `system`, `shared-1-listening`, `client <session id>`. */
  readonly name: string;
  readonly connector: LinkConnector;
  /** Asked before each attempt to connect. What it throws is an attempt that failed. */
  readonly credentials: () => Awaitable<BrokerCredentials>;
  /**
   * Whether it is connected again when it is lost. `'always'`: for ever, also when the broker refused the login. `'unless-refused'`: until the broker refuses the
   * login. `'never'`: one attempt, one conversation.
   */
  readonly reconnects: 'always' | 'unless-refused' | 'never';
  /** As of `BrokerRelayOptions`: how long to wait between attempts, in milliseconds. */
  readonly delays: { readonly reconnectDelayMs: number; readonly maxReconnectDelayMs: number };
  /** Milliseconds that `subscribe` and `whenUp` wait for a link that is away. */
  readonly holdTimeMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to below 1, for the jitter of the delays. Default `Math.random`. */
  readonly random?: () => number;
  readonly listener: LastingLinkListener;
}

/** Who is told how a lasting link does. Called synchronously; what it throws is logged. Nothing is told after `stop`. */
export interface LastingLinkListener {
  /** Connected, and every subscription was made again; those that were refused know it. */
  onUp(link: BrokerLink): void;
  /** A link that was up is lost. */
  onDown(reason: Error): void;
  /** Once: it will not come back, see `reconnects`. Of one that was up `onDown` came before. */
  onEnd(reason: Error): void;
  /** An ERROR frame that names neither receipt nor subscription. It was logged. */
  onError?(error: BrokerErrorFrame): void;
}

/**
 * A link to the broker that comes back: connected again after a while when it is lost, with its subscriptions. What else was sent is its callers' business: a
 * frame is written to the `link` of the moment, and fails with it.
 */
export class LastingLink {
  readonly #options: LastingLinkOptions;
  readonly #subscriptions: LinkSubscriptions;
  readonly #waiters: LinkWaiters;
  readonly #waits: ReconnectWaits;
  readonly #log: LinkLog;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  /** Connected, its subscriptions being made. */
  #connected: BrokerLink | undefined;
  #up: BrokerLink | undefined;
  #dialect: Dialect | undefined;
  #failure: Error | undefined;
  #upSince = 0;
  /** Not the first attempt. */
  #isReturning = false;
  /** Stopped, or there is no further attempt. */
  #isOver = false;
  /** Ends what `#run` waits for: the end of a link, or of a delay. */
  #interrupt: () => void = () => undefined;

  constructor(options: LastingLinkOptions) {
    const { clock, logger, holdTimeMs, delays, connector, random = Math.random } = options;
    this.#options = options;
    this.#subscriptions = new LinkSubscriptions({
      canReturn: options.reconnects !== 'never',
      holdTimeMs,
      clock,
      logger,
    });
    this.#waiters = new LinkWaiters(clock, () => this.isRestoring);
    this.#waits = new ReconnectWaits({ ...delays, random, clock, returns: connector.returns });
    this.#log = new LinkLog({ name: options.name, isQuiet: this.#isOneOfMany, logger, clock });
  }

  /** Up, and its subscriptions made again; `undefined` while it is away. */
  get link(): BrokerLink | undefined {
    return this.#up?.isOpen ? this.#up : undefined;
  }

  /** Whether there is a connection, and its subscriptions are being made: it will be up as soon as the broker has answered. */
  get isRestoring(): boolean {
    return this.#connected !== undefined && this.#up === undefined;
  }

  /** Of the last CONNECTED; `undefined` before the first. */
  get dialect(): Dialect | undefined {
    return this.#dialect;
  }

  /** Why it is away, or the last attempt to connect failed; `undefined` while it is up, and before the first attempt has ended. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Begins to connect; called once. Resolves when it is up for the first time.
   * @throws MessageRejectedError `BROKER_REFUSED`, `BROKER_UNAVAILABLE` as `LinkConnector.connect`, when there is no further attempt (see `reconnects`) or it was
   *   stopped
   */
  async start(): Promise<void> {
    if (this.#isOver) throw stopped();
    const up = this.#waiters.wait();
    this.#running = this.#run();
    await up;
  }

  /**
   * Resolves with the link when it is up.
   * @param timeMs how long to wait for that; default `holdTimeMs`
   * @throws MessageRejectedError `BROKER_UNAVAILABLE` when it is not even connected in that time, or is lost behind it, or never will be up
   */
  async whenUp(timeMs = this.#options.holdTimeMs): Promise<BrokerLink> {
    const { link } = this;
    if (link) return link;
    if (this.#isOver) throw this.#unavailable();
    return await this.#waiters.wait(timeMs);
  }

  /**
   * Resolves when the broker has answered the SUBSCRIBE. From then on the subscription is made again on every new link, before `onUp`. A link that is lost before
   * the answer is waited for again.
   * @throws MessageRejectedError `BROKER_REFUSED`, `BROKER_UNAVAILABLE` (not made in `holdTimeMs`, or the link ended for good), and what `frame` throws; nothing
   *   of it is left then
   */
  async subscribe(request: LinkSubscriptionRequest): Promise<LinkSubscription> {
    if (this.#isOver) throw this.#unavailable();
    return await this.#subscriptions.add(request);
  }

  /**
   * Ends the link in order, or the attempts to connect. Resolves when nothing is open any more. What waits is refused with `BROKER_UNAVAILABLE`.
   * @returns false when there was a link and the broker has not said that it handled everything (`BrokerLink.close`)
   */
  async stop(): Promise<boolean> {
    this.#over(stopped());
    this.#stopping.abort();
    const link = this.#connected;
    this.#up = undefined;
    const isComplete = await link?.close();
    this.#interrupt();
    await this.#running;
    return isComplete ?? true;
  }

  /** One conversation after the other. Never rejects. */
  async #run(): Promise<void> {
    while (!this.#isOver) {
      const reason = await this.#converse();
      if (this.#isOver) return;
      if (!this.#goesOnAfter(reason)) {
        this.#over(reason);
        this.#tell(() => this.#options.listener.onEnd(reason));
        return;
      }
      const wait = this.#waits.begin();
      this.#log.away(reason, wait.delayMs);
      this.#interrupt = () => wait.end();
      await wait.over;
      this.#isReturning = true;
    }
  }

  /** From an attempt to connect to the end of its link. @returns why it ended */
  async #converse(): Promise<Error> {
    const { connector, name, credentials, clock } = this.#options;
    let onLost: (reason: Error) => void = () => undefined;
    const lost = new Promise<Error>((resolve) => (onLost = resolve));
    this.#interrupt = () => onLost(stopped());
    try {
      const given = await Promise.race([credentials(), lost]); // an application may never answer
      if (given instanceof Error) return given;
      const link: BrokerLink = await connector.connect({
        name,
        credentials: given,
        signal: this.#stopping.signal,
        isOneOfMany: this.#isOneOfMany,
        takesTurn: this.#isOneOfMany && this.#isReturning,
        listener: {
          onMessage: (message) => this.#subscriptions.dispatch(message, link),
          onError: (error) => this.#takeError(error),
          onLost: (reason) => {
            this.#lost(reason);
            onLost(reason);
          },
        },
      });
      if (this.#isOver) await link.close(); // stopped while CONNECTED was on its way
      this.#connected = link;
      this.#dialect = link.dialect;
      await this.#subscriptions.restore(link);
      if (link.isOpen && !this.#isOver) this.#isUp(link, clock.now());
      return await lost;
    } catch (error) {
      this.#failure = asError(error);
      return this.#failure;
    }
  }

  #isUp(link: BrokerLink, now: number): void {
    this.#up = link;
    this.#upSince = now;
    this.#failure = undefined;
    this.#log.up(link);
    this.#tell(() => this.#options.listener.onUp(link));
    this.#waiters.resolve(link);
  }

  #lost(reason: Error): void {
    const wasUp = this.#up !== undefined;
    this.#connected = undefined;
    this.#up = undefined;
    this.#failure = reason;
    this.#subscriptions.linkLost();
    this.#waiters.linkLost();
    if (!wasUp) return;
    this.#waits.stood(this.#options.clock.now() - this.#upSince);
    this.#tell(() => this.#options.listener.onDown(reason));
  }

  #takeError(error: BrokerErrorFrame): void {
    if (!this.#subscriptions.endedByBroker(error)) this.#tell(() => this.#options.listener.onError?.(error));
  }

  #goesOnAfter(reason: Error): boolean {
    const { reconnects } = this.#options;
    return reconnects === 'always' || (reconnects === 'unless-refused' && !hasCode(reason, 'BROKER_REFUSED'));
  }

  /** A client's: those of the relay itself come back for ever, are few, and everybody waits for them. */
  get #isOneOfMany(): boolean {
    return this.#options.reconnects !== 'always';
  }

  #over(reason: Error): void {
    this.#isOver = true;
    this.#waiters.reject(reason);
    this.#subscriptions.end(reason);
  }

  #unavailable(): Error {
    return brokerUnavailable(`the link ${this.#options.name} has ended`, { cause: this.#failure });
  }

  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.logger.error(`what happened to the broker link ${this.#options.name} could not be handled`, {
        error,
      });
    }
  }
}

function stopped(): Error {
  return brokerUnavailable('the link was stopped');
}

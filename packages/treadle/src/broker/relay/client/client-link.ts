import type { Awaitable } from '../../../foundation/awaitable.js';
import type { Clock } from '../../../foundation/clock.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { BrokerLink } from '../link/broker-link.js';
import type { LastingLink } from '../link/lasting-link.js';
import type { BrokerCredentials } from '../relay-options.js';
import { createRelayLink, type RelayParts } from '../relay-parts.js';
import { SlowClient } from './slow-client.js';

/** A connection that ends in so many milliseconds behind an ERROR ends because of it. Most cost no connection. */
const COMPLAINT_TIME_MS = 1_000;

/** What a connection of a client is made with. */
export interface ClientLinkOptions {
  readonly session: SessionContext;
  readonly parts: RelayParts;
  /** Asked before each attempt to connect. */
  readonly credentials: () => Awaitable<BrokerCredentials>;
  readonly listener: ClientLinkListener;
}

/** Who is told how a connection of a client does. */
export interface ClientLinkListener {
  /** It works. @param isBack whether it was lost before */
  onUp(isBack: boolean): void;
  /** It is lost. @param hasComplained whether the broker said ERROR on it just before: then the client asked for something that costs it */
  onDown(reason: Error, hasComplained: boolean): void;
  /** There will be none any more. */
  onEnd(reason: Error): void;
}

/** One connection to the broker of one session: as it was told, it comes back when it is lost or not, and it waits for a client that is slow. */
export class ClientLink {
  readonly link: LastingLink;
  readonly slowClient: SlowClient;
  readonly #listener: ClientLinkListener;
  readonly #clock: Clock;
  #wasLost = false;
  #complainedAt = -Infinity;

  constructor({ session, parts, credentials, listener }: ClientLinkOptions) {
    this.#listener = listener;
    this.#clock = parts.context.clock;
    this.slowClient = new SlowClient(session, parts.deliveries);
    this.link = createRelayLink(parts, {
      name: `client ${session.id}`,
      credentials,
      reconnects: parts.settings.onBrokerLoss === 'hold' ? 'unless-refused' : 'never',
      listener: {
        onUp: (link) => this.#onUp(link),
        onDown: (reason) => this.#onDown(reason),
        onEnd: (reason) => listener.onEnd(reason),
        onError: () => void (this.#complainedAt = this.#clock.now()),
      },
    });
  }

  #onUp(link: BrokerLink): void {
    const isBack = this.#wasLost;
    this.#wasLost = false;
    this.slowClient.isOn(link);
    this.#listener.onUp(isBack);
  }

  #onDown(reason: Error): void {
    this.#wasLost = true;
    this.#listener.onDown(reason, this.#clock.now() - this.#complainedAt <= COMPLAINT_TIME_MS);
  }
}

import type { Awaitable } from '../../../foundation/awaitable.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { BrokerLink } from '../link/broker-link.js';
import type { LastingLink } from '../link/lasting-link.js';
import type { BrokerCredentials } from '../relay-options.js';
import { createRelayLink, type RelayParts } from '../relay-parts.js';
import { SlowClient } from './slow-client.js';

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
  /** It is lost. @param hasComplained whether the last that the broker said on it was ERROR: then the client asked for something that costs it */
  onDown(reason: Error, hasComplained: boolean): void;
  /** There will be none any more. */
  onEnd(reason: Error): void;
}

/** One connection to the broker of one session: as it was told, it comes back when it is lost or not, and it waits for a client that is slow. */
export class ClientLink {
  readonly link: LastingLink;
  readonly slowClient: SlowClient;
  readonly #listener: ClientLinkListener;
  #wasLost = false;
  #hasComplained = false;

  constructor({ session, parts, credentials, listener }: ClientLinkOptions) {
    this.#listener = listener;
    this.slowClient = new SlowClient(session, parts.deliveries);
    this.link = createRelayLink(parts, {
      name: `client ${session.id}`,
      credentials,
      reconnects: parts.settings.onBrokerLoss === 'hold' ? 'unless-refused' : 'never',
      listener: {
        onUp: (link) => this.#onUp(link),
        onDown: (reason) => this.#onDown(reason),
        onEnd: (reason) => listener.onEnd(reason),
        onError: () => void (this.#hasComplained = true),
      },
    });
  }

  #onUp(link: BrokerLink): void {
    const isBack = this.#wasLost;
    this.#wasLost = false;
    this.#hasComplained = false;
    this.slowClient.isOn(link);
    this.#listener.onUp(isBack);
  }

  #onDown(reason: Error): void {
    this.#wasLost = true;
    this.#listener.onDown(reason, this.#hasComplained);
  }
}

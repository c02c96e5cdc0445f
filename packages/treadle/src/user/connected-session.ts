import type { SessionContext } from '../messaging/session-context.js';
import type { EndReason, SessionControl } from '../messaging/session-control.js';
import type { SubscriptionTicket } from '../messaging/subscription-ticket.js';
import type { ConnectedUser } from './connected-user.js';
import type { SimpSession, SimpSubscription } from './simp-user.js';

/** What a session of the registry stands for: one of this server, or of another. */
export interface SessionSource {
  readonly id: string;
  /** `undefined` for this one. */
  readonly server: string | undefined;
  readonly remoteAddress: string | undefined;
  readonly control: SessionControl;
}

/** A session of this server. */
export function localSource(context: SessionContext): SessionSource {
  return { id: context.id, server: undefined, remoteAddress: context.handshake.remoteAddress, control: context };
}

/** The registry's own side of a `SimpSession`. */
export class ConnectedSession implements SimpSession {
  readonly id: string;
  readonly server: string | undefined;
  readonly remoteAddress: string | undefined;
  readonly user: ConnectedUser | undefined;
  readonly #control: SessionControl;
  readonly #subscriptions = new Map<string, SimpSubscription>();

  constructor({ id, server, remoteAddress, control }: SessionSource, user: ConnectedUser | undefined) {
    this.id = id;
    this.server = server;
    this.remoteAddress = remoteAddress;
    this.user = user;
    this.#control = control;
  }

  get subscriptions(): readonly SimpSubscription[] {
    return [...this.#subscriptions.values()];
  }

  get connectedAt(): Date {
    return this.#control.connectedAt;
  }

  get transport(): string {
    return this.#control.transport;
  }

  get version(): '1.0' | '1.1' | '1.2' {
    return this.#control.version;
  }

  get isCongested(): boolean {
    return this.#control.isCongested;
  }

  getSubscription(subscriptionId: string): SimpSubscription | undefined {
    return this.#subscriptions.get(subscriptionId);
  }

  disconnect(reason: EndReason = 'the application disconnected it'): Promise<void> {
    return this.#control.disconnect(reason);
  }

  add(id: string, destination: string, ticket: SubscriptionTicket | undefined): SimpSubscription {
    const control = this.#control;
    const subscription: SimpSubscription = {
      id,
      destination,
      session: this,
      unsubscribe: (reason = 'the application ended it') => control.unsubscribe(id, reason, ticket),
    };
    this.#subscriptions.set(id, subscription);
    return subscription;
  }

  /** @returns what was there */
  remove(subscriptionId: string): SimpSubscription | undefined {
    const subscription = this.#subscriptions.get(subscriptionId);
    this.#subscriptions.delete(subscriptionId);
    return subscription;
  }
}

import type { SessionContext } from '../../../messaging/session-context.js';
import type { SessionDeliveries } from '../../delivery/session-deliveries.js';
import type { BrokerLink } from '../link/broker-link.js';

/** Has the broker wait for a client that reads more slowly than messages come: its own connection is not read meanwhile, so the broker keeps what is left. */
export class SlowClient {
  readonly #session: SessionContext;
  readonly #deliveries: Pick<SessionDeliveries, 'whenRoom'>;
  #link: BrokerLink | undefined;
  #isPaused = false;

  constructor(session: SessionContext, deliveries: Pick<SessionDeliveries, 'whenRoom'>) {
    this.#session = session;
    this.#deliveries = deliveries;
  }

  /** The link is new. */
  isOn(link: BrokerLink): void {
    if (this.#isPaused && link !== this.#link) link.pause();
    this.#link = link;
  }

  /** A message went to the client. */
  delivered(link: BrokerLink): void {
    if (this.#isPaused) return;
    const room = this.#deliveries.whenRoom(this.#session);
    if (!room) return;
    this.#link = link;
    this.#isPaused = true;
    link.pause();
    void room.then(() => this.#resume());
  }

  #resume(): void {
    const room = this.#deliveries.whenRoom(this.#session);
    if (room) return void room.then(() => this.#resume());
    this.#isPaused = false;
    this.#link?.resume();
  }
}

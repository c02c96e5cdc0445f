import type { Awaitable } from '../../../foundation/awaitable.js';
import { textOf } from '../../../foundation/error-text.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import { Message } from '../../../messaging/message.js';
import type { BrokerHealth } from '../../broker.js';
import { Confirmations } from '../confirmations.js';
import type { BrokerLink } from '../link/broker-link.js';
import type { LastingLink } from '../link/lasting-link.js';
import { Publishing } from '../publishing.js';
import { RelayCounters } from '../relay-counters.js';
import { createRelayLink, type RelayParts } from '../relay-parts.js';
import type { RelayServers, ServersWord } from '../servers/relay-servers.js';

/** As of the links of clients. */
const COMPLAINT_TIME_MS = 1_000;

/**
 * The connection of the application itself: what it publishes, and what servers tell each other, go over it (Spring: the "system" connection). It comes back for
 * ever; whether it is up is whether the broker is available.
 */
export class SystemConnection {
  readonly link: LastingLink;
  readonly #parts: RelayParts;
  readonly #servers: RelayServers;
  readonly #confirmations = new Confirmations();
  readonly #publishing: Publishing;
  /** What servers tell each other of their sessions counts among no messages, and would be old when it had waited. */
  readonly #telling: Publishing;
  #since: Date;
  #hasStopped = false;
  #complainedAt = -Infinity;
  /** The broker it is or was connected to. */
  #last: Pick<BrokerHealth, 'address' | 'server'> = {};

  constructor(parts: RelayParts, servers: RelayServers) {
    const { context, settings } = parts;
    this.#parts = parts;
    this.#servers = servers;
    this.#since = new Date(context.clock.wallTime());
    this.link = createRelayLink(parts, {
      name: 'system',
      credentials: () => settings.system,
      reconnects: 'always',
      listener: {
        onUp: (link) => this.#onUp(link),
        onDown: () => this.#onDown(),
        onEnd: () => this.#onDown(),
        onError: () => void (this.#complainedAt = context.clock.now()),
      },
    });
    const publishing = { ...parts, clock: context.clock, link: () => this.link.link };
    this.#publishing = new Publishing(publishing);
    const counters = new RelayCounters();
    this.#telling = new Publishing({ ...publishing, counters, settings: { ...settings, heldMessages: 0 } });
  }

  /** How the broker is, seen from here. */
  get health(): BrokerHealth {
    const since = this.#since.toISOString();
    if (!this.link.link) return { status: 'down', since, ...this.#last, reason: this.#whyDown };
    const { problem } = this.#servers;
    return { status: 'up', since, ...this.#last, ...(problem !== undefined && { reason: problem }) };
  }

  /** Whether the broker said ERROR just now: a connection that is lost so soon behind it was ended because of it. */
  get hasComplained(): boolean {
    return this.#parts.context.clock.now() - this.#complainedAt <= COMPLAINT_TIME_MS;
  }

  /** Begins to connect, and waits for nothing: messages wait in turn. */
  start(): void {
    this.link.start().catch((error: unknown) => {
      // Refused logins and absent brokers are tried again; what ends it is `stop` alone.
      this.#parts.context.logger.debug('the system connection ended before it was up', { reason: textOf(error) });
    });
  }

  /**
   * Sends what the application publishes. Settles when the broker has it.
   * @throws MessageRejectedError `BROKER_UNAVAILABLE`, `BROKER_REFUSED`, `OUTCOME_UNKNOWN`, and those of the dialect
   */
  publish(message: Message, destination: string): Awaitable<void> {
    return this.#publishing.publish(message, destination, { isConfirmed: true, confirmations: this.#confirmations });
  }

  /**
   * Sends a word to the other servers, one behind the other. A message to users settles, fails and waits as those of `publish`; what is told of sessions fails at once
   * while the broker is away.
   */
  sendToServers({ topic, body, frame }: ServersWord): Awaitable<void> {
    const message = new Message({ type: 'MESSAGE', payload: body });
    const publishing = topic === 'user-destinations' ? this.#publishing : this.#telling;
    return publishing.publish(message, '', { isConfirmed: true, confirmations: this.#confirmations, frame });
  }

  /** Sends what waits for its answer no more; resolves when nothing is open. */
  async stop(): Promise<void> {
    const stopping = new MessageRejectedError('the broker relay has been stopped', { code: 'SERVER_STOPPING' });
    for (const publishing of [this.#publishing, this.#telling]) publishing.end(stopping);
    this.#servers.stop();
    const stopped = this.link.stop();
    this.#hasStopped = true;
    this.#changed();
    this.#parts.context.reportAvailability(false);
    await stopped;
  }

  #onUp(link: BrokerLink): void {
    this.#last = { address: link.address, ...(link.server !== undefined && { server: link.server }) };
    this.#changed();
    this.#parts.context.reportAvailability(true);
    this.#publishing.resume();
    this.#telling.resume();
    this.#servers.up(this.link);
  }

  #onDown(): void {
    this.#changed();
    this.#parts.context.reportAvailability(false);
    this.#servers.down();
  }

  #changed(): void {
    this.#since = new Date(this.#parts.context.clock.wallTime());
  }

  /** Of the last attempt, so that a login that is refused is told as what it is. */
  get #whyDown(): string {
    if (this.#hasStopped) return 'stopped';
    return this.link.failure ? textOf(this.link.failure) : 'not connected yet';
  }
}

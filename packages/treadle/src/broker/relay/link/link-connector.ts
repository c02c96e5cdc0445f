import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../../../foundation/clock.js';
import { textOf } from '../../../foundation/error-text.js';
import type { Logger } from '../../../foundation/logger.js';
import { FlushQueue } from '../../../transport/outbound-buffer.js';
import { tcpUrl } from '../../../transport/tcp.js';
import type { Dialect } from '../dialect/dialect.js';
import type { BrokerAddress, BrokerCredentials } from '../relay-options.js';
import type { BrokerLink, BrokerLinkListener } from './broker-link.js';
import { brokerUnavailable, hasCode, reasonOf } from './link-errors.js';
import { openSocket } from './open-socket.js';
import { StompLink } from './stomp-link.js';

const STOMP_PORT = 61613;

/** What all links of a relay have in common: those of `BrokerRelayOptions` with their defaults. */
export interface LinkConnectorOptions {
  /** At least one, tried in turn. Port 61613 where none is given. */
  readonly hosts: readonly BrokerAddress[];
  readonly tls: boolean | ConnectionOptions;
  /** The `host` header of CONNECT; `undefined`: none is sent. */
  readonly virtualHost: string | undefined;
  /** Milliseconds; `0` turns a direction off, less than 1 000 counts as 1 000: RabbitMQ keeps no shorter interval. */
  readonly heartBeat: { readonly sends: number; readonly expects: number };
  /** For TCP, TLS and CONNECTED together, of each host. */
  readonly connectTimeMs: number;
  readonly receiptTimeMs: number;
  readonly brokerFrameBodyOctets: number;
  /** Which dialect a broker has that calls itself so in CONNECTED. */
  readonly dialectOf: (server: string | undefined) => Dialect;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Whose link it is to be. */
export interface LinkRequest {
  /** For logs: `system`, `shared-1`, `client <session id>`. */
  readonly name: string;
  readonly credentials: BrokerCredentials;
  readonly listener: BrokerLinkListener;
  /** Gives the attempt up: it rejects, and nothing stays open. */
  readonly signal?: AbortSignal;
}

/** Opens links to the broker. One serves all links of a relay: it remembers which of several hosts answered last. */
export class LinkConnector {
  readonly #options: LinkConnectorOptions;
  readonly #flushQueue = new FlushQueue();
  #last = 0;

  constructor(options: LinkConnectorOptions) {
    this.#options = options;
  }

  /**
   * Connects to the host that answered last, else to the others in turn, each once. Nothing of the link reaches the listener before this has resolved and its
   * caller has run on.
   * @throws MessageRejectedError `BROKER_REFUSED` (a broker answered CONNECT with ERROR: login, virtual host; and no other took it), `BROKER_UNAVAILABLE` (no
   *   host could be reached, or none answered in time; also when given up); neither ends the session
   */
  async connect(request: LinkRequest): Promise<BrokerLink> {
    const { hosts } = this.#options;
    const first = this.#last;
    const failures: unknown[] = [];
    for (let turn = 0; turn < hosts.length; turn += 1) {
      const index = (first + turn) % hosts.length;
      try {
        const link = await this.#connectTo(hosts[index]!, request); // index < hosts.length
        this.#last = index;
        return link;
      } catch (error) {
        failures.push(error);
        if (request.signal?.aborted) break;
      }
    }
    throw failureOf(failures);
  }

  async #connectTo({ host, port = STOMP_PORT }: BrokerAddress, request: LinkRequest): Promise<BrokerLink> {
    const { tls, connectTimeMs, clock } = this.#options;
    const address = tcpUrl({ host, port, isSecure: tls !== false });
    const attempt = new AbortController();
    const giveUp = (): void => attempt.abort(new Error('the attempt to connect was given up'));
    const tooLate = (): void => attempt.abort(new Error(`no CONNECTED in ${connectTimeMs} ms`));
    if (request.signal?.aborted) giveUp();
    request.signal?.addEventListener('abort', giveUp);
    const timer = clock.setTimeout(tooLate, connectTimeMs);
    try {
      const socket = await openSocket({ host, port, tls }, attempt.signal);
      const link = new StompLink({ socket, address, request, options: this.#options, flushQueue: this.#flushQueue });
      await link.greet(attempt.signal);
      return link;
    } catch (error) {
      if (hasCode(error, 'BROKER_REFUSED') || hasCode(error, 'BROKER_UNAVAILABLE')) throw error;
      throw brokerUnavailable(`${address}: ${reasonOf(error)}`, { cause: error });
    } finally {
      timer.cancel();
      request.signal?.removeEventListener('abort', giveUp);
    }
  }
}

/** A refusal says most: what is wrong with the login does not become right by waiting. */
function failureOf(failures: readonly unknown[]): unknown {
  const refusal = failures.find((failure) => hasCode(failure, 'BROKER_REFUSED'));
  if (refusal !== undefined || failures.length === 1) return refusal ?? failures[0];
  return brokerUnavailable(failures.map(textOf).join('; '), { cause: failures[0] });
}

import { textOf } from '../../../foundation/error-text.js';
import { OccasionalWarning } from '../../../foundation/occasional-warning.js';
import { FlushQueue } from '../../../transport/outbound-buffer.js';
import { tcpUrl } from '../../../transport/tcp.js';
import type { BrokerAddress } from '../relay-options.js';
import type { BrokerLink } from './broker-link.js';
import { BrokerReturns } from './broker-returns.js';
import { brokerUnavailable, hasCode, reasonOf } from './link-errors.js';
import type { LinkConnectorOptions, LinkRequest } from './link-request.js';
import { openSocket } from './open-socket.js';
import { StompLink } from './stomp-link.js';
import { Turns } from './turns.js';

const STOMP_PORT = 61613;
// A broker spends some milliseconds of its processor on each CONNECT: with more at once each takes longer, and all are done no sooner.
const MOST_CONNECTS = 10;
const GIVEN_UP = 'the attempt to connect was given up';

/** Opens links to the broker. One serves all links of a relay: it remembers which of several hosts answered last. */
export class LinkConnector {
  /** Told of each link that is connected. */
  readonly returns = new BrokerReturns();
  readonly #options: LinkConnectorOptions;
  readonly #turns = new Turns(MOST_CONNECTS);
  readonly #clientErrors: OccasionalWarning;
  readonly #oversized: OccasionalWarning;
  readonly #flushQueue = new FlushQueue();
  #last = 0;

  constructor(options: LinkConnectorOptions) {
    this.#options = options;
    const { logger, clock } = options;
    this.#clientErrors = new OccasionalWarning(logger, clock, 'the broker sent ERROR to a client');
    this.#oversized = new OccasionalWarning(logger, clock, 'a message of more than brokerFrameBodyOctets is skipped');
  }

  /**
   * Connects to the host that answered last, else to the others in turn, each once. Nothing of the link reaches the listener before this has resolved and its
   * caller has run on.
   * @throws MessageRejectedError `BROKER_REFUSED` (a broker answered CONNECT with ERROR: login, virtual host; and no other took it), `BROKER_UNAVAILABLE` (no
   *   host could be reached, or none answered in time; also when given up); neither ends the session
   */
  async connect(request: LinkRequest): Promise<BrokerLink> {
    const link = request.takesTurn ? await this.#connectInTurn(request) : await this.#connectToAny(request);
    this.returns.tell();
    return link;
  }

  async #connectInTurn(request: LinkRequest): Promise<BrokerLink> {
    await this.#turns.take(request.signal).catch((error: unknown) => {
      throw brokerUnavailable(GIVEN_UP, { cause: error });
    });
    try {
      return await this.#connectToAny(request);
    } finally {
      this.#turns.give();
    }
  }

  async #connectToAny(request: LinkRequest): Promise<BrokerLink> {
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
    const giveUp = (): void => attempt.abort(new Error(GIVEN_UP));
    const tooLate = (): void => attempt.abort(new Error(`no CONNECTED in ${connectTimeMs} ms`));
    if (request.signal?.aborted) giveUp();
    request.signal?.addEventListener('abort', giveUp);
    const timer = clock.setTimeout(tooLate, connectTimeMs);
    try {
      const socket = await openSocket({ host, port, tls }, attempt.signal);
      const link = new StompLink({
        socket,
        address,
        request,
        options: this.#options,
        flushQueue: this.#flushQueue,
        clientErrors: this.#clientErrors,
        oversized: this.#oversized,
      });
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

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../foundation/clock.js';
import { asError } from '../foundation/error-text.js';
import type { Logger } from '../foundation/logger.js';
import type { HandshakeCounters } from './handshake-counters.js';
import type { HandshakeInterceptor, HandshakeRefusal } from './handshake-interceptor.js';
import { refuse } from './http-refusal.js';
import { InterceptedHandshake } from './intercepted-handshake.js';
import { WaitingUpgrade } from './waiting-upgrade.js';

/** An upgrade request as Node's HTTP server hands it over. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What of the client's octets was read together with the request. */
  readonly head: Buffer;
}

/** What a gate needs of its application. */
export interface HandshakeGateOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds that all interceptors of one handshake have together. */
  readonly handshakeTimeMs: number;
  readonly handshakes: HandshakeCounters;
}

/** Makes the connection, in the same turn; false when the request was no WebSocket upgrade after all. */
export type Admit = (head: Buffer, attributes: ReadonlyMap<string, unknown>) => boolean;

/** Why a client is not let in; without a refusal there is nobody left to answer. */
interface Stop {
  readonly failure: Error;
  readonly refusal?: HandshakeRefusal;
}

/** Holds clients until the interceptors of their endpoint have decided. */
export class HandshakeGate {
  readonly #options: HandshakeGateOptions;
  /** Those that wait, each with what ends its waiting. */
  readonly #waiting = new Set<(stop: Stop) => void>();

  constructor(options: HandshakeGateOptions) {
    this.#options = options;
  }

  /** How many clients wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Lets one client pass the interceptors. Resolves when it was let in or refused; never rejects. */
  async pass(upgrade: UpgradeRequest, interceptors: readonly HandshakeInterceptor[], admit: Admit): Promise<void> {
    const { request, socket, head } = upgrade;
    const { logger } = this.#options;
    const waiting = new WaitingUpgrade(socket, head);
    const handshake = new InterceptedHandshake(request, logger);
    const stop = await this.#decide(waiting, handshake.begin(interceptors));
    try {
      const early = waiting.release();
      if (stop?.refusal) refuse(socket, stop.refusal);
      const isAdmitted = !stop && admit(early, handshake.attributes);
      handshake.end(isAdmitted ? undefined : (stop?.failure ?? new Error('the request was no WebSocket upgrade')));
    } catch (error) {
      logger.error('an upgrade failed after its handshake interceptors', { error });
      socket.destroy(); // unanswered, and `stop` would wait for it
      handshake.end(asError(error));
    }
  }

  /** Refuses those that wait: the application stops. */
  close(): void {
    const refusal = { status: 503, body: 'The server is stopping.' };
    for (const end of this.#waiting) end({ failure: new Error('the application stopped'), refusal });
  }

  /** What comes first: the interceptors' decision, the client's leaving, the end of the time, or of the application. */
  async #decide(waiting: WaitingUpgrade, begun: Promise<HandshakeRefusal | undefined>): Promise<Stop | undefined> {
    const { clock, logger, handshakeTimeMs, handshakes } = this.#options;
    let end: (stop: Stop) => void = () => undefined;
    const ended = new Promise<Stop>((resolve) => {
      end = resolve;
    });
    this.#waiting.add(end);
    handshakes.waiting += 1;
    const timer = clock.setTimeout(() => {
      handshakes.timeExceeded += 1;
      logger.warn(`a client was refused with 503: its handshake interceptors took longer than ${handshakeTimeMs} ms`);
      end({ failure: new Error(`the interceptors took longer than ${handshakeTimeMs} ms`), refusal: { status: 503 } });
    }, handshakeTimeMs);
    const refused = begun.then((refusal) => refusal && { failure: refusalError(refusal), refusal });
    const left = waiting.gone.then((failure): Stop => ({ failure }));
    // The client's leaving first: of two that are settled already, the first of the list counts.
    const stop = await Promise.race([left, ended, refused]);
    timer.cancel();
    this.#waiting.delete(end);
    handshakes.waiting -= 1;
    return stop;
  }
}

function refusalError({ status }: HandshakeRefusal): Error {
  return new Error(`the client was refused with ${status}`);
}

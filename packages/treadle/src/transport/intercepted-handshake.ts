import type { IncomingMessage } from 'node:http';
import { asError } from '../foundation/error-text.js';
import type { Logger } from '../foundation/logger.js';
import type { HandshakeInterceptor, HandshakeRefusal } from './handshake-interceptor.js';

const FORBIDDEN: HandshakeRefusal = { status: 403 };
const FAILED: HandshakeRefusal = { status: 500 };

/** One client's way through the interceptors of its endpoint (Spring: `HandshakeInterceptorChain`). */
export class InterceptedHandshake {
  /** What the interceptors put in for the session. */
  readonly attributes = new Map<string, unknown>();
  readonly #request: IncomingMessage;
  readonly #logger: Logger;
  /** Whose `beforeHandshake` answered `true`, and whose `afterHandshake` is still to come. */
  #passed: HandshakeInterceptor[] = [];
  #end: { readonly failure: Error | undefined } | undefined;

  constructor(request: IncomingMessage, logger: Logger) {
    this.#request = request;
    this.#logger = logger;
  }

  /** Asks them one after the other; `undefined` when all let the client in. Never rejects. */
  async begin(interceptors: readonly HandshakeInterceptor[]): Promise<HandshakeRefusal | undefined> {
    try {
      for (const interceptor of interceptors) {
        const answer: unknown = await interceptor.beforeHandshake(this.#request, this.attributes);
        if (answer !== true) return this.#refusalOf(interceptor, answer);
        this.#pass(interceptor);
        if (this.#end) return FORBIDDEN; // the client left or the time ran out meanwhile: nobody reads this
      }
      return undefined;
    } catch (error) {
      this.#logger.error('a handshake interceptor failed; the client was refused with 500', { error });
      return FAILED;
    }
  }

  /** Tells those that were passed, the last one first. Only the first call counts. */
  end(failure: Error | undefined): void {
    if (this.#end) return;
    this.#end = { failure };
    const passed = this.#passed.toReversed();
    this.#passed = [];
    void this.#tellAll(passed, failure);
  }

  /** One that answers after the end is told at once, so that what it opened is closed. */
  #pass(interceptor: HandshakeInterceptor): void {
    if (this.#end) void this.#tellAll([interceptor], this.#end.failure);
    else this.#passed.push(interceptor);
  }

  async #tellAll(interceptors: readonly HandshakeInterceptor[], failure: Error | undefined): Promise<void> {
    for (const interceptor of interceptors) {
      try {
        await interceptor.afterHandshake?.(this.#request, failure);
      } catch (error) {
        this.#logger.warn(`${nameOf(interceptor)}.afterHandshake failed`, { error: asError(error) });
      }
    }
  }

  #refusalOf(interceptor: HandshakeInterceptor, answer: unknown): HandshakeRefusal {
    if (answer === false) return FORBIDDEN;
    if (isRefusal(answer)) return wellFormed(answer);
    this.#logger.warn(
      `${nameOf(interceptor)}.beforeHandshake answered ${describe(answer)}; the client was refused with 403. ` +
        'Return true to let it in, false or { status } to refuse it.',
    );
    return FORBIDDEN;
  }
}

function isRefusal(answer: unknown): answer is HandshakeRefusal {
  if (typeof answer !== 'object' || answer === null || !('status' in answer)) return false;
  const { status } = answer;
  return typeof status === 'number' && Number.isInteger(status) && status >= 300 && status <= 599;
}

/** JavaScript may put anything into a refusal: what is no text is left out, numbers are written. */
function wellFormed({ status, headers, body }: HandshakeRefusal): HandshakeRefusal {
  const given: object = typeof headers === 'object' ? (headers ?? {}) : {};
  const entries = Object.entries(given).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [],
  );
  return { status, headers: Object.fromEntries(entries), ...(typeof body === 'string' && { body }) };
}

function nameOf({ constructor }: HandshakeInterceptor): string {
  return constructor === Object ? 'a handshake interceptor' : constructor.name;
}

/** Values may be secrets, so only what they are is told. */
function describe(answer: unknown): string {
  if (answer === undefined || answer === null) return String(answer);
  return typeof answer === 'object' ? 'an object without a status from 300 to 599' : `a ${typeof answer}`;
}

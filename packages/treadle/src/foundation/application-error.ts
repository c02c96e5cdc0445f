import { ConfigurationError } from './errors.js';

/** What an `ApplicationError` may carry beside code and sentence. */
export interface ApplicationErrorOptions extends ErrorOptions {
  /** Facts a program may want, as JSON; the client reads them too. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Only for channel interceptors: whether the session ends with ERROR, or this message alone is refused. Default true. */
  readonly endsSession?: boolean;
}

// Close frames have room for 123 octets (RFC 6455 § 5.5), and the code is their reason.
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/**
 * A refusal that the client may read in full: a stable code of the application's own, a sentence and details. Throw it, or a class that
 * extends it, from handlers, interceptors and `authenticate`: the client gets exactly that, where any other error is a `HANDLER_FAILED` to it.
 */
export class ApplicationError extends Error {
  /** Such as `ROOM_FULL`. One of the framework's codes, such as `ACCESS_DENIED`, gets a sentence of the application's own. */
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** Whether thrown by a channel interceptor it ends the session. */
  readonly endsSession: boolean;

  /**
   * @param sentence for people; the client reads it
   * @throws ConfigurationError when the code is not made of capitals, digits and underscores, at most 64
   */
  constructor(code: string, sentence: string, options: ApplicationErrorOptions = {}) {
    super(sentence, options);
    if (!CODE.test(code)) {
      throw new ConfigurationError(
        `'${code}' is no code: write up to 64 capitals, digits and underscores: 'ROOM_FULL'`,
      );
    }
    this.name = new.target.name;
    this.code = code;
    this.details = options.details;
    this.endsSession = options.endsSession ?? true;
  }
}

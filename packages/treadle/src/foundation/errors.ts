import { type Finding, type FindingDetails, findingsText } from './finding.js';

/**
 * Every error code of the framework with the one sentence a client may read about it. Codes are stable: clients switch on
 * them. A sentence never holds internal text; what helps the developer goes into `TreadleError.message` and the log.
 * Codes that begin with `STOMP_` come from the table of `@treadle/stomp`.
 */
export const ERRORS = {
  // Developer mistakes: they fail the start.
  CONFIGURATION_INVALID: 'The application is not configured correctly.',

  // Message mistakes: they end the message.
  MESSAGE_REJECTED: 'The message was refused.',
  DESTINATION_UNKNOWN: 'Nobody handles this destination.',
  DESTINATION_MALFORMED: 'The destination is not well formed.',
  PAYLOAD_UNREADABLE: 'The payload could not be read as its content type.',
  PAYLOAD_MISSING: 'A payload is required.',
  PAYLOAD_INVALID: 'The payload breaks the rules of this destination.',
  PAYLOAD_UNWRITABLE: 'The answer could not be written.',
  ARGUMENT_MISSING: 'A required header, destination variable or session attribute is missing.',
  ARGUMENT_INVALID: 'A header or destination variable does not have the expected form.',
  DESTINATION_UNSERVED: 'A message of the application goes nowhere.',
  DELIVERY_FAILED: 'The message could not be delivered.',
  HANDLER_FAILED: 'The message could not be handled.',
  HANDLER_TIME_EXCEEDED: 'The message was not handled in time.',
  QUEUE_FULL: 'The queue is full; try again later.',
  DESTINATION_MESSAGE_TOO_LARGE: 'The message is larger than this destination takes.',
  DESTINATION_RATE_EXCEEDED: 'The destination gets too many messages; try again later.',
  UNSUPPORTED_BY_BROKER: 'The broker does not offer this.',
  BROKER_REFUSED: 'The broker refused it.',
  BROKER_UNAVAILABLE: 'The broker is not available; try again later.',
  OUTCOME_UNKNOWN: 'The broker did not answer; whether it took the message is unknown.',
  ACKNOWLEDGEMENT_LOST: 'The broker was lost before the acknowledgement counted; the message comes again.',
  SUBSCRIPTIONS_RESTORED: 'The broker is back, and so are the subscriptions; what was sent meanwhile may be missing.',
  UNSUBSCRIBED_BY_SERVER: 'The server ended the subscription.',
  SERVER_BUSY: 'The server has too much to do; try again later.',
  ACCESS_DENIED: 'Access is denied.',
  REPLY_TO_REFUSED: 'The reply-to header must name a user destination of your own.',
  STREAM_LIMIT_EXCEEDED: 'The session has too many streams.',
  STREAM_OVERFLOW: 'A stream made items faster than they could be sent.',
  SESSION_ENDED: 'The session has ended.',
  SUBSCRIPTION_ENDED: 'The subscription has ended.',
  SCOPE_UNAVAILABLE: 'The session or message has ended.',

  // Peer mistakes: they end the session.
  AUTHENTICATION_FAILED: 'The login was refused.',
  VERSION_UNSUPPORTED: 'No STOMP version in common.',
  NOT_CONNECTED: 'The first frame must be CONNECT or STOMP.',
  ALREADY_CONNECTED: 'The session is connected already.',
  CONNECT_TIME_EXCEEDED: 'No CONNECT frame arrived in time.',
  HEART_BEAT_LOST: 'No heart-beat arrived in time.',
  MESSAGE_TOO_LARGE: 'The WebSocket message is larger than is accepted.',
  MESSAGE_NOT_UTF8: 'A WebSocket text message is not UTF-8.',
  MESSAGE_MALFORMED: 'A WebSocket frame is malformed.',
  SUBSCRIPTION_ID_IN_USE: 'The subscription id is in use.',
  SUBSCRIPTION_UNKNOWN: 'There is no such subscription.',
  SUBSCRIPTION_LIMIT_EXCEEDED: 'The session has too many subscriptions.',
  SUBSCRIBER_LIMIT_EXCEEDED: 'The destination has too many subscribers.',
  SELECTOR_MALFORMED: 'The selector is not well formed.',
  HEADER_MALFORMED: 'A header does not have the form it needs.',
  ACKNOWLEDGEMENT_UNKNOWN: 'There is no such message to acknowledge.',
  TRANSACTION_UNKNOWN: 'There is no such transaction.',
  TRANSACTION_ID_IN_USE: 'The transaction id is in use.',
  TRANSACTION_LIMIT_EXCEEDED: 'The session holds too much in transactions.',
  FRAME_RATE_EXCEEDED: 'The client sends too many frames.',
  OCTET_RATE_EXCEEDED: 'The client sends too much.',
  DISCONNECTED_BY_SERVER: 'The server ended the session.',
  SLOW_CONSUMER: 'The client read too slowly.',
  SESSION_LIMIT_EXCEEDED: 'The server takes no more sessions.',
  SERVER_STOPPING: 'The server is stopping.',
  INTERNAL_ERROR: 'The server failed.',
} as const;

/** A stable error code of the framework. */
export type ErrorCode = keyof typeof ERRORS;

/** Base of all errors of the framework: a stable `code`, and facts for the developer in `message`. */
export class TreadleError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = new.target.name;
    this.code = code;
  }

  /** The fixed sentence of the code, fit for clients. */
  get publicMessage(): string {
    return ERRORS[this.code];
  }
}

/**
 * Mistakes of the developer, found at start: each with where it is, why it is one, and the cure. Code `CONFIGURATION_INVALID`. The message
 * holds all of them: one on a line, several as a numbered list.
 */
export class ConfigurationError extends TreadleError {
  /** At least one. */
  readonly findings: readonly Finding[];

  /** @param found a text alone is a problem without location and cure */
  constructor(found: string | FindingDetails | readonly FindingDetails[], options?: ErrorOptions) {
    const details = detailsOf(found);
    super('CONFIGURATION_INVALID', findingsText(details), options);
    this.findings = details.map(({ location = '', problem, cure }) => ({ location, problem, cure, severity: 'error' }));
  }
}

function detailsOf(found: string | FindingDetails | readonly FindingDetails[]): readonly FindingDetails[] {
  if (typeof found === 'string') return [{ problem: found, cure: '' }];
  return 'problem' in found ? [found] : found;
}

/** A message was refused on its way: by an interceptor, a limit or the broker. Default code `MESSAGE_REJECTED`. */
export class MessageRejectedError extends TreadleError {
  /** Whether thrown by an interceptor of the inbound channel it ends the session, or SEND and SUBSCRIBE are refused alone. */
  readonly endsSession: boolean;

  /** @param options `endsSession`: default true */
  constructor(detail: string, options?: ErrorOptions & { code?: ErrorCode; endsSession?: boolean }) {
    super(options?.code ?? 'MESSAGE_REJECTED', detail, options);
    this.endsSession = options?.endsSession ?? true;
  }
}

/** A header that the framework reads does not have the form it needs; the client is told which one, and why. Code `HEADER_MALFORMED`. */
export class HeaderError extends MessageRejectedError {
  /** One: a client that gets a notice reads it as those of a payload. */
  readonly issues: readonly ValidationIssue[];
  readonly #problem: string;

  /**
   * @param header its name
   * @param problem such as `is no whole number`; the client reads it
   * @param options `endsSession`: as of `MessageRejectedError`
   */
  constructor(header: string, problem: string, options?: { readonly endsSession?: boolean }) {
    super(`the header ${header} ${problem}`, { ...options, code: 'HEADER_MALFORMED' });
    this.issues = [{ path: [header], message: problem }];
    this.#problem = `${header} ${problem}`;
  }

  override get publicMessage(): string {
    return `${super.publicMessage} ${this.#problem}.`;
  }
}

/** A payload could not be converted: `PAYLOAD_UNREADABLE` on the way in, `PAYLOAD_UNWRITABLE` on the way out. */
export class MessageConversionError extends TreadleError {
  constructor(code: 'PAYLOAD_UNREADABLE' | 'PAYLOAD_UNWRITABLE', detail: string, options?: ErrorOptions) {
    super(code, detail, options);
  }
}

/** A message of the application failed on its way to the broker for a reason that has no code of its own; `cause` is what was thrown. Code `DELIVERY_FAILED`. */
export class MessageDeliveryError extends TreadleError {
  constructor(detail: string, options?: ErrorOptions) {
    super('DELIVERY_FAILED', detail, options);
  }
}

/**
 * Why the `signal` of a handler's call aborted: nobody wants the outcome any more. Codes `SESSION_ENDED`, `SUBSCRIPTION_ENDED`,
 * `SERVER_STOPPING`. A call that fails with it did what it was asked to: the failure is not reported.
 */
export class CallAbortedError extends TreadleError {
  constructor(
    code: 'SESSION_ENDED' | 'SUBSCRIPTION_ENDED' | 'SERVER_STOPPING',
    detail: string,
    options?: ErrorOptions,
  ) {
    super(code, detail, options);
  }
}

/** One broken rule of a payload. */
export interface ValidationIssue {
  /** Where, as keys from the payload's root: `['address', 'city']`, `['lines', 0, 'amount']`. */
  readonly path: readonly (string | number)[];
  /** The rule's message, as class-validator or the schema words it. */
  readonly message: string;
  /** The rule's name, such as `isInt`, when it has one. */
  readonly rule?: string;
}

/** A payload is there and readable but breaks rules. Code `PAYLOAD_INVALID`. Its issues are data a client may see. */
export class PayloadValidationError extends TreadleError {
  readonly issues: readonly ValidationIssue[];

  constructor(detail: string, issues: readonly ValidationIssue[], options?: ErrorOptions) {
    super('PAYLOAD_INVALID', detail, options);
    this.issues = issues;
  }
}

/** An argument of a handler could not be made from the message. Codes `ARGUMENT_MISSING`, `ARGUMENT_INVALID`, `PAYLOAD_MISSING`. */
export class ArgumentError extends TreadleError {
  /** Which header or variable, as the only key of the path, and what is wrong with it; a client may see them. Empty for anything else. */
  readonly issues: readonly ValidationIssue[];

  constructor(
    code: 'ARGUMENT_MISSING' | 'ARGUMENT_INVALID' | 'PAYLOAD_MISSING',
    detail: string,
    options?: ErrorOptions & { readonly issues?: readonly ValidationIssue[] },
  ) {
    super(code, detail, options);
    this.issues = options?.issues ?? [];
  }
}

/** A handler took longer than its time limit. Code `HANDLER_TIME_EXCEEDED`. */
export class HandlerTimeExceededError extends TreadleError {
  constructor(detail: string, options?: ErrorOptions) {
    super('HANDLER_TIME_EXCEEDED', detail, options);
  }
}

/** CONNECT was refused. Code `AUTHENTICATION_FAILED`; says nothing about which half of the credentials was wrong. */
export class AuthenticationError extends TreadleError {
  constructor(detail = 'the credentials were refused', options?: ErrorOptions) {
    super('AUTHENTICATION_FAILED', detail, options);
  }
}

/**
 * A message failed in application code and nobody there handled it. It has been logged, published as a diagnostics event and
 * sent to the session's error destination already; whoever sent the message only has to answer its receipt.
 */
export class MessageHandlingError extends TreadleError {
  /** Names this failure in the log, in the diagnostics event and at the client. */
  readonly correlationId: string;
  /** What the client was told: `code`, unless an `ApplicationError` has one of its own; `code` is `MESSAGE_REJECTED` then. */
  readonly publicCode: string;
  readonly #sentence: string;

  /** @param options `told`: code and sentence of an `ApplicationError` */
  constructor(
    code: ErrorCode,
    correlationId: string,
    detail: string,
    options?: ErrorOptions & { told?: { readonly code: string; readonly message: string } },
  ) {
    super(code, detail, options);
    this.correlationId = correlationId;
    this.publicCode = options?.told?.code ?? code;
    this.#sentence = options?.told?.message ?? ERRORS[code];
  }

  override get publicMessage(): string {
    return this.#sentence;
  }
}

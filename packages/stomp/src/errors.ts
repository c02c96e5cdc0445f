/**
 * Every protocol error this package raises: its stable code, and the one fixed sentence that may be told to the peer.
 * The sentences hold nothing the peer sent and nothing internal, so they can go into the `message` header of an ERROR frame.
 */
export const STOMP_ERRORS = {
  STOMP_UNKNOWN_COMMAND: 'The command is not one that may be sent here.',
  STOMP_MALFORMED_HEADER: 'A header line has no colon, no name, or a carriage return inside.',
  STOMP_HEADER_COUNT_EXCEEDED: 'The frame has more headers than are accepted.',
  STOMP_HEADER_LINE_TOO_LONG: 'A header line is longer than is accepted.',
  STOMP_INVALID_UTF8: 'A header is not valid UTF-8.',
  STOMP_UNDEFINED_ESCAPE: 'A header holds an escape sequence that this protocol version does not define.',
  STOMP_INVALID_CONTENT_LENGTH: 'The content-length is not a plain decimal number.',
  STOMP_BODY_TOO_LARGE: 'The body is larger than is accepted.',
  STOMP_BODY_NOT_ALLOWED: 'This command must not have a body.',
  STOMP_MISSING_NUL: 'The body is not followed by a NUL octet.',
  STOMP_MISSING_HEADER: 'A header that this command requires is missing.',
  STOMP_UNKNOWN_ACK_MODE: 'The ack mode is not one that this protocol version defines.',
  STOMP_MALFORMED_HEART_BEAT: 'The heart-beat is not two non-negative integers with a comma between them.',
  STOMP_UNENCODABLE_HEADER: 'A header cannot be written, because this command knows no escapes.',
} as const;

/** The code of a {@link StompProtocolError}: a key of {@link STOMP_ERRORS}. Codes are stable, they are never renamed. */
export type StompErrorCode = keyof typeof STOMP_ERRORS;

/**
 * Octets, a header or a frame that break the rules of STOMP or exceed a limit.
 *
 * `message` starts with the code and holds the facts, for logs; only `code` and `clientMessage` are made for the peer.
 */
export class StompProtocolError extends Error {
  override readonly name = 'StompProtocolError';

  /** What went wrong, as a stable code. */
  readonly code: StompErrorCode;

  constructor(code: StompErrorCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.code = code;
  }

  /** The fixed sentence of this code; safe to send to the peer. */
  get clientMessage(): string {
    return STOMP_ERRORS[this.code];
  }
}

import { ApplicationError } from 'treadle';

/** What each code means over HTTP. Codes are stable: pages and programs switch on them. */
const STATUS = {
  NAME_INVALID: 400,
  NAME_TAKEN: 409,
  TOKEN_MISSING: 401,
  TOKEN_UNKNOWN: 401,
  USER_UNKNOWN: 404,
  ROOM_INVALID: 400,
  ROOM_EXISTS: 409,
  ROOM_UNKNOWN: 404,
  MEMBERS_UNKNOWN: 422,
  NOT_A_MEMBER: 403,
  ANNOUNCEMENT_INVALID: 400,
  POSITION_INVALID: 400,
} as const;

/** A refusal that people are told about: the message is a sentence for them. Over HTTP and over STOMP it reads the same. */
export class ChatError extends ApplicationError {
  /** @param details facts a program may want, such as `{ unknownMembers: ['dave'] }` */
  constructor(
    override readonly code: keyof typeof STATUS,
    sentence: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(code, sentence, { details });
  }

  /** The HTTP status. */
  get status(): number {
    return STATUS[this.code];
  }

  /** What a client gets. */
  toJSON(): Record<string, unknown> {
    return { code: this.code, message: this.message, ...this.details };
  }
}

import { channel } from 'node:diagnostics_channel';

/** Published on `treadle:handler.failed` when a message failed and no exception handler took it, or an interceptor refused it alone. */
export interface HandlerFailedEvent {
  readonly correlationId: string;
  /** As the client reads it: of the table, or of an `ApplicationError`. */
  readonly code: string;
  readonly error: unknown;
  readonly destination: string | undefined;
  readonly sessionId: string | undefined;
  /** `Class.method`, when a handler was found. */
  readonly handler: string | undefined;
}

/** Published on `treadle:session.failed` when the server ends a session with an ERROR frame or because of a limit. */
export interface SessionFailedEvent {
  readonly correlationId: string;
  readonly code: string;
  readonly error: unknown;
  readonly sessionId: string;
}

/** Published on `treadle:schedule.failed` when a `@Scheduled` method threw or rejected; its schedule goes on. */
export interface ScheduleFailedEvent {
  /** `Class.method`. */
  readonly name: string;
  readonly error: unknown;
}

/** Node's diagnostics channels of the framework (`node:diagnostics_channel`); they cost nothing while nobody listens. */
export const diagnostics = {
  handlerFailed: channel('treadle:handler.failed'),
  sessionFailed: channel('treadle:session.failed'),
  scheduleFailed: channel('treadle:schedule.failed'),
} as const;

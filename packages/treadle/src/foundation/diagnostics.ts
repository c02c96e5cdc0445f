import { channel } from 'node:diagnostics_channel';

/** Published on `treadle:handler.failed` when application code failed and no exception handler took it. */
export interface HandlerFailedEvent {
  readonly correlationId: string;
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

/** Node's diagnostics channels of the framework (`node:diagnostics_channel`); they cost nothing while nobody listens. */
export const diagnostics = {
  handlerFailed: channel('treadle:handler.failed'),
  sessionFailed: channel('treadle:session.failed'),
} as const;

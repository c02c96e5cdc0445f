import type { ReceivedFrame } from './received-frame.js';

/** The server refused something: its message tells the code, the sentence and, for an ERROR, the frame it is about. */
export class StompServerError extends Error {
  /** The stable code of the ERROR frame, or of the notice that answers a request. */
  readonly code: string | undefined;
  readonly frame: ReceivedFrame;

  constructor(frame: ReceivedFrame) {
    super(`${frame.headers['code'] ?? 'ERROR'}: ${sentencesOf(frame)}`);
    this.name = 'StompServerError';
    this.code = frame.headers['code'];
    this.frame = frame;
  }
}

/** The body of an ERROR repeats the header `message` and names the frame it is about; other servers may write anything there. */
function sentencesOf({ headers, body, payload }: ReceivedFrame): string {
  const message = headers['message'] ?? noticeOf(payload);
  return body.startsWith(message) && body !== '' ? body.trim().replaceAll(/\s*\n\s*/g, ' ') : message;
}

/** The sentence of a notice that answers a request. */
function noticeOf(payload: unknown): string {
  const { message } = Object(payload) as { readonly message?: unknown }; // any value may come
  return typeof message === 'string' ? message : '';
}

import { type Frame, headerValue } from '@treadle/stomp';

/** A frame the server sent, as a test wants to look at it. */
export interface ReceivedFrame {
  readonly command: Frame['command'];
  /** First of repeated headers wins. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text. */
  readonly body: string;
  readonly octets: Uint8Array;
  /** The body by its content-type: JSON parsed, text as string (also JSON that does not parse), anything else as octets. */
  readonly payload: unknown;
}

/** Reads a decoded frame. */
export function receivedFrame(frame: Frame): ReceivedFrame {
  const headers = Object.create(null) as Record<string, string>; // null prototype: `constructor` is a name like any other
  for (let index = 0; index < frame.headers.length; index += 2) {
    headers[frame.headers[index] ?? ''] ??= frame.headers[index + 1] ?? '';
  }
  const body = Buffer.from(frame.body).toString('utf8');
  return { command: frame.command, headers, body, octets: frame.body, payload: payloadOf(frame, body) };
}

function payloadOf(frame: Frame, body: string): unknown {
  const contentType = headerValue(frame.headers, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (contentType === 'application/json' || contentType.endsWith('+json')) return parseJson(body);
  return contentType === '' || contentType.startsWith('text/') ? body : frame.body;
}

/** This runs while frames arrive, where an error would hit the server. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown; // JSON.parse says `any`
  } catch {
    return body;
  }
}

import type { Message } from './message.js';
import { type HeaderRecord, NativeHeaders } from './native-headers.js';

/** Last change to a message before it is sent (Spring: `MessagePostProcessor`). */
export type MessagePostProcessor = (message: Message) => Message;

/** What a message is sent with, by name. */
export interface SendOptions {
  /** Wire headers that every receiver sees. */
  readonly headers?: HeaderRecord | NativeHeaders | undefined;
  /** Changes the message when it is converted, before it is sent. */
  readonly postProcessor?: MessagePostProcessor | undefined;
}

/** What stands behind the payload in the `convertAndSend` methods, whichever form was chosen. */
export function readSendOptions(
  first?: HeaderRecord | NativeHeaders | SendOptions | MessagePostProcessor,
  postProcessor?: MessagePostProcessor,
): SendOptions {
  if (typeof first === 'function') return { postProcessor: first };
  if (first !== undefined && isSendOptions(first)) return first;
  return { headers: first, postProcessor };
}

/** A wire header is no function and no plain object, so a record with a header called `headers` is not taken for options. */
function isSendOptions(value: HeaderRecord | NativeHeaders | SendOptions): value is SendOptions {
  if (value instanceof NativeHeaders) return false;
  const { headers, postProcessor } = value;
  const holdsHeaders = typeof headers === 'object' && !Array.isArray(headers);
  return holdsHeaders || typeof postProcessor === 'function';
}

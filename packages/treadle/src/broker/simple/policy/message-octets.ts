import type { Message } from '../../../messaging/message.js';

/** What keeping a published message costs against a limit of octets: its payload and the text of its headers, which its sender chooses as well. */
export function octetsOf({ payload, headers }: Message): number {
  let octets = payload.length;
  for (const text of headers.list) octets += text.length;
  return octets;
}

import type { Message } from '../../../messaging/message.js';

/** What keeping a published message costs against a limit of octets: its payload and the text of its headers, which its sender chooses as well. */
export function octetsOf({ payload, headers }: Message): number {
  let octets = payload.length;
  for (const text of headers.list) octets += text.length;
  return octets;
}

/** What the objects of a message that is kept take beside its payload and headers, where many may be. */
export const OCTETS_PER_MESSAGE = 512;

/** The same with what its objects take: empty messages without headers are not kept for nothing. */
export function keptOctetsOf(published: Message): number {
  return octetsOf(published) + OCTETS_PER_MESSAGE;
}

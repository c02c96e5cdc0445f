import type { NativeHeaders } from '../../../messaging/native-headers.js';
import { isOutgoing } from '../../../messaging/outgoing-headers.js';

/** Headers that begin so are the relay's own. */
export const OWN_PREFIX = 'treadle-';

/** The header that says which server a broadcast comes from. No client can write it. */
export const SERVER_HEADER = 'treadle-server';

/**
 * The header of a SEND that holds others, as HTML forms are encoded: those that the broker would read something into, refuse, lose or end the connection for.
 * Receivers get them as they were sent, behind the others.
 */
export const PACKED_HEADERS = 'treadle-headers';

/** What becomes of a header on its way to the broker: it is written as it is, packed, or both: the broker obeys it and does not give it back. */
export type HeaderWay = 'plain' | 'packed' | 'both';

/** The headers of a SEND, flat. @param wayOf what the broker makes of one */
export function packHeaders(
  { list }: NativeHeaders,
  wayOf: (name: string, value: string) => HeaderWay,
): readonly string[] {
  let packed: URLSearchParams | undefined;
  let plain: string[] | undefined;
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? '';
    const value = list[index + 1] ?? '';
    const way = isRepeated(list, index) || name.startsWith(OWN_PREFIX) ? 'packed' : wayOf(name, value);
    if (way !== 'plain') (packed ??= new URLSearchParams()).append(name, value);
    if (way === 'packed') plain ??= list.slice(0, index);
    else plain?.push(name, value);
  }
  if (!packed) return list;
  return [...(plain ?? list), PACKED_HEADERS, packed.toString()];
}

/**
 * The sender's headers of a MESSAGE, flat.
 * @param isAdded whether the broker adds one of this name and value to messages that have none
 */
export function unpackHeaders(
  list: readonly string[],
  isAdded: (name: string, value: string) => boolean,
): readonly string[] {
  const headers: string[] = [];
  let packed: string | undefined;
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? '';
    const value = list[index + 1] ?? '';
    if (name === PACKED_HEADERS) packed ??= value;
    else if (isOutgoing(name) && !name.startsWith(OWN_PREFIX) && !isAdded(name, value)) headers.push(name, value);
  }
  if (packed === undefined) return headers;
  const unpacked = [...new URLSearchParams(packed)].filter(([name]) => isOutgoing(name));
  return [...headers, ...unpacked.flat()];
}

/** Brokers keep one header of a name, and not always the first, which is the one that counts (STOMP 1.2 § Repeated Header Entries). */
function isRepeated(list: readonly string[], index: number): boolean {
  for (let earlier = 0; earlier < index; earlier += 2) if (list[earlier] === list[index]) return true;
  return false;
}

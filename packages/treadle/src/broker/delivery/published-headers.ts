import { NativeHeaders } from '../../messaging/native-headers.js';
import { outgoingHeaders } from '../../messaging/outgoing-headers.js';

/**
 * The headers that all receivers of a message get.
 * @param headers the sender's
 * @param added before them, flat
 * @param without names of which the sender's do not pass
 */
export function publishedHeaders(
  headers: NativeHeaders,
  added: readonly string[] = [],
  without: readonly string[] = [],
): NativeHeaders {
  const outgoing = outgoingHeaders(headers);
  const passing = without.length === 0 ? outgoing : outgoing.without(...without);
  return added.length === 0 ? passing : new NativeHeaders([...added, ...passing.list]);
}

/** Octets beside its own that a view may keep in memory for as long as it is kept itself: those of Node's pool of small buffers, which others use too. */
const MOST_WASTED_OCTETS = 8192;

/**
 * Octets to be kept for a while: a copy when they are a small part of a larger chunk, as a body is of what one read of a socket gave, and the chunk
 * would stay in memory with them.
 */
export function ownOctets(octets: Uint8Array): Uint8Array {
  const wasted = octets.buffer.byteLength - octets.length;
  return wasted <= Math.max(MOST_WASTED_OCTETS, octets.length) ? octets : new Uint8Array(octets);
}

import { StompProtocolError } from './errors.js';

/** One side's `heart-beat` header, in milliseconds; 0 = never (STOMP 1.2 § Heart-beating). */
export interface HeartBeat {
  /** The shortest interval at which this side can guarantee to send something; 0 = it cannot. */
  readonly sends: number;
  /** The interval at which this side would like to hear something; 0 = it does not care. */
  readonly expects: number;
}

/** A heart-beat on the wire: one LF. Shared, do not change its octet. */
export const HEART_BEAT: Uint8Array = Uint8Array.of(0x0a);

// No timer takes more than 2^31 - 1 ms, and people multiply intervals by a margin before they set one.
const LONGEST_INTERVAL = 24 * 60 * 60 * 1000;

/**
 * Reads a `heart-beat` header; `undefined` (no header) is `0,0`.
 *
 * @throws StompProtocolError `STOMP_MALFORMED_HEART_BEAT` unless it is two non-negative integers with a comma between.
 */
export function parseHeartBeat(header: string | undefined): HeartBeat {
  if (header === undefined) return { sends: 0, expects: 0 };
  const [sends = Number.NaN, expects = Number.NaN] = /^\d+,\d+$/.test(header) ? header.split(',').map(Number) : [];
  if (Number.isSafeInteger(sends) && Number.isSafeInteger(expects)) return { sends, expects };
  throw new StompProtocolError('STOMP_MALFORMED_HEART_BEAT', `heart-beat is ${JSON.stringify(header.slice(0, 64))}`);
}

/** Writes a `heart-beat` header: `sends,expects`. */
export function formatHeartBeat(heartBeat: HeartBeat): string {
  return `${heartBeat.sends},${heartBeat.expects}`;
}

/**
 * What two sides agree on, seen from `own`, in milliseconds; 0 = no heart-beats in that direction.
 *
 * Something must be sent at least every `sendEvery`, so set the timer lower; the peer promised something at least every
 * `expectEvery`, so allow it a margin. Both are at most one day: sending more often than agreed is always allowed, and
 * a peer that promises less than that is not watched (`expectEvery` 0).
 */
export function negotiateHeartBeat(
  own: HeartBeat,
  peer: HeartBeat,
): { readonly sendEvery: number; readonly expectEvery: number } {
  const expectEvery = agree(peer.sends, own.expects);
  return {
    sendEvery: Math.min(agree(own.sends, peer.expects), LONGEST_INTERVAL),
    expectEvery: expectEvery > LONGEST_INTERVAL ? 0 : expectEvery,
  };
}

function agree(sends: number, expects: number): number {
  return sends === 0 || expects === 0 ? 0 : Math.max(sends, expects);
}

import type { Framing } from './outbound-buffer.js';

/** STOMP frames end with a NUL of their own: on a stream of octets nothing is put before them (STOMP 1.2 § STOMP Frames). */
export const BYTE_STREAM_FRAMING: Framing = { prefixLength: () => 0, writePrefix() {} };

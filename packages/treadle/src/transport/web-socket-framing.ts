import type { Framing } from './outbound-buffer.js';

const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;

/** The header of an unmasked, unfragmented WebSocket message (RFC 6455 § 5.2). */
export const WEB_SOCKET_FRAMING: Framing = {
  prefixLength(payloadLength) {
    if (payloadLength < 126) return 2;
    return payloadLength < 65_536 ? 4 : 10;
  },
  writePrefix(target, offset, payloadLength, encoding) {
    target[offset] = encoding === 'text' ? FINAL_TEXT : FINAL_BINARY;
    if (payloadLength < 126) {
      target[offset + 1] = payloadLength;
    } else if (payloadLength < 65_536) {
      target[offset + 1] = 126;
      target.writeUInt16BE(payloadLength, offset + 2);
    } else {
      target[offset + 1] = 127;
      target.writeBigUInt64BE(BigInt(payloadLength), offset + 2);
    }
  },
};

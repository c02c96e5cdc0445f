export { STOMP_ERRORS, type StompErrorCode, StompProtocolError } from './errors.js';
export {
  CLIENT_COMMANDS,
  type ClientCommand,
  type Command,
  EMPTY_BODY,
  type Frame,
  type HeaderList,
  headerValue,
  headerValues,
  isNeverEscaped,
  permitsBody,
  SERVER_COMMANDS,
  type ServerCommand,
} from './frame.js';
export { FrameDecoder, type FrameDecoderOptions } from './frame-decoder.js';
export { encodeFrame, encodeFrameRest, encodeFrameStart } from './frame-encoder.js';
export { DEFAULT_FRAME_LIMITS, type FrameLimits } from './frame-limits.js';
export { validateFrame } from './frame-validation.js';
export { formatHeartBeat, HEART_BEAT, type HeartBeat, negotiateHeartBeat, parseHeartBeat } from './heart-beat.js';
export { negotiateVersion, STOMP_VERSIONS, type StompVersion } from './version.js';

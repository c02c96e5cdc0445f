/** What a decoder accepts; checked while octets are read, so that a longer line or body never takes memory. */
export interface FrameLimits {
  /** Headers of one frame. Default 64. Above it: `STOMP_HEADER_COUNT_EXCEEDED`. */
  maxHeaders: number;
  /** Octets of one header line as sent (escaped), without its line end. Default 8 KiB. Above it: `STOMP_HEADER_LINE_TOO_LONG`. */
  maxHeaderLineOctets: number;
  /** Octets of the body. Default 64 KiB. Above it, or above it as announced: `STOMP_BODY_TOO_LARGE`. */
  maxBodyOctets: number;
}

/** The limits of a decoder that was given none: 64 headers of 8 KiB each (as web servers do), a body of 64 KiB (as Spring does). */
export const DEFAULT_FRAME_LIMITS: Readonly<FrameLimits> = {
  maxHeaders: 64,
  maxHeaderLineOctets: 8 * 1024,
  maxBodyOctets: 64 * 1024,
};

/** These limits with the given ones changed; one given as `undefined` stays, so that no limit is lost by accident. */
export function changeLimits(limits: Readonly<FrameLimits>, changes: Partial<FrameLimits> = {}): FrameLimits {
  return {
    maxHeaders: changes.maxHeaders ?? limits.maxHeaders,
    maxHeaderLineOctets: changes.maxHeaderLineOctets ?? limits.maxHeaderLineOctets,
    maxBodyOctets: changes.maxBodyOctets ?? limits.maxBodyOctets,
  };
}

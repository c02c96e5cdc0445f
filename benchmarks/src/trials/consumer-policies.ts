/** What may become of a consumer that falls behind: by destination policy, and of a queue. */
export const CONSUMER_POLICIES = ['disconnect', 'drop-oldest', 'latest-by-key', 'queue'] as const;
export type ConsumerPolicy = (typeof CONSUMER_POLICIES)[number];

/** What one consumer beside the healthy ones does: nothing wrong, read slowly, read no more, vanish. */
export const OFFENDERS = ['none', 'slow', 'stalled', 'vanishing'] as const;
export type Offender = (typeof OFFENDERS)[number];

/** What may wait for one session on the server of the trial, in octets. */
export const SEND_BUFFER_OCTETS = 1024 * 1024;

/** Messages that may wait for one slow subscriber there, and the octets of each that the offender is flooded with. */
export const WAITING_MESSAGES = 64;
export const FLOOD_BODY_LENGTH = 16 * 1024;

/** What one consumer can make the server hold at most, in KiB. */
export const HELD_LIMIT_KIBIBYTES = (SEND_BUFFER_OCTETS + WAITING_MESSAGES * FLOOD_BODY_LENGTH) / 1024;

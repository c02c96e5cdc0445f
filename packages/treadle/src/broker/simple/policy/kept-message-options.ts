/** How much the embedded broker keeps of the past, over all destinations. What was published to longest ago goes first. */
export interface KeptMessageOptions {
  /** Destinations with a history at one time; one that is forgotten begins again with another epoch. Default 10 000. */
  readonly maxHistories?: number;
  /** Destinations with a retained message at one time. Default 10 000. */
  readonly maxRetained?: number;
  /** Octets of payloads and headers, and 512 more per message, that all histories together may hold, and as many all retained messages. Default 64 MiB. */
  readonly maxKeptOctets?: number;
}

/** The bounds as they hold. */
export function resolveKeptLimits({
  maxHistories = 10_000,
  maxRetained = 10_000,
  maxKeptOctets = 64 * 1024 * 1024,
}: KeptMessageOptions): Required<KeptMessageOptions> {
  return { maxHistories, maxRetained, maxKeptOctets };
}

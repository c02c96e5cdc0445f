/** How much is kept of the past of all destinations together. */
export interface KeptLimits {
  /** Destinations of which anything is kept. */
  readonly destinations: number;
  /** Of payloads and headers, and 512 more per message. */
  readonly octets: number;
}

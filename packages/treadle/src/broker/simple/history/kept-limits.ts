/** How much is kept of the past of all destinations together. */
export interface KeptLimits {
  /** Destinations of which anything is kept. */
  readonly destinations: number;
  /** Of payloads and headers. */
  readonly octets: number;
}

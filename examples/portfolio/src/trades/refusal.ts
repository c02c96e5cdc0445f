/** Told to the window that asked, at `/user/queue/errors`, with the `correlation-id` of what it sent. */
export interface Refusal {
  /** Stable: pages and programs switch on it. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  /** Facts of a refused trade. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What is wrong with which property of the payload. */
  readonly issues?: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

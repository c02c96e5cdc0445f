/** The protocol versions this package speaks. */
export type StompVersion = '1.0' | '1.1' | '1.2';

/** All supported versions, highest first. */
export const STOMP_VERSIONS: readonly StompVersion[] = ['1.2', '1.1', '1.0'];

/**
 * The highest version both sides speak, `undefined` when there is none (the server then answers ERROR and closes).
 *
 * @param acceptVersion the `accept-version` header of CONNECT; without it the client speaks 1.0. Items are compared
 *   whole, unknown ones are ignored and their order does not matter (STOMP 1.2 § Protocol Negotiation).
 * @param supported what our side speaks, highest first; default {@link STOMP_VERSIONS}.
 */
export function negotiateVersion(
  acceptVersion: string | undefined,
  supported: readonly StompVersion[] = STOMP_VERSIONS,
): StompVersion | undefined {
  const accepted = (acceptVersion ?? '1.0').split(',').map((item) => item.trim());
  return STOMP_VERSIONS.find((version) => supported.includes(version) && accepted.includes(version));
}

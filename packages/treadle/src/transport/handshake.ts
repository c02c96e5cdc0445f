import type { IncomingMessage } from 'node:http';

/** The sub-protocols of STOMP over WebSocket, highest version first. */
const SUB_PROTOCOLS: readonly string[] = ['v12.stomp', 'v11.stomp', 'v10.stomp'];

/** The highest STOMP version among the offered sub-protocols; `undefined` when there is none: the upgrade then names none. */
export function chooseSubProtocol(offered: ReadonlySet<string>): string | undefined {
  return SUB_PROTOCOLS.find((protocol) => offered.has(protocol));
}

/** Which pages of browsers may connect beside those of the same origin. */
export interface AllowedOrigins {
  /** Origins in full, or `'*'` for all. */
  readonly allowedOrigins: readonly string[] | '*';
  /** What an origin may look like, made by `originPattern`. */
  readonly allowedOriginPatterns: readonly RegExp[];
}

/**
 * True when a page of this origin may connect. Requests without Origin are not from a browser and pass. The same origin passes:
 * its host and port are compared with the Host header; the scheme is not, because it is unknown behind a proxy that ends TLS.
 */
export function isAllowedOrigin(request: IncomingMessage, allowed: AllowedOrigins): boolean {
  const { origin, host } = request.headers;
  const { allowedOrigins, allowedOriginPatterns } = allowed;
  if (origin === undefined || allowedOrigins === '*') return true;
  if (allowedOrigins.some((each) => each.toLowerCase() === origin.toLowerCase())) return true;
  if (allowedOriginPatterns.some((pattern) => pattern.test(origin))) return true;
  const page = parseUrl(origin);
  // Read with the page's scheme, so that `:443` and no port are the same for https.
  return page !== undefined && host !== undefined && parseUrl(`${page.protocol}//${host}`)?.host === page.host;
}

/**
 * What fits `https://*.example.org` or `http://localhost:*`: a `*` stands for one or more characters of a host name or port, never for a
 * delimiter (Spring: `CorsConfiguration.setAllowedOriginPatterns`).
 */
export function originPattern(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/?#@:\\s]+')}$`, 'i');
}

/** The path of a request, without its query. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined; // `null` of sandboxed pages, or nonsense
  }
}

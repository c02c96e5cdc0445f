import type { IncomingMessage } from 'node:http';

/** The sub-protocols of STOMP over WebSocket, highest version first. */
export const SUB_PROTOCOLS: readonly string[] = ['v12.stomp', 'v11.stomp', 'v10.stomp'];

/** The highest STOMP version among the offered sub-protocols; `undefined` when there is none: the upgrade then names none. */
export function chooseSubProtocol(offered: ReadonlySet<string>): string | undefined {
  return SUB_PROTOCOLS.find((protocol) => offered.has(protocol));
}

/**
 * True when a page of this origin may connect. Requests without Origin are not from a browser and pass. The same origin passes:
 * its host and port are compared with the Host header; the scheme is not, because it is unknown behind a proxy that ends TLS.
 */
export function isAllowedOrigin(request: IncomingMessage, allowed: readonly string[] | '*'): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || allowed === '*') return true;
  if (allowed.some((each) => each.toLowerCase() === origin.toLowerCase())) return true;
  const page = parseUrl(origin);
  // Read with the page's scheme, so that `:443` and no port are the same for https.
  return page !== undefined && host !== undefined && parseUrl(`${page.protocol}//${host}`)?.host === page.host;
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

import { ConfigurationError } from './foundation/errors.js';
import type { Findings } from './foundation/findings.js';
import { originPattern } from './transport/handshake.js';
import type { EndpointOptions } from './options.js';
import type { WebSocketEndpoint } from './transport/web-socket-server.js';

/**
 * The endpoints as the transport wants them; reports a path that cannot match, a path given twice, and origins that no browser sends, and warns of
 * none at all.
 */
export function resolveEndpoints(
  endpoints: readonly (string | EndpointOptions)[],
  findings: Findings,
): readonly WebSocketEndpoint[] {
  const resolved = endpoints.flatMap((endpoint) => {
    const { path } = typeof endpoint === 'string' ? { path: endpoint } : endpoint;
    return findings.attempt(`endpoint '${path}'`, () => resolveEndpoint(endpoint)) ?? [];
  });
  if (endpoints.length === 0) {
    const cure = 'give a path, or leave the option out for /ws';
    findings.warn({
      location: 'endpoints',
      problem: 'it is empty, so nobody can connect but by application.accept',
      cure,
    });
  }
  const paths = resolved.map(({ path }) => path);
  for (const twice of new Set(paths.filter((path, index) => paths.indexOf(path) !== index))) {
    findings.report({ location: `endpoint '${twice}'`, problem: 'it is given twice', cure: 'leave one out' });
  }
  return resolved;
}

function resolveEndpoint(endpoint: string | EndpointOptions): WebSocketEndpoint {
  const {
    path,
    allowedOrigins = [],
    allowedOriginPatterns = [],
    compression = false,
    interceptors = [],
  } = typeof endpoint === 'string' ? { path: endpoint } : endpoint;
  if (!path.startsWith('/')) {
    const cure = `write endpoints: ['/${path}']`;
    throw new ConfigurationError({ problem: 'its path does not begin with a slash', cure });
  }
  if (/[?#]/.test(path)) {
    const cure = 'write the path alone';
    throw new ConfigurationError({ problem: 'requests are compared without their query, and it has one', cure });
  }
  if (allowedOrigins !== '*') for (const origin of allowedOrigins) checkOrigin(origin);
  for (const pattern of allowedOriginPatterns) checkOriginPattern(pattern);
  for (const interceptor of interceptors) checkInterceptor(interceptor);
  const patterns = allowedOriginPatterns.map(originPattern);
  return { path, allowedOrigins, allowedOriginPatterns: patterns, compression, interceptors };
}

/** Browsers send scheme, host and port, nothing else (RFC 6454 § 6.1). */
function checkOrigin(origin: string): void {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#*]+$/i.test(origin)) return;
  const cure = origin === '*' ? `allowedOrigins: '*', without a list` : `an origin such as 'https://app.example.org'`;
  throw new ConfigurationError({
    problem: `it allows the origin '${origin}', which no browser sends`,
    cure: `write ${cure}`,
  });
}

/** A scheme with a wildcard would let in what was never thought of, and `*` alone has a form of its own. */
function checkOriginPattern(pattern: string): void {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]+$/i.test(pattern)) return;
  const cure = pattern === '*' ? `allowedOrigins: '*'` : `a pattern such as 'https://*.example.org'`;
  throw new ConfigurationError({
    problem: `it has the origin pattern '${pattern}', which fits no browser's origin`,
    cure: `write ${cure}`,
  });
}

/** JavaScript would only notice when the first client comes. */
function checkInterceptor(interceptor: unknown): void {
  const isInterceptor =
    typeof interceptor === 'object' &&
    interceptor !== null &&
    'beforeHandshake' in interceptor &&
    typeof interceptor.beforeHandshake === 'function';
  if (isInterceptor) return;
  const cure = typeof interceptor === 'function' ? `an instance: new ${interceptor.name}()` : 'a HandshakeInterceptor';
  throw new ConfigurationError({
    problem: 'it has an interceptor without a method beforeHandshake',
    cure: `give it ${cure}`,
  });
}

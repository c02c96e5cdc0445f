import { ConfigurationError } from './foundation/errors.js';
import { originPattern } from './transport/handshake.js';
import type { EndpointOptions } from './options.js';
import type { WebSocketEndpoint } from './transport/web-socket-server.js';

/**
 * The endpoints as the transport wants them.
 * @throws ConfigurationError for a path that cannot match, a path given twice, or an origin that no browser sends
 */
export function resolveEndpoints(endpoints: readonly (string | EndpointOptions)[]): readonly WebSocketEndpoint[] {
  const resolved = endpoints.map(resolveEndpoint);
  const paths = resolved.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new ConfigurationError(`The endpoint "${twice}" is given twice; leave one out.`);
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
    throw new ConfigurationError(`The endpoint "${path}" must begin with a slash: endpoints: ['/${path}'].`);
  }
  if (/[?#]/.test(path)) {
    throw new ConfigurationError(
      `The endpoint "${path}" must be a path alone: requests are compared without their query.`,
    );
  }
  if (allowedOrigins !== '*') for (const origin of allowedOrigins) checkOrigin(path, origin);
  for (const pattern of allowedOriginPatterns) checkOriginPattern(path, pattern);
  for (const interceptor of interceptors) checkInterceptor(path, interceptor);
  const patterns = allowedOriginPatterns.map(originPattern);
  return { path, allowedOrigins, allowedOriginPatterns: patterns, compression, interceptors };
}

/** Browsers send scheme, host and port, nothing else (RFC 6454 § 6.1). */
function checkOrigin(path: string, origin: string): void {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#*]+$/i.test(origin)) return;
  const cure = origin === '*' ? `allowedOrigins: '*', without a list` : `an origin such as 'https://app.example.org'`;
  throw new ConfigurationError(
    `The endpoint "${path}" allows the origin "${origin}", which no browser sends; write ${cure}.`,
  );
}

/** A scheme with a wildcard would let in what was never thought of, and `*` alone has a form of its own. */
function checkOriginPattern(path: string, pattern: string): void {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]+$/i.test(pattern)) return;
  const cure = pattern === '*' ? `allowedOrigins: '*'` : `a pattern such as 'https://*.example.org'`;
  throw new ConfigurationError(
    `The endpoint "${path}" has the origin pattern "${pattern}", which fits no browser's origin; write ${cure}.`,
  );
}

/** JavaScript would only notice when the first client comes. */
function checkInterceptor(path: string, interceptor: unknown): void {
  const isInterceptor =
    typeof interceptor === 'object' &&
    interceptor !== null &&
    'beforeHandshake' in interceptor &&
    typeof interceptor.beforeHandshake === 'function';
  if (isInterceptor) return;
  const cure = typeof interceptor === 'function' ? `an instance: new ${interceptor.name}()` : 'a HandshakeInterceptor';
  throw new ConfigurationError(
    `The endpoint "${path}" has an interceptor without a method beforeHandshake; give it ${cure}.`,
  );
}

import { ConfigurationError } from './foundation/errors.js';
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
    compression = false,
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
  return { path, allowedOrigins, compression };
}

/** Browsers send scheme, host and port, nothing else (RFC 6454 § 6.1). */
function checkOrigin(path: string, origin: string): void {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#*]+$/i.test(origin)) return;
  const cure = origin === '*' ? `allowedOrigins: '*', without a list` : `an origin such as 'https://app.example.org'`;
  throw new ConfigurationError(
    `The endpoint "${path}" allows the origin "${origin}", which no browser sends; write ${cure}.`,
  );
}

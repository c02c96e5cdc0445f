import { findingText } from '../foundation/finding.js';
import type { Findings } from '../foundation/findings.js';
import { isLoopback } from '../foundation/loopback.js';
import type { Logger } from '../foundation/logger.js';
import type { ApplicationOptions } from '../options.js';
import type { TcpListener } from '../transport/tcp-server.js';
import { startUpForm } from './tell-start.js';

/** Tells where clients of TCP are taken, and what others than this machine could make of it. */
export function tellTcpListener(
  listener: TcpListener,
  { authenticate, interceptors, startUpReport }: ApplicationOptions,
  findings: Findings,
  logger: Logger,
): void {
  if (startUpForm(startUpReport, logger, process.env['NODE_ENV']) !== 'nothing') {
    logger.info(`Treadle takes STOMP over ${listener.isSecure ? 'TLS' : 'TCP'} at ${listener.url}`);
  }
  if (isLoopback(listener.host)) return;
  const location = `listenTcp at ${listener.url}`;
  // Who comes from Spring may authenticate in an interceptor.
  if (!authenticate && (interceptors?.clientInbound ?? []).length === 0) {
    const problem = 'whoever reaches this address gets a session: no origin is checked, and nobody asks who it is';
    const finding = { location, problem, cure: 'give the option authenticate, or listen at 127.0.0.1' };
    findings.warn(finding);
    logger.warn(findingText(finding));
  }
  if (listener.isSecure) return;
  const problem = 'passcodes and messages travel as they are, for everybody on the way to read';
  findings.note({ location, problem, cure: 'give it tls, unless the network is yours alone' });
}

import type { Clock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import type { Connection, OutboundLimits } from './connection.js';
import type { HandshakeCounters } from './handshake-counters.js';
import type { FlushQueue } from './outbound-buffer.js';

/** What every transport that listens needs of the application. */
export interface TransportNeeds {
  readonly limits: OutboundLimits & {
    /** Milliseconds that a client may take before it is a connection: handshake interceptors together, a TLS handshake. */
    readonly handshakeTimeMs: number;
    /** Connections, and clients on their way to be one; a further one is refused before anything is done for it. */
    readonly sessions: number;
  };
  readonly flushQueue: FlushQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handshakes: HandshakeCounters;
  /** Gets every new connection, not yet opened. */
  readonly onConnection: (connection: Connection) => void;
}

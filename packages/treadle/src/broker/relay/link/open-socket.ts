import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

// A broker that vanished without a word is noticed even where no heart-beats were agreed on.
const KEEP_ALIVE_AFTER_MS = 60_000;

const SOCKET_OPTIONS = {
  noDelay: true, // the outbound buffer gathers small frames already
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS,
  autoSelectFamily: true, // `localhost` may be ::1 while the broker listens at 127.0.0.1 (RFC 8305)
};

/** Where to connect to, and how. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean | ConnectionOptions;
}

/** Resolves with a connected socket, TLS included. Rejects as Node does, with the signal's reason when it aborts; nothing is left open then. */
export async function openSocket({ host, port, tls }: SocketAddress, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = tls
    ? connectTls({ ...tlsOptions(host, tls), host, port, ...SOCKET_OPTIONS })
    : connect({ host, port, ...SOCKET_OPTIONS });
  socket.on('error', () => undefined); // whoever waits is told; nobody may be waiting any more
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal });
    if (socket.destroyed) throw new Error('the connection broke at once');
    return socket;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted(); // its reason says more than that it was aborted
    throw error;
  }
}

/** The certificate is checked against the host that is connected to, unless the application names another; an address cannot be named (RFC 6066 § 3). */
function tlsOptions(host: string, tls: true | ConnectionOptions): ConnectionOptions {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return tls === true ? servername : { ...servername, ...tls };
}

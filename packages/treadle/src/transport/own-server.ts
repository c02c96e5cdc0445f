import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../foundation/logger.js';
import { pathOf } from './handshake.js';
import type { WebSocketTransport } from './web-socket-server.js';

/** An HTTP server that has nothing but WebSocket endpoints, for applications that bring none. */
export class OwnServer {
  readonly #server: Server;
  readonly #logger: Logger;

  constructor(webSockets: WebSocketTransport, logger: Logger) {
    this.#logger = logger;
    this.#server = createServer((request, response) => {
      const status = webSockets.serves(pathOf(request)) ? 426 : 404;
      response.writeHead(status, { 'content-type': 'text/plain', ...(status === 426 && { upgrade: 'websocket' }) });
      response.end(status === 426 ? 'This is a WebSocket endpoint.\n' : 'Not found.\n');
    });
    webSockets.attach(this.#server);
  }

  /** Resolves with the address it listens at. Rejects as Node's `server.listen` fails: `EADDRINUSE` … */
  listen(port: number, host: string | undefined): Promise<AddressInfo> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        server.on('error', (error) => this.#logger.error('a client could not be accepted', { error }));
        resolve(server.address() as AddressInfo); // listening on TCP: never a string or null
      });
    });
  }

  /** Takes no more connections; resolves when the last one has ended. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve()); // its error says that it was not listening: all the better
      this.#server.closeIdleConnections();
    });
  }

  /** Ends what is left: half requests would hold it open for a minute. */
  cutOff(): void {
    this.#server.closeAllConnections();
  }
}

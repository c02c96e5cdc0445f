import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Application, type Constructor, createApplication } from 'treadle';
import { container as globalContainer } from 'tsyringe';
import { authenticateUser } from './users/authenticate-user.js';
import { type ChatBroker, EMBEDDED_BROKER } from './chat-broker.js';
import { ChatRoomController } from './chat-rooms/chat-room-controller.js';
import { ChatRoomDirectory } from './chat-rooms/chat-room-directory.js';
import { Database } from './database/database.js';
import { DestinationGuard } from './destination-guard.js';
import { DirectMessageController } from './direct-messages/direct-message-controller.js';
import { HttpApplication } from './http/http-application.js';
import { RefusalAdvice } from './messages/refusal-advice.js';
import { ServerInfo } from './server-info/server-info.js';
import { ServerInfoController } from './server-info/server-info-controller.js';
import { UserDirectory } from './users/user-directory.js';

/** What may be told about one server of a chat. */
export interface ChatServerOptions {
  /** Shown on its pages, where there are several servers. */
  readonly name?: string | undefined;
  /** Default: the broker inside. */
  readonly broker?: ChatBroker;
}

/** The chat on one HTTP server: the page and the JSON API from Express, STOMP over WebSocket at `/ws` from Treadle. */
export class ChatServer {
  readonly application: Application;
  readonly #server: Server;

  /** @param database open; whoever opened it closes it after `stop` */
  constructor(database: Database, { name, broker = EMBEDDED_BROKER }: ChatServerOptions = {}) {
    const token = Database as Constructor<Database>; // abstract: a token for the container, never constructed by it
    const container = globalContainer
      .createChildContainer()
      .register(token, { useValue: database })
      .register(ServerInfo, { useValue: new ServerInfo(name, broker.name) });
    const users = container.resolve(UserDirectory);
    this.application = createApplication({
      container,
      controllers: [ChatRoomController, DirectMessageController, ServerInfoController, RefusalAdvice],
      presence: true,
      endpoints: ['/ws'],
      broker: broker.factory,
      authenticate: (request) => authenticateUser(users, request),
      interceptors: { clientInbound: [new DestinationGuard(container.resolve(ChatRoomDirectory))] },
    });
    this.#server = createServer();
  }

  /** Takes connections from now on. @returns the address to open @throws an error with code `EADDRINUSE` when the port is taken */
  async start(port: number, host: string): Promise<string> {
    // Both share the server: Express answers requests, Treadle takes the upgrades to `/ws`.
    this.#server.on('request', this.application.container.resolve(HttpApplication).handler());
    await this.application.attach(this.#server);
    await listen(this.#server, port, host);
    return addressOf(this.#server.address() as AddressInfo); // a TCP server's address is never a string or null
  }

  /** Says goodbye to the pages (WebSocket status 1001), waits for what is being handled and frees the port. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve)); // no new connections from here on
    await this.application.stop();
    this.#server.closeAllConnections();
    await closed;
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** `0.0.0.0` and `::` mean all addresses of this machine; a browser needs one. */
function addressOf({ address, port }: AddressInfo): string {
  const isAny = address === '0.0.0.0' || address === '::';
  const host = address.includes(':') ? `[${address}]` : address;
  return `http://${isAny ? 'localhost' : host}:${port}`;
}

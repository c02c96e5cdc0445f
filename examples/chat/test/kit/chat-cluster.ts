import { type RealBroker, startBroker } from '../../../../scripts/testing/real-brokers.js';
import { PostgresServer } from './postgres-server.js';
import { ChatProcess } from './chat-process.js';
import { temporaryFolder } from './temporary-folder.js';

/** Chat servers of one test file, with a broker and a database of their own between them. */
export class ChatCluster implements AsyncDisposable {
  readonly broker: RealBroker;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #folder: string;
  readonly #ends: (() => PromiseLike<unknown>)[];
  readonly #servers = new Set<ChatProcess>();

  private constructor(broker: RealBroker, folder: string, database: string, ends: (() => PromiseLike<unknown>)[]) {
    this.broker = broker;
    this.#folder = folder;
    this.#ends = ends;
    this.#environment = { BROKER: broker.name, RELAY: broker.url, DATABASE_URL: database };
  }

  /** @param postgres folder of its programs */
  static async start(brokerName: RealBroker['name'], postgres: string): Promise<ChatCluster> {
    const place = await temporaryFolder();
    const database = await PostgresServer.start(postgres, place.folder);
    const broker = await startBroker(brokerName);
    const ends = [() => place.remove(), () => database[Symbol.asyncDispose](), () => broker[Symbol.asyncDispose]()];
    return new ChatCluster(broker, place.folder, database.url, ends);
  }

  /** @param name shown on its pages @param port `0` for any free one */
  async server(name: string, environment: NodeJS.ProcessEnv = {}, port = 0): Promise<ChatProcess> {
    const own = { ...this.#environment, SERVER_NAME: name, ...environment };
    const server = await ChatProcess.start(this.#folder, port, own);
    this.#servers.add(server);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#servers].map((server) => server.kill()));
    for (const end of this.#ends.toReversed()) await end();
  }
}

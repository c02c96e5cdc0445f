import { connect, type ConnectOptions, FakeClock, type TestClient } from '@treadle/testing';
import {
  type Application,
  type ApplicationOptions,
  type Broker,
  type BrokerFactory,
  createApplication,
  type Message,
  simpleBroker,
} from '../../../src/index';
import { RecordingLogger } from '../../broker/broker-under-test.js';
import { type HubLink, ServerHub, settled } from './server-hub.js';

/** The embedded broker on several servers: what each publishes stays there, but their users know each other. */
class BrokerOfSeveralServers implements Broker {
  readonly #broker: Broker;
  readonly servers: HubLink;

  constructor(broker: Broker, servers: HubLink) {
    this.#broker = broker;
    this.servers = servers;
  }

  get destinationPrefixes(): readonly string[] {
    return this.#broker.destinationPrefixes;
  }

  handles(destination: string): boolean {
    return this.#broker.handles(destination);
  }

  start(): ReturnType<Broker['start']> {
    return this.#broker.start();
  }

  stop(): ReturnType<Broker['stop']> {
    return this.#broker.stop();
  }

  handleMessage(message: Message): ReturnType<Broker['handleMessage']> {
    return this.#broker.handleMessage(message);
  }
}

/** The embedded broker with a link to other servers. */
export function brokerWith(link: HubLink): BrokerFactory {
  return (context) => new BrokerOfSeveralServers(simpleBroker()(context), link);
}

/** One application on one server. */
export interface ApplicationServer {
  readonly application: Application;
  readonly link: HubLink;
  readonly logger: RecordingLogger;
  login(name: string, options?: ConnectOptions): Promise<TestClient>;
}

/** Servers of one application, in one process, with one clock. */
export class ApplicationServers implements AsyncDisposable {
  readonly hub = new ServerHub();
  readonly clock = new FakeClock();
  readonly #options: ApplicationOptions;
  readonly #servers: ApplicationServer[] = [];

  constructor(options: ApplicationOptions = {}) {
    this.#options = options;
  }

  /** One more server, started. */
  async start(options: ApplicationOptions = {}, link = this.hub.link()): Promise<ApplicationServer> {
    const logger = new RecordingLogger();
    const application = createApplication({
      authenticate: ({ login: name }) => (name === undefined ? undefined : { name }),
      broker: brokerWith(link),
      clock: this.clock,
      logger,
      startUpReport: false,
      ...this.#options,
      ...options,
    });
    await application.start();
    const login = (name: string, more: ConnectOptions = {}): Promise<TestClient> =>
      connect(application, { login: name, ...more });
    const server = { application, link, logger, login };
    this.#servers.push(server);
    return server;
  }

  /** Two that have known each other for a while. */
  async startTwo(): Promise<readonly [ApplicationServer, ApplicationServer]> {
    const two = [await this.start(), await this.start()] as const;
    await this.knowEachOther();
    return two;
  }

  /** Until all have told who they are. */
  async knowEachOther(): Promise<void> {
    await this.clock.advance(2_000);
    await settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { application } of this.#servers) await application.stop();
  }
}

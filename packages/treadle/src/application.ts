import 'reflect-metadata';
import type { Server } from 'node:http';
import type { DependencyContainer } from 'tsyringe';
import { AnnotationDispatcher } from './annotation/annotation-dispatcher.js';
import { createArgumentResolvers } from './annotation/arguments/argument-resolvers.js';
import { MappingRegistry } from './annotation/mapping/mapping-registry.js';
import { createReturnValueHandlers } from './annotation/results/return-value-handlers.js';
import type { Broker } from './broker/broker.js';
import { simpleBroker } from './broker/simple/simple-broker.js';
import { createContainer, hasStartHook, hasStopHook, registerClasses, resolveClass } from './dependency-injection.js';
import { resolveEndpoints } from './endpoints.js';
import { type Clock, systemClock } from './foundation/clock.js';
import { Deadline } from './foundation/deadline.js';
import { ConfigurationError } from './foundation/errors.js';
import { consoleLogger, type Logger } from './foundation/logger.js';
import { CompositeMessageConverter } from './messaging/converters.js';
import { MessageChannel } from './messaging/message-channel.js';
import { SimpMessagingTemplate } from './messaging/messaging-template.js';
import { UnroutableMessages } from './messaging/unroutable-messages.js';
import { type ApplicationOptions, DEFAULTS, type LimitOptions, resolveHeartBeat, resolveLimits } from './options.js';
import { AuthenticationInterceptor } from './security/authentication.js';
import { MessageEncoder } from './session/frame-mapping.js';
import { ApplicationEvents } from './session/session-events.js';
import { SessionRegistry } from './session/session-registry.js';
import type { Connection } from './transport/connection.js';
import { FlushQueue } from './transport/outbound-buffer.js';
import { OwnServer } from './transport/own-server.js';
import { type WebSocketEndpoint, WebSocketTransport } from './transport/web-socket-server.js';
import { UserDestinations } from './user/user-destinations.js';
import { SimpUserRegistry } from './user/user-registry.js';

// `ws` keeps this limit in 32 bits.
const MOST_MESSAGE_OCTETS = 2 ** 31 - 1;

const KEEP_ALIVE_MS = 1_000;

/** Where an application listens. */
export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  /** The first endpoint as a URL: `ws://127.0.0.1:8080/ws`. */
  readonly url: string;
}

/**
 * Makes an application and checks everything that can be checked before it runs.
 * @throws ConfigurationError naming class, method and cure
 */
export function createApplication(options: ApplicationOptions = {}): Application {
  return new Application(options);
}

/** A running part of a server: wires the channels, the controllers, the broker and the transports, starts and stops them. */
export class Application implements AsyncDisposable {
  /** Resolves controllers and services; `SimpMessagingTemplate`, `SimpUserRegistry` and `ApplicationEvents` are registered in it. */
  readonly container: DependencyContainer;
  /** Publishes to topics and users. */
  readonly template: SimpMessagingTemplate;
  /** Who is connected and subscribed. */
  readonly users: SimpUserRegistry;
  /** What happens to sessions. */
  readonly events: ApplicationEvents;
  readonly clientInboundChannel: MessageChannel;
  readonly brokerChannel: MessageChannel;
  readonly clientOutboundChannel: MessageChannel;
  /** Every limit as it holds. */
  readonly limits: LimitOptions;
  /** What tells the time. */
  readonly clock: Clock;
  readonly #options: ApplicationOptions;
  readonly #endpoints: readonly WebSocketEndpoint[];
  readonly #logger: Logger;
  readonly #broker: Broker;
  readonly #mappings: MappingRegistry;
  readonly #converter: CompositeMessageConverter;
  readonly #sessions: SessionRegistry;
  readonly #webSockets: WebSocketTransport;
  /** The HTTP servers made by `listen`. */
  readonly #servers: OwnServer[] = [];
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  /** Services whose start went well, in its order. */
  readonly #running: object[] = [];

  constructor(options: ApplicationOptions) {
    this.#options = options;
    this.#logger = options.logger ?? consoleLogger;
    const clock = options.clock ?? systemClock;
    this.clock = clock;
    this.limits = resolveLimits(options.limits);
    this.#endpoints = resolveEndpoints(options.endpoints ?? DEFAULTS.endpoints);
    const { clientInbound = [], broker = [], clientOutbound = [] } = options.interceptors ?? {};
    const authentication = options.authenticate ? [new AuthenticationInterceptor(options.authenticate)] : [];
    this.clientInboundChannel = new MessageChannel(
      'clientInboundChannel',
      [...authentication, ...clientInbound],
      this.#logger,
    );
    this.brokerChannel = new MessageChannel('brokerChannel', broker, this.#logger);
    this.clientOutboundChannel = new MessageChannel('clientOutboundChannel', clientOutbound, this.#logger);

    this.events = new ApplicationEvents(this.#logger);
    this.users = new SimpUserRegistry();
    this.#converter = new CompositeMessageConverter(options.messageConverters ?? []);
    this.template = new SimpMessagingTemplate({
      channel: this.brokerChannel,
      converter: this.#converter,
      logger: this.#logger,
      userDestinationPrefix: this.#userPrefix,
    });
    this.#mappings = new MappingRegistry(options.controllers ?? [], {
      argumentResolvers: createArgumentResolvers({ converter: this.#converter, validation: options.validation ?? {} }),
      returnValueHandlers: createReturnValueHandlers({
        template: this.template,
        converter: this.#converter,
        clientOutboundChannel: this.clientOutboundChannel,
      }),
    });
    this.#broker = (options.broker ?? simpleBroker())({
      clientOutboundChannel: this.clientOutboundChannel,
      logger: this.#logger,
      clock,
      limits: this.limits,
    });
    this.#sessions = new SessionRegistry({
      inbound: this.clientInboundChannel,
      encoder: new MessageEncoder(),
      events: this.events,
      logger: this.#logger,
      clock,
      heartBeat: resolveHeartBeat(options.heartBeat),
      limits: this.limits,
      maxSessions: this.limits.sessions,
    });
    this.#webSockets = new WebSocketTransport({
      endpoints: this.#endpoints,
      maxMessageOctets: this.#maxMessageOctets,
      limits: this.limits,
      flushQueue: new FlushQueue(),
      clock,
      onConnection: (connection) => this.accept(connection),
    });
    this.container = createContainer(options.container);
    this.#fillContainer();
  }

  /**
   * Starts the broker, constructs controllers and services and calls their `onApplicationStart`, in the order given.
   * `listen` and `attach` do it by themselves. @throws ConfigurationError when one cannot be constructed
   */
  async start(): Promise<void> {
    this.#requireNotStopped();
    this.#started ??= this.#start();
    await this.#started;
    this.#requireNotStopped();
  }

  /**
   * Listens on an HTTP server of its own.
   * @param port `0` for any free one
   * @param host default: all interfaces, as Node's `server.listen`
   */
  async listen(port: number, host?: string): Promise<ListeningAddress> {
    await this.start();
    const server = new OwnServer(this.#webSockets);
    this.#servers.push(server);
    const { address, port: actualPort } = await server.listen(port, host);
    if (this.#stopped) await server.close();
    this.#requireNotStopped();
    return listeningAddress(address, actualPort, this.#endpoints[0]?.path ?? '/');
  }

  /** Joins an HTTP server that is or will be listening: takes its WebSocket upgrades at the endpoints' paths, nothing else. */
  async attach(server: Server): Promise<void> {
    await this.start();
    this.#webSockets.attach(server);
  }

  /** Begins a session on a connection of any transport; the application must have been started. */
  accept(connection: Connection): void {
    this.#sessions.accept(connection);
  }

  /** Sessions at the moment, those included that are still connecting. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /**
   * Stops: takes no more connections, lets handlers in progress finish, closes every session with 1001, calls
   * `onApplicationStop` in reverse order, stops the broker. Waits at most `limits.stopTimeMs` for clients.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** A stop may come while services start or a server begins to listen: nothing may stay open behind it. */
  #requireNotStopped(): void {
    if (!this.#stopped) return;
    throw new ConfigurationError('An application that was stopped cannot be started again; create a new one.');
  }

  get #userPrefix(): string {
    return this.#options.userDestinationPrefix ?? DEFAULTS.userDestinationPrefix;
  }

  /** One frame of the largest size allowed fits into one WebSocket message. */
  get #maxMessageOctets(): number {
    const { frameBodyOctets, frameHeaders, frameHeaderLineOctets } = this.limits;
    return Math.min(frameBodyOctets + frameHeaders * frameHeaderLineOctets, MOST_MESSAGE_OCTETS);
  }

  #fillContainer(): void {
    const { controllers = [], services = [] } = this.#options;
    this.container.registerInstance(SimpMessagingTemplate, this.template);
    this.container.registerInstance(SimpUserRegistry, this.users);
    this.container.registerInstance(ApplicationEvents, this.events);
    registerClasses(this.container, 'services', services);
    registerClasses(this.container, 'controllers', controllers);
  }

  async #start(): Promise<void> {
    const { controllers = [], services = [] } = this.#options;
    this.#subscribeHandlers();
    await this.#broker.start();
    const instances = [...new Set([...services, ...controllers])].map((type) => resolveClass(this.container, type));
    for (const service of instances) {
      if (hasStartHook(service)) await service.onApplicationStart();
      this.#running.push(service);
    }
  }

  /** Who listens to which channel; the order within a channel is the order of handling. */
  #subscribeHandlers(): void {
    const userDestinations = new UserDestinations({
      prefix: this.#userPrefix,
      registry: this.users,
      brokerChannel: this.brokerChannel,
      logger: this.#logger,
      // A broker of dotted names without slash gets `queue/x-user…` (Spring: `AbstractMessageBrokerConfiguration`).
      removeLeadingSlash: this.#broker.destinationPrefixes[0]?.startsWith('/') === false,
    });
    const dispatcher = new AnnotationDispatcher({
      prefixes: this.#options.applicationDestinationPrefixes ?? DEFAULTS.applicationDestinationPrefixes,
      registry: this.#mappings,
      resolve: (type) => resolveClass(this.container, type),
      template: this.template,
      isHandledElsewhere: (destination) => this.#broker.handles(destination) || userDestinations.handles(destination),
      logger: this.#logger,
    });
    this.clientInboundChannel.subscribe(dispatcher);
    this.clientInboundChannel.subscribe(userDestinations.fromClients);
    this.clientInboundChannel.subscribe(this.#broker);
    this.clientInboundChannel.subscribe(this.users);
    this.brokerChannel.subscribe(
      new UnroutableMessages(
        ({ destination = '', userDestination }) =>
          this.#broker.handles(destination) || (userDestination === undefined && userDestinations.handles(destination)),
      ),
    );
    this.brokerChannel.subscribe(userDestinations.fromApplication);
    this.brokerChannel.subscribe(this.#broker);
    this.clientOutboundChannel.subscribe(this.#sessions);
  }

  async #stop(): Promise<void> {
    // Timers of the clock do not keep the process alive; services that are still to be stopped must.
    const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
    try {
      await this.#stopAll();
    } finally {
      clearInterval(alive);
    }
  }

  async #stopAll(): Promise<void> {
    this.#webSockets.detach();
    const serversClosed = Promise.all(this.#servers.map((server) => server.close()));
    await this.#started?.catch(() => undefined); // what started before a failure must be stopped too
    const deadline = new Deadline(this.clock, this.limits.stopTimeMs);
    await this.#sessions.stop(deadline.passed);
    await this.#webSockets.closed(deadline.passed);
    deadline.cancel();
    for (const service of this.#running.toReversed()) await this.#stopService(service);
    if (this.#started) await this.#broker.stop();
    for (const server of this.#servers) server.cutOff();
    await serversClosed;
  }

  /** One service that fails to stop does not keep the others from stopping. */
  async #stopService(service: object): Promise<void> {
    if (!hasStopHook(service)) return;
    try {
      await service.onApplicationStop();
    } catch (error) {
      this.#logger.error(`${service.constructor.name}.onApplicationStop failed`, { error });
    }
  }
}

function listeningAddress(address: string, port: number, path: string): ListeningAddress {
  const host = address === '::' || address === '0.0.0.0' ? 'localhost' : address;
  return { host, port, url: `ws://${host.includes(':') ? `[${host}]` : host}:${port}${path}` };
}

import 'reflect-metadata';
import type { Server } from 'node:http';
import type { DependencyContainer } from 'tsyringe';
import type { ApplicationParts } from './application-parts.js';
import { ApplicationServices } from './application-services.js';
import { collectOptions, type ConfigurableOptions } from './configurer.js';
import { createContainer } from './injection/container.js';
import { resolveEndpoints } from './endpoints.js';
import type { Clock } from './foundation/clock.js';
import { Deadline } from './foundation/deadline.js';
import { ConfigurationError } from './foundation/errors.js';
import { Findings } from './foundation/findings.js';
import { type ApplicationHealth, type ApplicationPhase, healthOf } from './health.js';
import type { MessageChannel } from './messaging/message-channel.js';
import type { SimpMessagingTemplate } from './messaging/messaging-template.js';
import { type ApplicationOptions, DEFAULTS, type LimitOptions } from './options.js';
import type { ApplicationEvents } from './events/application-events.js';
import type { ApplicationDescription } from './start-up/application-description.js';
import { checkListen, checkListenTcp, type TcpOptions } from './start-up/check-listening.js';
import { checkOptions } from './start-up/check-options.js';
import { checkClassLists } from './start-up/class-lists.js';
import { describeApplication } from './start-up/describe-application.js';
import { checkApplication } from './start-up/start-up-checks.js';
import { startUpForm, tellStart, tellWarnings } from './start-up/tell-start.js';
import { tellTcpListener } from './start-up/tell-tcp-listener.js';
import type { ApplicationStats } from './statistics.js';
import type { Schedules } from './scheduling/schedules.js';
import { MessageContext } from './scope/message-context.js';
import type { Connection } from './transport/connection.js';
import { type ListeningAddress, Transports } from './transports.js';
import { leaveOtherServers } from './servers-wiring.js';
import type { SimpUserRegistry } from './user/user-registry.js';
import { connectParts, createParts, registerParts } from './wiring.js';

const KEEP_ALIVE_MS = 1_000;

/**
 * Makes an application and checks everything that can be checked before it runs.
 * @throws ConfigurationError naming class, method and cure
 */
export function createApplication(options: ConfigurableOptions = {}): Application {
  const findings = new Findings();
  const checked = checkOptions(options, findings);
  const container = createContainer(checked.container);
  return new Application({ ...collectOptions(checked, container, findings), container }, findings);
}

/** A running part of a server: wires the channels, the controllers, the broker and the transports, starts and stops them. */
export class Application implements AsyncDisposable {
  /** Resolves controllers and services; `SimpMessagingTemplate`, `SimpUserRegistry` and `ApplicationEvents` are registered in it. */
  readonly container: DependencyContainer;
  readonly #options: ApplicationOptions;
  readonly #parts: ApplicationParts;
  readonly #findings: Findings;
  readonly #services: ApplicationServices;
  readonly #transports: Transports;
  #phase: ApplicationPhase = 'starting';
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  /**
   * `createApplication` makes it.
   * @param findings what was found before
   * @throws ConfigurationError with these and everything else that is wrong
   */
  constructor(options: ApplicationOptions, findings = new Findings()) {
    this.#options = { ...options, ...checkClassLists(options, findings) };
    this.container = createContainer(options.container);
    this.#parts = createParts(this.#options, this.container, findings);
    const endpoints = resolveEndpoints(options.endpoints ?? DEFAULTS.endpoints, findings);
    this.#transports = new Transports({
      ...this.#parts,
      endpoints,
      onConnection: (connection) => this.accept(connection),
    });
    registerParts(this.#parts, this.container);
    this.#services = this.#createServices(findings);
    const { classes } = this.#services;
    checkApplication({ options: this.#options, parts: this.#parts, container: this.container, classes }, findings);
    findings.throwErrors();
    this.#findings = findings;
  }

  /** Publishes to topics and users. */
  get template(): SimpMessagingTemplate {
    return this.#parts.template;
  }

  /** Who is connected and subscribed. */
  get users(): SimpUserRegistry {
    return this.#parts.users;
  }

  /** What happens to sessions and to the broker, and what the application publishes itself. */
  get events(): ApplicationEvents {
    return this.#parts.events;
  }

  /** Whether the broker takes messages; a change is published as `BrokerAvailabilityEvent`. */
  get isBrokerAvailable(): boolean {
    return this.#parts.availability.isAvailable;
  }

  /** The `@Scheduled` methods, and how they fare. */
  get schedules(): Schedules {
    return this.#parts.schedules;
  }

  /** The message, session and user that the running code works for; known from the first use on, or with the option `messageContext` always. */
  get messageContext(): MessageContext {
    return this.container.resolve(MessageContext);
  }

  get clientInboundChannel(): MessageChannel {
    return this.#parts.clientInboundChannel;
  }

  get brokerChannel(): MessageChannel {
    return this.#parts.brokerChannel;
  }

  get clientOutboundChannel(): MessageChannel {
    return this.#parts.clientOutboundChannel;
  }

  /** Every limit as it holds. */
  get limits(): LimitOptions {
    return this.#parts.limits;
  }

  /** What tells the time. */
  get clock(): Clock {
    return this.#parts.clock;
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
   * @throws ConfigurationError when one of them is none
   */
  async listen(port: number, host?: string): Promise<ListeningAddress> {
    checkListen({ port, host });
    await this.start();
    const address = await this.#transports.listen(port, host);
    this.#requireNotStopped();
    return address;
  }

  /**
   * Takes clients of STOMP over TCP, for back-end services: the same sessions, the same `authenticate`, without HTTP, so without endpoints, origins
   * and handshake interceptors. May be called several times. Rejects as Node's `server.listen` fails.
   * @param port the usual one is 61613; `0` for any free one
   * @param host default `127.0.0.1`: this machine only
   * @param options `tls`: as `tls.createServer`; a certificate it demands of clients is `session.handshake.clientCertificate`
   * @throws ConfigurationError when one of them is none, or `tls` names no certificate
   */
  async listenTcp(port: number, host = '127.0.0.1', options: TcpOptions = {}): Promise<ListeningAddress> {
    checkListenTcp({ port, host }, options);
    await this.start();
    const listener = await this.#transports.listenTcp(port, host, options.tls);
    this.#requireNotStopped();
    tellTcpListener(listener, this.#options, this.#findings, this.#parts.logger);
    return { host: listener.host, port: listener.port, url: listener.url };
  }

  /** Joins an HTTP server that is or will be listening: takes its WebSocket upgrades at the endpoints' paths, nothing else. */
  async attach(server: Server): Promise<void> {
    await this.start();
    this.#transports.attach(server);
  }

  /** Begins a session on a connection of any transport; the application must have been started. */
  accept(connection: Connection): void {
    this.#parts.sessions.accept(connection);
  }

  /** Sessions at the moment, those included that are still connecting. */
  get sessionCount(): number {
    return this.#parts.sessions.size;
  }

  /** How the application is doing: sessions, frames, handlers, schedules. Counted all the time, collected only when asked. */
  stats(): ApplicationStats {
    return this.#parts.statistics.current();
  }

  /** Whether it takes clients and has its broker, for whoever sends clients here: a health endpoint, a load balancer. */
  health(): ApplicationHealth {
    return healthOf(this.#phase, this.#parts);
  }

  /** How the application is put together, as plain data: who answers what, with which limits, and what should be known about it. */
  describe(): ApplicationDescription {
    return describeApplication({
      options: this.#options,
      parts: this.#parts,
      services: this.#services.describe(),
      tcpListeners: this.#transports.tcpListeners,
      warnings: this.#findings.warnings,
    });
  }

  /**
   * Stops: takes no more connections, stops streams, lets handlers in progress finish, closes every session with 1001 (over TCP: ends the stream), calls
   * `onApplicationStop` in reverse order, stops the broker. Waits at most `limits.stopTimeMs` for clients.
   */
  stop(): Promise<void> {
    this.#phase = 'stopping';
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #createServices(findings: Findings): ApplicationServices {
    const { events, logger, mappings, placeholders, schedules, scoping } = this.#parts;
    const { services = [], controllers = [] } = this.#options;
    return new ApplicationServices({
      container: this.container,
      services,
      interceptors: mappings.interceptorClasses,
      controllers,
      events,
      schedules,
      placeholders,
      activity: scoping.activity,
      logger,
      findings,
    });
  }

  /** A stop may come while services start or a server begins to listen: nothing may stay open behind it. */
  #requireNotStopped(): void {
    if (!this.#stopped) return;
    throw new ConfigurationError('An application that was stopped cannot be started again; create a new one.');
  }

  async #start(): Promise<void> {
    const { logger } = this.#parts;
    tellWarnings(this.describe(), logger);
    connectParts(this.#parts, this.#options, this.container);
    await this.#parts.broker.start();
    this.#services.construct();
    this.#parts.availability.startTelling();
    await this.#services.start();
    if (!this.#stopped) this.#services.startSchedules();
    this.#parts.statistics.start();
    if (this.#phase === 'starting') this.#phase = 'running';
    tellStart(this.describe(), startUpForm(this.#options.startUpReport, logger, process.env['NODE_ENV']), logger);
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
    this.#transports.detach();
    this.#parts.presence?.stop();
    await this.#started?.catch(() => undefined); // what started before a failure must be stopped too
    const { broker, clock, limits, servers, sessions, schedules, statistics, streams } = this.#parts;
    statistics.stop();
    const deadline = new Deadline(clock, limits.stopTimeMs);
    await streams.stop(deadline.passed);
    const runsEnded = schedules.stop(deadline.passed);
    await sessions.stop(deadline.passed);
    await runsEnded;
    if (this.#started) await leaveOtherServers(servers, deadline.passed);
    await this.#transports.closed(deadline.passed);
    deadline.cancel();
    await this.#services.stop();
    if (this.#started) await broker.stop();
    this.#services.stopListening();
    await this.#transports.cutOff();
  }
}

import type { ApplicationParts, GroundParts, HandlerParts, MessagingParts, ServingParts } from './application-parts.js';
import type { DependencyContainer } from 'tsyringe';
import { AnnotationDispatcher } from './annotation/annotation-dispatcher.js';
import type { ErrorPolicy } from './annotation/failures/error-policy.js';
import type { Broker, BrokerContext, BrokerFactory } from './broker/broker.js';
import { simpleBroker } from './broker/simple/simple-broker.js';
import { systemClock } from './foundation/clock.js';
import type { Findings } from './foundation/findings.js';
import { consoleLogger, type Logger } from './foundation/logger.js';
import { Placeholders } from './foundation/placeholders.js';
import { createHandlers, resolveConcurrency } from './handler-wiring.js';
import { CompositeMessageConverter } from './messaging/converters.js';
import type { Message } from './messaging/message.js';
import { MessageChannel } from './messaging/message-channel.js';
import { SimpMessagingTemplate } from './messaging/messaging-template.js';
import { UnroutableMessages } from './messaging/unroutable-messages.js';
import { type ApplicationOptions, DEFAULTS, resolveHeartBeat, resolveLimits, resolveStatsInterval } from './options.js';
import { checkPrefixes } from './start-up/prefix-overlaps.js';
import { AuthenticationInterceptor } from './security/authentication.js';
import { MessageEncoder } from './session/frame-mapping.js';
import { ApplicationEvents } from './events/application-events.js';
import { BrokerAvailability } from './events/broker-availability.js';
import { SessionEventPublisher } from './events/session-event-publisher.js';
import { createPresence, localDestinations, registerPresence } from './presence-wiring.js';
import { Schedules } from './scheduling/schedules.js';
import { EventsInContext, HandlerInContext, InboundInContext } from './scope/in-context.js';
import { createScopeParts, handlerInstances } from './scope-wiring.js';
import { createOtherServers } from './servers-wiring.js';
import { SessionRegistry } from './session/session-registry.js';
import { ApplicationStatistics } from './statistics.js';
import { HandshakeCounters } from './transport/handshake-counters.js';
import { ConnectedSessions } from './user/connected-sessions.js';
import { UserDestinations } from './user/user-destinations.js';
import { SimpUserRegistry } from './user/user-registry.js';

/**
 * Makes the parts; nothing flows between them before `connectParts`. What cannot be made as it was asked for is reported and made as by default, so
 * that the rest can be looked at too.
 */
export function createParts(
  options: ApplicationOptions,
  container: DependencyContainer,
  findings: Findings,
): ApplicationParts {
  const ground = createGround(options, container, findings);
  const base = { ...ground, ...createMessaging(options, ground, findings) };
  const concurrency = resolveConcurrency(options, findings);
  const later: { errorPolicy?: ErrorPolicy } = {}; // made behind the broker, whose destinations the handlers must know
  const tell: BrokerContext['tell'] = (...told) => void later.errorPolicy?.tell(...told);
  const brokerBase = { ...base, note: findings.note, tell };
  const chosenBroker = findings.attempt('broker', () =>
    createBroker(options.broker ?? simpleBroker(), options, brokerBase),
  );
  const broker = chosenBroker ?? createBroker(simpleBroker(), options, brokerBase);
  const handling = createHandlers({ ...base, broker, concurrency }, options, findings);
  later.errorPolicy = handling.errorPolicy;
  const serving = createServing({ ...base, ...handling, broker }, options, findings);
  const schedules = new Schedules(ground);
  const statistics = new ApplicationStatistics({
    ...ground,
    handshakes: serving.handshakes,
    sessions: serving.sessions,
    calls: handling.calls,
    errorPolicy: handling.errorPolicy,
    broker,
    schedules,
    intervalMs: resolveStatsInterval(options.statsIntervalMs, findings),
  });
  if (chosenBroker) checkPrefixes(options, handling.mappings, broker, findings); // else its prefixes are not those that were meant
  return { ...base, ...handling, ...serving, broker, schedules, statistics };
}

function createGround(options: ApplicationOptions, container: DependencyContainer, findings: Findings): GroundParts {
  const { logger = consoleLogger, clock = systemClock, messageContext = DEFAULTS.messageContext } = options;
  return {
    logger,
    clock,
    limits: resolveLimits(options.limits, findings),
    placeholders: new Placeholders(options.properties),
    scoping: createScopeParts(container, logger, messageContext),
  };
}

function createMessaging(
  options: ApplicationOptions,
  { logger, clock }: GroundParts,
  findings: Findings,
): MessagingParts {
  const channels = createChannels(options, logger);
  const events = new ApplicationEvents(logger);
  const converter =
    findings.attempt('messageConverters', () => new CompositeMessageConverter(options.messageConverters)) ??
    new CompositeMessageConverter();
  const template = new SimpMessagingTemplate({
    channel: channels.brokerChannel,
    converter,
    logger,
    userDestinationPrefix: userPrefixOf(options),
  });
  return { ...channels, events, availability: new BrokerAvailability(events, clock), converter, template };
}

/** What a broker is made with. */
type BrokerBase = GroundParts & MessagingParts & Pick<BrokerContext, 'note' | 'tell'>;

function createBroker(create: BrokerFactory, options: ApplicationOptions, base: BrokerBase): Broker {
  const { clientOutboundChannel, logger, clock, limits, availability, note, tell } = base;
  const made: { broker?: Broker } = {}; // it may report before it is there
  made.broker = create({
    clientOutboundChannel,
    logger,
    clock,
    limits,
    note,
    destinationSeparator: options.destinationSeparator ?? DEFAULTS.destinationSeparator,
    userDestinationPrefix: userPrefixOf(options),
    reportAvailability: (isAvailable) => availability.report(isAvailable, made.broker?.health),
    isLocal: localDestinations(options.presence),
    tell,
  });
  return made.broker;
}

/** What clients are served with. */
type ServingBase = GroundParts &
  MessagingParts & { readonly broker: Broker } & Pick<HandlerParts, 'calls' | 'errorPolicy'>;

function createServing(base: ServingBase, options: ApplicationOptions, findings: Findings): ServingParts {
  const { broker, calls, errorPolicy, events, limits, logger, clock, clientInboundChannel, scoping } = base;
  const heartBeat = resolveHeartBeat(options.heartBeat, findings);
  const sessions = new SessionRegistry({
    inbound: new InboundInContext(clientInboundChannel, scoping.activity),
    tellRefusal: (error, message) => errorPolicy.apply(error, { message, handler: undefined }),
    tellUnsubscribed: (session, ended) => errorPolicy.tellUnsubscribed(session, ended),
    onAbandoned: (session) => calls.abandon(session),
    encoder: new MessageEncoder(),
    events: new EventsInContext(events, scoping.activity),
    logger,
    clock,
    heartBeat,
    limits,
    maxSessions: limits.sessions,
  });
  const { destinationSeparator: separator = DEFAULTS.destinationSeparator } = options;
  const connected = new ConnectedSessions();
  const presence = findings.attempt('presence', () =>
    createPresence(options.presence, broker, { ...base, connected, separator }),
  );
  const servers = createOtherServers({ broker, connected, clock, logger });
  const users = new SimpUserRegistry(connected);
  return { heartBeat, handshakes: new HandshakeCounters(), sessions, users, servers, presence };
}

/** Makes injectable what applications work with. */
export function registerParts(parts: ApplicationParts, container: DependencyContainer): void {
  container.registerInstance(SimpMessagingTemplate, parts.template);
  container.registerInstance(SimpUserRegistry, parts.users);
  container.registerInstance(ApplicationEvents, parts.events);
  registerPresence(container, parts.presence);
  container.registerInstance(ApplicationStatistics, parts.statistics);
  container.registerInstance(Schedules, parts.schedules);
}

/** Subscribes everybody to their channels; the order within a channel is the order of handling. */
export function connectParts(
  parts: ApplicationParts,
  options: ApplicationOptions,
  container: DependencyContainer,
): void {
  const userDestinations = createUserDestinations(parts, options);
  const dispatcher = createDispatcher(parts, userDestinations, options, container);
  connectClientInbound(parts, dispatcher, userDestinations);
  connectBrokerChannel(parts, userDestinations);
  parts.clientOutboundChannel.subscribe(parts.sessions);
  userDestinations.start();
  parts.servers?.registry?.start();
}

function createUserDestinations(parts: ApplicationParts, options: ApplicationOptions): UserDestinations {
  return new UserDestinations({
    prefix: userPrefixOf(options),
    registry: parts.users,
    brokerChannel: parts.brokerChannel,
    logger: parts.logger,
    others: parts.servers?.userMessages,
    // A broker of dotted names without slash gets `queue/x-user…` (Spring: `AbstractMessageBrokerConfiguration`).
    removeLeadingSlash: parts.broker.destinationPrefixes[0]?.startsWith('/') === false,
  });
}

function createDispatcher(
  parts: ApplicationParts,
  userDestinations: UserDestinations,
  options: ApplicationOptions,
  container: DependencyContainer,
): AnnotationDispatcher {
  const { broker, calls, errorPolicy, logger, mappings, scoping } = parts;
  return new AnnotationDispatcher({
    prefixes: options.applicationDestinationPrefixes ?? DEFAULTS.applicationDestinationPrefixes,
    registry: mappings,
    ...handlerInstances(container, scoping),
    errorPolicy,
    calls,
    isHandledElsewhere: (destination) => broker.handles(destination) || userDestinations.handles(destination),
    logger,
  });
}

function connectClientInbound(
  { broker, clientInboundChannel, events, presence, scoping, users }: ApplicationParts,
  dispatcher: AnnotationDispatcher,
  userDestinations: UserDestinations,
): void {
  clientInboundChannel.subscribe(new SessionEventPublisher(events));
  if (presence) {
    presence.start();
    clientInboundChannel.subscribe(presence);
  }
  clientInboundChannel.subscribe(new HandlerInContext(dispatcher, scoping.activity));
  clientInboundChannel.subscribe(userDestinations.fromClients);
  clientInboundChannel.subscribe(broker);
  clientInboundChannel.subscribe(users);
}

function connectBrokerChannel({ broker, brokerChannel }: ApplicationParts, userDestinations: UserDestinations): void {
  const isServed = ({ destination = '', userDestination }: Message): boolean =>
    broker.handles(destination) || (userDestination === undefined && userDestinations.handles(destination));
  brokerChannel.subscribe(new UnroutableMessages(isServed));
  brokerChannel.subscribe(userDestinations.fromApplication);
  brokerChannel.subscribe(broker);
}

type Channels = Pick<MessagingParts, 'clientInboundChannel' | 'brokerChannel' | 'clientOutboundChannel'>;

function createChannels({ interceptors = {}, authenticate }: ApplicationOptions, logger: Logger): Channels {
  const { clientInbound = [], broker = [], clientOutbound = [] } = interceptors;
  const authentication = authenticate ? [new AuthenticationInterceptor(authenticate)] : [];
  return {
    clientInboundChannel: new MessageChannel('clientInboundChannel', [...authentication, ...clientInbound], logger),
    brokerChannel: new MessageChannel('brokerChannel', broker, logger),
    clientOutboundChannel: new MessageChannel('clientOutboundChannel', clientOutbound, logger),
  };
}

function userPrefixOf({ userDestinationPrefix = DEFAULTS.userDestinationPrefix }: ApplicationOptions): string {
  return userDestinationPrefix;
}

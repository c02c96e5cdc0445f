import type { DependencyContainer } from 'tsyringe';
import { AnnotationDispatcher } from './annotation/annotation-dispatcher.js';
import { HandlerCalls } from './annotation/concurrency/handler-calls.js';
import { requireConcurrency } from './annotation/concurrency/handler-limits.js';
import { createArgumentResolvers } from './annotation/arguments/argument-resolvers.js';
import { ErrorPolicy } from './annotation/failures/error-policy.js';
import { MappingRegistry } from './annotation/mapping/mapping-registry.js';
import { checkRepeatedPrefixes } from './annotation/mapping/repeated-prefixes.js';
import { ReturnValueHandlers } from './annotation/results/return-value-handlers.js';
import { RunningStreams } from './annotation/results/running-streams.js';
import type { HandlerSeams } from './annotation/handler-compiler.js';
import type { Broker, BrokerContext } from './broker/broker.js';
import { simpleBroker } from './broker/simple/simple-broker.js';
import { type Clock, systemClock } from './foundation/clock.js';
import type { Findings } from './foundation/findings.js';
import { consoleLogger, type Logger } from './foundation/logger.js';
import { Placeholders } from './foundation/placeholders.js';
import { CompositeMessageConverter } from './messaging/converters.js';
import { MessageChannel } from './messaging/message-channel.js';
import { SimpMessagingTemplate } from './messaging/messaging-template.js';
import { UnroutableMessages } from './messaging/unroutable-messages.js';
import {
  type ApplicationOptions,
  DEFAULTS,
  type HeartBeatOptions,
  type LimitOptions,
  resolveHeartBeat,
  resolveLimits,
  resolveStatsInterval,
} from './options.js';
import { checkPrefixes } from './prefix-overlaps.js';
import { AuthenticationInterceptor } from './security/authentication.js';
import { MessageEncoder } from './session/frame-mapping.js';
import { ApplicationEvents } from './events/application-events.js';
import { BrokerAvailability } from './events/broker-availability.js';
import { SessionEventPublisher } from './events/session-event-publisher.js';
import { createPresence } from './presence-wiring.js';
import { Schedules } from './scheduling/schedules.js';
import { EventsInContext, HandlerInContext, InboundInContext } from './scope/in-context.js';
import { createScopeParts, handlerInstances, type ScopeParts } from './scope-wiring.js';
import { SessionRegistry } from './session/session-registry.js';
import { ApplicationStatistics } from './statistics.js';
import type { Presence } from './user/presence.js';
import { UserDestinations } from './user/user-destinations.js';
import { SimpUserRegistry } from './user/user-registry.js';

/** What an application is made of, apart from its transports and its services. */
export interface ApplicationParts {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly limits: LimitOptions;
  readonly placeholders: Placeholders;
  readonly clientInboundChannel: MessageChannel;
  readonly brokerChannel: MessageChannel;
  readonly clientOutboundChannel: MessageChannel;
  readonly events: ApplicationEvents;
  readonly availability: BrokerAvailability;
  readonly users: SimpUserRegistry;
  readonly presence: Presence | undefined;
  readonly template: SimpMessagingTemplate;
  readonly converter: CompositeMessageConverter;
  readonly heartBeat: HeartBeatOptions;
  readonly mappings: MappingRegistry;
  readonly calls: HandlerCalls;
  readonly streams: RunningStreams;
  readonly broker: Broker;
  readonly sessions: SessionRegistry;
  readonly statistics: ApplicationStatistics;
  readonly schedules: Schedules;
  readonly scoping: ScopeParts;
}

/**
 * Makes the parts; nothing flows between them before `connectParts`. What cannot be made as it was asked for is reported and made as by default, so
 * that the rest can be looked at too.
 */
export function createParts(
  options: ApplicationOptions,
  container: DependencyContainer,
  findings: Findings,
): ApplicationParts {
  const logger = options.logger ?? consoleLogger;
  const scoping = createScopeParts(container, logger, options.messageContext ?? DEFAULTS.messageContext);
  const { activity } = scoping;
  const clock = options.clock ?? systemClock;
  const limits = resolveLimits(options.limits, findings);
  const placeholders = new Placeholders(options.properties);
  const { destinationSeparator = DEFAULTS.destinationSeparator } = options;
  const channels = createChannels(options, logger);
  const events = new ApplicationEvents(logger);
  const availability = new BrokerAvailability(events);
  const converter =
    findings.attempt('messageConverters', () => new CompositeMessageConverter(options.messageConverters)) ??
    new CompositeMessageConverter();
  const template = new SimpMessagingTemplate({
    channel: channels.brokerChannel,
    converter,
    logger,
    userDestinationPrefix: userPrefixOf(options),
  });
  const { concurrency = DEFAULTS.concurrency } = options;
  findings.attempt('concurrency', () => requireConcurrency(concurrency, 'concurrency'));
  const brokerContext: BrokerContext = {
    clientOutboundChannel: channels.clientOutboundChannel,
    logger,
    clock,
    limits,
    destinationSeparator,
    reportAvailability: (isAvailable) => availability.report(isAvailable),
  };
  const chosenBroker = findings.attempt('broker', () => (options.broker ?? simpleBroker())(brokerContext));
  const broker = chosenBroker ?? simpleBroker()(brokerContext);
  const errorPolicy = new ErrorPolicy({ template, logger });
  const streams = new RunningStreams({ clock, logger, limits });
  const sending = {
    template,
    converter,
    clientOutboundChannel: channels.clientOutboundChannel,
    streams,
    isServed: (destination: string) => broker.handles(destination),
    own: options.returnValueHandlers ?? [],
  };
  const { replyHeaders = DEFAULTS.replyHeaders } = options;
  const seams: HandlerSeams = {
    placeholders,
    separator: destinationSeparator,
    handlerLimits: { concurrency, timeMs: limits.handlerTimeMs },
    handlerInterceptors: options.handlerInterceptors ?? [],
    argumentResolvers: createArgumentResolvers({
      converter,
      validation: options.validation ?? {},
      argumentResolvers: options.argumentResolvers ?? [],
    }),
    returnValueHandlers:
      findings.attempt('replyHeaders', () => new ReturnValueHandlers({ ...sending, replyHeaders })) ??
      new ReturnValueHandlers(sending),
  };
  const mappings = new MappingRegistry(options.controllers ?? [], seams, findings);
  const { applicationDestinationPrefixes = DEFAULTS.applicationDestinationPrefixes } = options;
  checkRepeatedPrefixes(mappings, applicationDestinationPrefixes, findings);
  const heartBeat = resolveHeartBeat(options.heartBeat, findings);
  const sessions = new SessionRegistry({
    inbound: new InboundInContext(channels.clientInboundChannel, activity),
    tellRefusal: (error, message) => errorPolicy.apply(error, { message, handler: undefined }),
    encoder: new MessageEncoder(),
    events: new EventsInContext(events, activity),
    logger,
    clock,
    heartBeat,
    limits,
    maxSessions: limits.sessions,
  });
  const users = new SimpUserRegistry();
  const { clientOutboundChannel } = channels;
  const presence = findings.attempt('presence', () =>
    createPresence(options.presence, broker, {
      events,
      template,
      converter,
      clientOutboundChannel,
      clock,
      logger,
      separator: destinationSeparator,
    }),
  );
  const calls = new HandlerCalls({ limits, clock, logger });
  const schedules = new Schedules({ clock, logger });
  const statistics = new ApplicationStatistics({
    sessions,
    calls,
    schedules,
    clock,
    logger,
    intervalMs: resolveStatsInterval(options.statsIntervalMs, findings),
  });
  if (chosenBroker) checkPrefixes(options, mappings, broker, findings); // else its prefixes are not those that were meant
  return { logger, clock, limits, placeholders, ...channels, events, availability, users, presence, template, converter, heartBeat, mappings, calls, broker, sessions, statistics, schedules, scoping, streams };
}

/** Subscribes everybody to their channels; the order within a channel is the order of handling. */
export function connectParts(
  parts: ApplicationParts,
  options: ApplicationOptions,
  container: DependencyContainer,
): void {
  const { broker, brokerChannel, clientInboundChannel, clientOutboundChannel, logger } = parts;
  const userDestinations = new UserDestinations({
    prefix: userPrefixOf(options),
    registry: parts.users,
    brokerChannel,
    logger,
    // A broker of dotted names without slash gets `queue/x-user…` (Spring: `AbstractMessageBrokerConfiguration`).
    removeLeadingSlash: broker.destinationPrefixes[0]?.startsWith('/') === false,
  });
  const dispatcher = new AnnotationDispatcher({
    prefixes: options.applicationDestinationPrefixes ?? DEFAULTS.applicationDestinationPrefixes,
    registry: parts.mappings,
    ...handlerInstances(container, parts.scoping),
    template: parts.template,
    calls: parts.calls,
    isHandledElsewhere: (destination) => broker.handles(destination) || userDestinations.handles(destination),
    logger,
  });
  clientInboundChannel.subscribe(new SessionEventPublisher(parts.events));
  if (parts.presence) {
    parts.presence.start();
    clientInboundChannel.subscribe(parts.presence);
  }
  clientInboundChannel.subscribe(new HandlerInContext(dispatcher, parts.scoping.activity));
  clientInboundChannel.subscribe(userDestinations.fromClients);
  clientInboundChannel.subscribe(broker);
  clientInboundChannel.subscribe(parts.users);
  brokerChannel.subscribe(
    new UnroutableMessages(
      ({ destination = '', userDestination }) =>
        broker.handles(destination) || (userDestination === undefined && userDestinations.handles(destination)),
    ),
  );
  brokerChannel.subscribe(userDestinations.fromApplication);
  brokerChannel.subscribe(broker);
  clientOutboundChannel.subscribe(parts.sessions);
}

type Channels = Pick<ApplicationParts, 'clientInboundChannel' | 'brokerChannel' | 'clientOutboundChannel'>;

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

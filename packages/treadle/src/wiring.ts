import type { DependencyContainer } from 'tsyringe';
import { AnnotationDispatcher } from './annotation/annotation-dispatcher.js';
import { createArgumentResolvers } from './annotation/arguments/argument-resolvers.js';
import { MappingRegistry } from './annotation/mapping/mapping-registry.js';
import { createReturnValueHandlers } from './annotation/results/return-value-handlers.js';
import type { Broker } from './broker/broker.js';
import { simpleBroker } from './broker/simple/simple-broker.js';
import { resolveClass } from './dependency-injection.js';
import { type Clock, systemClock } from './foundation/clock.js';
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
import { UserDestinations } from './user/user-destinations.js';
import { SimpUserRegistry } from './user/user-registry.js';

/** What an application is made of, apart from its transports and its services. */
export interface ApplicationParts {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly limits: LimitOptions;
  readonly clientInboundChannel: MessageChannel;
  readonly brokerChannel: MessageChannel;
  readonly clientOutboundChannel: MessageChannel;
  readonly events: ApplicationEvents;
  readonly users: SimpUserRegistry;
  readonly template: SimpMessagingTemplate;
  readonly mappings: MappingRegistry;
  readonly broker: Broker;
  readonly sessions: SessionRegistry;
}

/** Makes the parts; nothing flows between them before `connectParts`. @throws ConfigurationError naming class, method and cure */
export function createParts(options: ApplicationOptions): ApplicationParts {
  const logger = options.logger ?? consoleLogger;
  const clock = options.clock ?? systemClock;
  const limits = resolveLimits(options.limits);
  const channels = createChannels(options, logger);
  const events = new ApplicationEvents(logger);
  const converter = new CompositeMessageConverter(options.messageConverters ?? []);
  const template = new SimpMessagingTemplate({
    channel: channels.brokerChannel,
    converter,
    logger,
    userDestinationPrefix: userPrefixOf(options),
  });
  const mappings = new MappingRegistry(options.controllers ?? [], {
    argumentResolvers: createArgumentResolvers({ converter, validation: options.validation ?? {} }),
    returnValueHandlers: createReturnValueHandlers({
      template,
      converter,
      clientOutboundChannel: channels.clientOutboundChannel,
    }),
  });
  const broker = (options.broker ?? simpleBroker())({
    clientOutboundChannel: channels.clientOutboundChannel,
    logger,
    clock,
    limits,
  });
  const sessions = new SessionRegistry({
    inbound: channels.clientInboundChannel,
    encoder: new MessageEncoder(),
    events,
    logger,
    clock,
    heartBeat: resolveHeartBeat(options.heartBeat),
    limits,
    maxSessions: limits.sessions,
  });
  const users = new SimpUserRegistry();
  return { logger, clock, limits, ...channels, events, users, template, mappings, broker, sessions };
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
    resolve: (type) => resolveClass(container, type),
    template: parts.template,
    isHandledElsewhere: (destination) => broker.handles(destination) || userDestinations.handles(destination),
    logger,
  });
  clientInboundChannel.subscribe(dispatcher);
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

import type { HandlerCalls } from './annotation/concurrency/handler-calls.js';
import type { ErrorPolicy } from './annotation/failures/error-policy.js';
import type { MappingRegistry } from './annotation/mapping/mapping-registry.js';
import type { RunningStreams } from './annotation/results/running-streams.js';
import type { Broker } from './broker/broker.js';
import type { ApplicationEvents } from './events/application-events.js';
import type { BrokerAvailability } from './events/broker-availability.js';
import type { Clock } from './foundation/clock.js';
import type { Logger } from './foundation/logger.js';
import type { Placeholders } from './foundation/placeholders.js';
import type { CompositeMessageConverter } from './messaging/converters.js';
import type { MessageChannel } from './messaging/message-channel.js';
import type { SimpMessagingTemplate } from './messaging/messaging-template.js';
import type { HeartBeatOptions, LimitOptions } from './options.js';
import type { Schedules } from './scheduling/schedules.js';
import type { ScopeParts } from './scope-wiring.js';
import type { OtherServers } from './servers-wiring.js';
import type { SessionRegistry } from './session/session-registry.js';
import type { ApplicationStatistics } from './statistics.js';
import type { HandshakeCounters } from './transport/handshake-counters.js';
import type { Presence } from './user/presence.js';
import type { SimpUserRegistry } from './user/user-registry.js';

/** What everything else stands on. */
export interface GroundParts {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly limits: LimitOptions;
  readonly placeholders: Placeholders;
  readonly scoping: ScopeParts;
}

/** What messages and events go through. */
export interface MessagingParts {
  readonly clientInboundChannel: MessageChannel;
  readonly brokerChannel: MessageChannel;
  readonly clientOutboundChannel: MessageChannel;
  readonly events: ApplicationEvents;
  readonly availability: BrokerAvailability;
  readonly template: SimpMessagingTemplate;
  readonly converter: CompositeMessageConverter;
}

/** What finds, calls and follows the handlers. */
export interface HandlerParts {
  readonly mappings: MappingRegistry;
  readonly calls: HandlerCalls;
  readonly streams: RunningStreams;
  readonly errorPolicy: ErrorPolicy;
}

/** What serves the clients. */
export interface ServingParts {
  readonly heartBeat: HeartBeatOptions;
  readonly handshakes: HandshakeCounters;
  readonly sessions: SessionRegistry;
  readonly users: SimpUserRegistry;
  /** Where broker and bus reach further than this one. */
  readonly servers: OtherServers | undefined;
  readonly presence: Presence | undefined;
}

/** What an application is made of, apart from its transports and its services. */
export interface ApplicationParts extends GroundParts, MessagingParts, HandlerParts, ServingParts {
  readonly broker: Broker;
  readonly schedules: Schedules;
  readonly statistics: ApplicationStatistics;
}

export {
  applyDecorators,
  type ConcreteClassDecorator,
  type DescribedMethodDecorator,
} from './annotation/apply-decorators.js';
export { type Application, createApplication } from './application.js';
export type { ListeningAddress } from './transports.js';
export type { ArgumentResolver, HandlerParameter, ResolveArgument } from './annotation/arguments/argument-resolver.js';
export { createParameterDecorator } from './annotation/arguments/create-parameter-decorator.js';
export type {
  DoesNotFitTheParameter,
  Emitted,
  FittingParameterDecorator,
  NameTheTypeInTheDecorator,
} from './annotation/arguments/fitting-decorator.js';
export {
  DestinationVariable,
  type DestinationVariableOptions,
  Header,
  type HeaderDefault,
  type HeaderOptions,
  Headers,
} from './annotation/arguments/parameter-decorators.js';
export {
  Principal,
  Session,
  SessionAttribute,
  type SessionAttributeOptions,
  SessionAttributes,
  SessionId,
  Signal,
} from './annotation/arguments/session-decorators.js';
export { HandledBy } from './annotation/arguments/handled-by.js';
export { ControllerAdvice } from './annotation/failures/controller-advice.js';
export { Concurrent, TimeLimit } from './annotation/concurrency/concurrency-decorators.js';
export type { HandlerStats } from './annotation/concurrency/handler-calls.js';
export { MessageExceptionHandler } from './annotation/failures/exception-decorators.js';
export type { ErrorNotice } from './annotation/failures/error-policy.js';
export type { HandlerCall } from './annotation/handler-call.js';
export type { MappingMatch } from './annotation/handler-declaration.js';
export { HandlerInfo } from './annotation/handler-info.js';
export type {
  ControllerDecorator,
  ControllerOrHandlerDecorator,
  HandlerDecorator,
  HandlerParameterDecorator,
} from './annotation/decorate.js';
export { createHandlerDecorator, type HandlerMetadataDecorator } from './annotation/interceptors/handler-decorator.js';
export type {
  HandlerInterceptor,
  HandlerInterceptorClass,
  HandlerInterceptorSource,
} from './annotation/interceptors/handler-interceptor.js';
export { UseInterceptors } from './annotation/interceptors/interceptor-decorators.js';
export { Controller, MessageMapping, SubscribeMapping } from './annotation/mapping/mapping-decorators.js';
export type {
  CallAnnotation,
  Class,
  ControllerAdviceOptions,
  ControllerClass,
  DestinationVariableAnnotation,
  EnumObject,
  HeaderAnnotation,
  HeadersType,
  HeaderType,
  ItemType,
  MemberName,
  ParameterAnnotation,
  PayloadAnnotation,
  PayloadType,
  SendToUserAnnotation,
  TextType,
  VariableType,
} from './annotation/metadata.js';
export { Payload, type PayloadDefault, type PayloadOptions } from './annotation/payload/payload-decorator.js';
export type {
  StandardIssue,
  StandardResult,
  StandardSchema,
  StandardSchemaProperties,
} from './annotation/payload/standard-schema.js';
export type { Flow } from './messaging/flow.js';
export { type Reply, reply, type ReplyDestination, type ReplyToUserOptions } from './annotation/results/reply.js';
export type { ReplyHeaderNames } from './annotation/results/reply-headers.js';
export type {
  HandlerReturn,
  ReturnValueHandler,
  SendAnnotations,
  SendResult,
} from './annotation/results/return-value-handler.js';
export { SendTo, SendToUser, type SendToUserOptions } from './annotation/results/send-decorators.js';
export type {
  Broker,
  BrokerConnectionStats,
  BrokerContext,
  BrokerFactory,
  BrokerHealth,
  BrokerSettings,
  BrokerStats,
  DestinationPolicyDescription,
} from './broker/broker.js';
export type { BroadcastTopic, ReceivedBroadcast, ServerLink } from './broker/cluster/server-link.js';
export { brokerRelay } from './broker/relay/broker-relay.js';
export type {
  BrokerAddress,
  BrokerCredentials,
  BrokerRelayOptions,
  ClientConnect,
} from './broker/relay/relay-options.js';
export type {
  CommonPolicy,
  DestinationPolicy,
  HistoryPolicy,
  QueuePolicy,
  SlowConsumerPolicy,
  TopicPolicy,
} from './broker/simple/policy/destination-policy.js';
export type { KeptMessageOptions } from './broker/simple/policy/kept-message-options.js';
export { simpleBroker } from './broker/simple/simple-broker.js';
export type { SimpleBrokerOptions } from './broker/simple/simple-broker-options.js';
export { applicationOptionsOf, type ConfigurableOptions, EnableWebSocketMessageBroker } from './configurer.js';
export type { ChannelRegistration } from './configurer/channel-registration.js';
export type { MessageBrokerRegistry, SimpleBrokerRegistration } from './configurer/message-broker-registry.js';
export type { StompBrokerRelayRegistration } from './configurer/stomp-broker-relay-registration.js';
export type { StompEndpointRegistration, StompEndpointRegistry } from './configurer/stomp-endpoint-registry.js';
export type { WebSocketMessageBrokerConfigurer } from './configurer/web-socket-message-broker-configurer.js';
export type { WebSocketTransportRegistration } from './configurer/web-socket-transport-registration.js';
export type { ApplicationHealth } from './health.js';
export type { OnApplicationStart, OnApplicationStop } from './injection/start-stop-hooks.js';
export type { Awaitable } from './foundation/awaitable.js';
export { type Clock, systemClock, type Timer } from './foundation/clock.js';
export { ApplicationError, type ApplicationErrorOptions } from './foundation/application-error.js';
export {
  diagnostics,
  type HandlerFailedEvent,
  type ScheduleFailedEvent,
  type SessionFailedEvent,
} from './foundation/diagnostics.js';
export {
  ArgumentError,
  AuthenticationError,
  CallAbortedError,
  ConfigurationError,
  type ErrorCode,
  ERRORS,
  HandlerTimeExceededError,
  MessageConversionError,
  MessageDeliveryError,
  MessageHandlingError,
  MessageRejectedError,
  PayloadValidationError,
  TreadleError,
  type ValidationIssue,
} from './foundation/errors.js';
export type { ParameterDescription, ResultDescription } from './annotation/handler-description.js';
export type { Finding, FindingDetails } from './foundation/finding.js';
export { consoleLogger, type LogDetails, type Logger, silentLogger } from './foundation/logger.js';
export type { PropertySource, PropertyValue } from './foundation/placeholders.js';
export type { Acknowledgement, AcknowledgementTransaction } from './messaging/acknowledgement.js';
export type { ChannelInterceptor, InterceptedChannel } from './messaging/channel-interceptor.js';
export type { Delivery } from './messaging/delivery.js';
export type { DestinationSeparator, WildcardStyle } from './messaging/destination-pattern.js';
export { Message, type MessageInit, type MessageType } from './messaging/message.js';
export { MessageChannel } from './messaging/message-channel.js';
export type { MessageHandler } from './messaging/message-handler.js';
export { CompositeMessageConverter, type MessageConverterOptions } from './messaging/converters.js';
export { ByteArrayMessageConverter } from './messaging/converters/byte-array-message-converter.js';
export { classTransformerJson, type JsonCodec } from './messaging/converters/json-codec.js';
export { JsonMessageConverter } from './messaging/converters/json-message-converter.js';
export { StringMessageConverter } from './messaging/converters/string-message-converter.js';
export type { ConvertedPayload, MessageConverter } from './messaging/message-converter.js';
export {
  type MessagingTemplateOptions,
  SimpMessagingTemplate,
  type UserReach,
} from './messaging/messaging-template.js';
export type { Reach } from './messaging/reach.js';
export type { MessagePostProcessor, SendOptions } from './messaging/send-options.js';
export { type HeaderRecord, NativeHeaders } from './messaging/native-headers.js';
export { type SessionContext, type SessionHandshake, userNameOf } from './messaging/session-context.js';
export type { EndReason, SessionControl } from './messaging/session-control.js';
export type { SubscriptionTicket } from './messaging/subscription-ticket.js';
export type { Turn } from './messaging/turn.js';
export {
  type ApplicationOptions,
  type Constructor,
  DEFAULTS,
  type EndpointOptions,
  type HeartBeatOptions,
  type LimitOptions,
} from './options.js';
export type { ScheduleDescription } from './scheduling/schedule.js';
export {
  type CronOptions,
  type FixedDelayOptions,
  type FixedRateOptions,
  Scheduled,
  type ScheduledDecorator,
  type ScheduledOptions,
} from './scheduling/scheduled.js';
export { Schedules } from './scheduling/schedules.js';
export { MessageContext } from './scope/message-context.js';
export { MessageScope, type ProvideOptions, SessionScope } from './scope/scope.js';
export { MessageScoped, type ScopedDecorator, type ScopeName, SessionScoped } from './scope/scoped.js';
export { messageScoped, sessionScoped } from './scope/scoped-factories.js';
export { Scopes } from './scope/scopes.js';
export type { Authenticate, ConnectRequest } from './security/authentication.js';
export { ApplicationEvents, type EventClass, type ListenerOptions } from './events/application-events.js';
export { EventListener, type EventListenerDecorator, type EventOf } from './events/event-listener.js';
export { BrokerAvailabilityEvent, type BrokerFacts } from './events/broker-availability.js';
export {
  SessionConnectEvent,
  SessionConnectedEvent,
  SessionDisconnectEvent,
  SessionEvent,
  SessionSubscribeEvent,
  SessionUnsubscribeEvent,
  SubscriptionActiveEvent,
  SubscriptionEvent,
} from './events/session-events.js';
export type { FrameStats, SessionStats } from './session/session-statistics.js';
export type {
  AdviceDescription,
  ApplicationDescription,
  Bound,
  BrokerDescription,
  ControllerDescription,
  EndpointDescription,
  ExceptionHandlerDescription,
  MappingDescription,
  ServiceDescription,
  TcpListenerDescription,
} from './start-up/application-description.js';
export { type ApplicationStats, ApplicationStatistics } from './statistics.js';
export {
  CLOSE_CODES,
  type CloseCode,
  type Connection,
  type ConnectionListener,
  type FrameEncoding,
  type Handshake,
  type OutboundLimits,
} from './transport/connection.js';
export type { HandshakeStats } from './transport/handshake-counters.js';
export type { HandshakeInterceptor, HandshakeRefusal } from './transport/handshake-interceptor.js';
export {
  HTTP_SESSION_ID,
  HttpSessionHandshakeInterceptor,
  type HttpSessionHandshakeOptions,
  type SessionMiddleware,
} from './transport/http-session-handshake-interceptor.js';
export {
  MemoryConnection,
  type MemoryConnectionOptions,
  type MemoryPeer,
  type MemoryPeerListener,
} from './transport/memory.js';
export { Presence, type PresenceOptions } from './user/presence.js';
export type { PresenceType } from './user/presence-group.js';
export type { PresenceChange, PresentUsers } from './user/presence-messages.js';
export type { SimpSession, SimpSubscription, SimpUser } from './user/simp-user.js';
export { SimpUserRegistry } from './user/user-registry.js';

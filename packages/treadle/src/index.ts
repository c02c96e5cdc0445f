export { type Application, createApplication, type ListeningAddress } from './application.js';
export {
  DestinationVariable,
  Header,
  type HeaderOptions,
  Headers,
  Principal,
} from './annotation/arguments/parameter-decorators.js';
export { MessageExceptionHandler } from './annotation/failures/exception-decorators.js';
export type { ErrorNotice } from './annotation/failures/error-policy.js';
export { Controller, MessageMapping, SubscribeMapping } from './annotation/mapping/mapping-decorators.js';
export type { HeadersType, HeaderType, PayloadType, TextType } from './annotation/metadata.js';
export { Payload, type PayloadOptions } from './annotation/payload/payload-decorator.js';
export { SendTo, SendToUser, type SendToUserOptions } from './annotation/results/send-decorators.js';
export type { Broker, BrokerContext, BrokerFactory } from './broker/broker.js';
export { simpleBroker, type SimpleBrokerOptions } from './broker/simple/simple-broker.js';
export type { OnApplicationStart, OnApplicationStop } from './dependency-injection.js';
export type { Awaitable } from './foundation/awaitable.js';
export { type Clock, systemClock, type Timer } from './foundation/clock.js';
export { diagnostics, type HandlerFailedEvent, type SessionFailedEvent } from './foundation/diagnostics.js';
export {
  ArgumentError,
  AuthenticationError,
  ConfigurationError,
  type ErrorCode,
  ERRORS,
  MessageConversionError,
  MessageHandlingError,
  MessageRejectedError,
  PayloadValidationError,
  TreadleError,
  type ValidationIssue,
} from './foundation/errors.js';
export { consoleLogger, type LogDetails, type Logger, silentLogger } from './foundation/logger.js';
export type { ChannelInterceptor, InterceptedChannel } from './messaging/channel-interceptor.js';
export { Message, type MessageInit, type MessageType } from './messaging/message.js';
export { MessageChannel } from './messaging/message-channel.js';
export type { MessageHandler } from './messaging/message-handler.js';
export type { ConvertedPayload, MessageConverter } from './messaging/message-converter.js';
export { type MessagePostProcessor, SimpMessagingTemplate } from './messaging/messaging-template.js';
export { type HeaderRecord, NativeHeaders } from './messaging/native-headers.js';
export type { SessionContext, SessionHandshake } from './messaging/session-context.js';
export {
  type ApplicationOptions,
  type Constructor,
  DEFAULTS,
  type EndpointOptions,
  type HeartBeatOptions,
  type LimitOptions,
} from './options.js';
export type { Authenticate, ConnectRequest } from './security/authentication.js';
export {
  ApplicationEvents,
  SessionConnectedEvent,
  SessionDisconnectEvent,
  SessionEvent,
  SessionSubscribeEvent,
  SessionUnsubscribeEvent,
} from './session/session-events.js';
export {
  CLOSE_CODES,
  type CloseCode,
  type Connection,
  type ConnectionListener,
  type FrameEncoding,
  type Handshake,
  type OutboundLimits,
} from './transport/connection.js';
export {
  MemoryConnection,
  type MemoryConnectionOptions,
  type MemoryPeer,
  type MemoryPeerListener,
} from './transport/memory.js';
export type { SimpSession, SimpSubscription, SimpUser } from './user/simp-user.js';
export { SimpUserRegistry } from './user/user-registry.js';

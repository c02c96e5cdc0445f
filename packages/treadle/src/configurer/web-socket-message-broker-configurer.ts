import type { ArgumentResolver } from '../annotation/arguments/argument-resolver.js';
import type { ReturnValueHandler } from '../annotation/results/return-value-handler.js';
import type { MessageConverter } from '../messaging/message-converter.js';
import type { ChannelRegistration } from './channel-registration.js';
import type { MessageBrokerRegistry } from './message-broker-registry.js';
import type { StompEndpointRegistry } from './stomp-endpoint-registry.js';
import type { WebSocketTransportRegistration } from './web-socket-transport-registration.js';

/**
 * Configures an application in Spring's shape (Spring: `WebSocketMessageBrokerConfigurer`); what it says becomes `ApplicationOptions`. All methods
 * are optional and synchronous, and called once, while the application is created.
 */
export interface WebSocketMessageBrokerConfigurer {
  /** Where clients connect. */
  registerStompEndpoints?(registry: StompEndpointRegistry): void;
  /** How large and how slow a client may be. */
  configureWebSocketTransport?(registration: WebSocketTransportRegistration): void;
  /** The channel from the clients. */
  configureClientInboundChannel?(registration: ChannelRegistration): void;
  /** The channel to the clients. */
  configureClientOutboundChannel?(registration: ChannelRegistration): void;
  /** Adds resolvers of arguments to the list; they are asked after the built-in ones and before the payload. Fills `argumentResolvers`. */
  addArgumentResolvers?(argumentResolvers: ArgumentResolver[]): void;
  /** Adds handlers of results to the list; they are asked after those of annotations. Fills `returnValueHandlers`. */
  addReturnValueHandlers?(returnValueHandlers: ReturnValueHandler[]): void;
  /**
   * Adds converters to the list; they are asked before the built-in ones.
   * @returns `false` leaves the built-in ones out, for the whole application
   */
  configureMessageConverters?(messageConverters: MessageConverter[]): boolean;
  /** The broker and the prefixes. */
  configureMessageBroker?(registry: MessageBrokerRegistry): void;
}

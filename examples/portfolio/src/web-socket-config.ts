import {
  type ChannelRegistration,
  EnableWebSocketMessageBroker,
  type MessageBrokerRegistry,
  type StompEndpointRegistry,
  type WebSocketMessageBrokerConfigurer,
  type WebSocketTransportRegistration,
} from 'treadle';
import { DestinationGuard } from './destination-guard.js';

/** The messaging side of the application, configured as in Spring. The same could be said by options of `createApplication`. */
@EnableWebSocketMessageBroker()
export class WebSocketConfig implements WebSocketMessageBrokerConfigurer {
  registerStompEndpoints(registry: StompEndpointRegistry): void {
    registry.addEndpoint('/portfolio');
  }

  configureMessageBroker(registry: MessageBrokerRegistry): void {
    registry.setApplicationDestinationPrefixes('/app');
    registry.enableSimpleBroker('/topic', '/queue').setHeartbeatValue([10_000, 10_000]);
  }

  configureWebSocketTransport(registration: WebSocketTransportRegistration): void {
    registration.setMessageSizeLimit(4 * 1024); // the longest message of a client is an order
  }

  configureClientInboundChannel(registration: ChannelRegistration): void {
    registration.interceptors(new DestinationGuard());
  }
}

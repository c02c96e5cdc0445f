import {
  type ChannelInterceptor,
  type ChannelRegistration,
  createApplication,
  EnableWebSocketMessageBroker,
  type Message,
  type MessageBrokerRegistry,
  silentLogger,
  type StompEndpointRegistry,
  type WebSocketMessageBrokerConfigurer,
  type WebSocketTransportRegistration,
} from 'treadle';
import { QuoteController } from './quote-controller.js';

class AuditInterceptor implements ChannelInterceptor {
  readonly seen: (string | undefined)[] = [];

  preSend(message: Message): Message {
    this.seen.push(message.destination);
    return message;
  }
}

@EnableWebSocketMessageBroker()
export class WebSocketConfig implements WebSocketMessageBrokerConfigurer {
  registerStompEndpoints(registry: StompEndpointRegistry): void {
    registry.addEndpoint('/portfolio').setAllowedOrigins('https://app.example.org');
  }

  configureMessageBroker(registry: MessageBrokerRegistry): void {
    registry.setApplicationDestinationPrefixes('/app');
    registry
      .enableSimpleBroker('/topic', '/queue')
      .setHeartbeatValue([10_000, 20_000])
      .setOptions({ policies: [{ destinations: '/queue/**', kind: 'queue' }] });
  }

  configureWebSocketTransport(registration: WebSocketTransportRegistration): void {
    registration.setMessageSizeLimit(128 * 1024).setSendTimeLimit(15_000);
  }

  configureClientInboundChannel(registration: ChannelRegistration): void {
    registration.interceptors(new AuditInterceptor());
  }
}

export const application = createApplication({
  configurers: [WebSocketConfig],
  controllers: [QuoteController],
  logger: silentLogger, // leave it out to log to the console
});

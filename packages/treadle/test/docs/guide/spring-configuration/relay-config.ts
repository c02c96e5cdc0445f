import 'reflect-metadata';
import {
  EnableWebSocketMessageBroker,
  type MessageBrokerRegistry,
  type WebSocketMessageBrokerConfigurer,
} from 'treadle';

@EnableWebSocketMessageBroker()
export class RelayConfig implements WebSocketMessageBrokerConfigurer {
  configureMessageBroker(registry: MessageBrokerRegistry): void {
    registry
      .setApplicationDestinationPrefixes('/app')
      .enableStompBrokerRelay('/topic', '/queue')
      .setRelayHost('broker.example.org')
      .setRelayPort(61613)
      .setClientLogin('clients')
      .setClientPasscode('s3cret')
      .setSystemLogin('system')
      .setSystemPasscode('s3cret')
      .setTls(true)
      .setOptions({ onBrokerLoss: 'hold' });
  }
}

import {
  applicationOptionsOf,
  type ApplicationOptions,
  createApplication,
  EnableWebSocketMessageBroker,
  type MessageBrokerRegistry,
  type MessageConverter,
  type StompEndpointRegistry,
  type WebSocketMessageBrokerConfigurer,
} from 'treadle';
import { expectType } from './expect-type.types.js';

/** Spring's shape. */
@EnableWebSocketMessageBroker()
export class WebSocketConfig implements WebSocketMessageBrokerConfigurer {
  registerStompEndpoints(registry: StompEndpointRegistry): void {
    registry.addEndpoint('/portfolio', '/quotes').setAllowedOrigins('*').addInterceptors();
  }

  configureMessageBroker(registry: MessageBrokerRegistry): void {
    registry.setApplicationDestinationPrefixes('/app').enableSimpleBroker('/topic', '/queue').setHeartbeatValue([1, 2]);
  }

  configureMessageConverters(converters: MessageConverter[]): boolean {
    return converters.length === 0;
  }
}

expectType<ApplicationOptions>()(applicationOptionsOf({ configurers: [WebSocketConfig, new WebSocketConfig()] }));
createApplication({
  configurers: [{ configureMessageBroker: (registry) => void registry.setCacheLimit(64) }],
  controllers: [],
});

// @ts-expect-error -- it configures nothing
@EnableWebSocketMessageBroker()
export class Empty {
  configure(): void {}
}

/** What does not compile. */
export class Misuse implements WebSocketMessageBrokerConfigurer {
  registerStompEndpoints(registry: StompEndpointRegistry): void {
    // @ts-expect-error -- an endpoint has a path
    registry.addEndpoint();
    // @ts-expect-error -- interceptors are objects
    registry.addEndpoint('/ws').addInterceptors(class Guard {});
    expectType<() => never>()(() => registry.addEndpoint('/ws').withSockJS());
  }

  configureMessageBroker(registry: MessageBrokerRegistry): void {
    // @ts-expect-error -- two numbers
    registry.enableSimpleBroker().setHeartbeatValue([1]);
    // @ts-expect-error -- prefixes are listed one by one
    registry.setApplicationDestinationPrefixes(['/app']);
    // @ts-expect-error -- a slash or a dot
    registry.setDestinationSeparator('-');
    const relay = registry.enableStompBrokerRelay('/topic').setRelayHost('localhost').setRelayPort(61_613);
    expectType<() => never>()(() => relay.setTcpClient({}));
    // @ts-expect-error -- a dialect there is
    relay.setDialect('artemis');
    // @ts-expect-error -- prefixes are named by enableStompBrokerRelay
    relay.setOptions({ destinationPrefixes: ['/topic'] });
    relay.setOptions({ connections: 'shared' }).setUserRegistryBroadcast(false);
  }

  // @ts-expect-error -- whether the built-in converters stay must be said
  configureMessageConverters(): void {}
}

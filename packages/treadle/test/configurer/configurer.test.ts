import { connect } from '@treadle/testing';
import { container as globalContainer, injectable } from 'tsyringe';
import { MessageChannel } from '../../src/messaging/message-channel.js';
import type { ReturnValueHandler } from '../../src/annotation/results/return-value-handler.js';
import {
  applicationOptionsOf,
  type ApplicationOptions,
  type ArgumentResolver,
  type Broker,
  type BrokerContext,
  type ChannelInterceptor,
  type ChannelRegistration,
  type ConfigurableOptions,
  Controller,
  createApplication,
  DestinationVariable,
  EnableWebSocketMessageBroker,
  type HandshakeInterceptor,
  type Message,
  type MessageBrokerRegistry,
  type MessageConverter,
  MessageMapping,
  Payload,
  SendTo,
  silentLogger,
  simpleBroker,
  type StompEndpointRegistry,
  systemClock,
  type WebSocketMessageBrokerConfigurer,
  type WebSocketTransportRegistration,
} from '../../src/index.js';
import { findingsOfStart } from '../findings';

class Interceptor implements ChannelInterceptor {}
class Converter implements MessageConverter {
  fromMessage(): unknown {
    return undefined;
  }
  toOctets(): undefined {
    return undefined;
  }
}
const [inbound, outbound, toBroker] = [new Interceptor(), new Interceptor(), new Interceptor()];
const handshakes: HandshakeInterceptor[] = [{ beforeHandshake: () => true }, { beforeHandshake: () => true }];
const converter = new Converter();
const resolver: ArgumentResolver = { supportsParameter: () => false, bind: () => () => undefined };
const resultHandler: ReturnValueHandler = { supportsReturn: () => false, bind: () => () => undefined };

@EnableWebSocketMessageBroker()
class WebSocketConfig implements WebSocketMessageBrokerConfigurer {
  registerStompEndpoints(registry: StompEndpointRegistry): void {
    const [first, second] = handshakes as [HandshakeInterceptor, HandshakeInterceptor]; // there are two
    registry.addEndpoint('/portfolio', '/quotes').setAllowedOrigins('https://app.example.org').addInterceptors(first);
    registry
      .setPreserveReceiveOrder(true)
      .addEndpoint('/open')
      .setAllowedOrigins('*')
      .setAllowedOriginPatterns('https://*.example.org')
      .addInterceptors(first)
      .addInterceptors(second);
  }

  configureMessageBroker(registry: MessageBrokerRegistry): void {
    registry
      .setApplicationDestinationPrefixes('/app', '/api')
      .setUserDestinationPrefix('/person')
      .setDestinationSeparator('/')
      .setPreservePublishOrder(true)
      .setCacheLimit(64)
      .enableSimpleBroker('/topic', '/queue')
      .setHeartbeatValue([5_000, 7_000]);
    registry.configureBrokerChannel().interceptors(toBroker);
  }

  configureWebSocketTransport(registration: WebSocketTransportRegistration): void {
    registration
      .setMessageSizeLimit(128 * 1024)
      .setSendTimeLimit(15_000)
      .setSendBufferSizeLimit(256 * 1024)
      .setTimeToFirstMessage(30_000);
  }

  configureClientInboundChannel(registration: ChannelRegistration): void {
    registration.interceptors(inbound);
  }

  configureClientOutboundChannel(registration: ChannelRegistration): void {
    registration.interceptors(outbound);
  }

  addArgumentResolvers(resolvers: ArgumentResolver[]): void {
    resolvers.push(resolver);
  }

  addReturnValueHandlers(handlers: ReturnValueHandler[]): void {
    handlers.push(resultHandler);
  }

  configureMessageConverters(converters: MessageConverter[]): boolean {
    converters.push(converter);
    return true;
  }
}

const [first, second] = handshakes;
const asOptions = {
  endpoints: [
    { path: '/portfolio', allowedOrigins: ['https://app.example.org'], interceptors: [first] },
    { path: '/quotes', allowedOrigins: ['https://app.example.org'], interceptors: [first] },
    {
      path: '/open',
      allowedOrigins: '*',
      allowedOriginPatterns: ['https://*.example.org'],
      interceptors: [first, second],
    },
  ],
  applicationDestinationPrefixes: ['/app', '/api'],
  userDestinationPrefix: '/person',
  destinationSeparator: '/',
  heartBeat: { sends: 5_000, expects: 7_000 },
  messageConverters: [converter],
  argumentResolvers: [resolver],
  returnValueHandlers: [resultHandler],
  interceptors: { clientInbound: [inbound], clientOutbound: [outbound], broker: [toBroker] },
  limits: { frameBodyOctets: 128 * 1024, sendTimeMs: 15_000, sendBufferOctets: 256 * 1024, connectTimeMs: 30_000 },
};

/** What a configurer says, as options. */
function saidBy(configurer: WebSocketMessageBrokerConfigurer, options: ApplicationOptions = {}): ApplicationOptions {
  return applicationOptionsOf({ ...options, configurers: [configurer] });
}

function messageOf(action: () => unknown): string {
  return findingsOfStart(action).join('\n');
}

function brokerOf({ broker = simpleBroker() }: ApplicationOptions): Broker {
  const clientOutboundChannel = new MessageChannel('clientOutboundChannel', [], silentLogger);
  const context = { clientOutboundChannel, logger: silentLogger, clock: systemClock, limits: {} };
  return broker(context as unknown as BrokerContext); // all that is looked at before it starts
}

describe('what a configurer says', () => {
  it('fills the options object that could have been written instead', () => {
    const { broker, ...options } = applicationOptionsOf({ configurers: [WebSocketConfig] });

    expect(options).toEqual(asOptions);
    expect(brokerOf({ broker }).destinationPrefixes).toEqual(['/topic', '/queue']);
  });

  it('is the same from a class, an instance and an object of functions', () => {
    const from = (configurers: ConfigurableOptions['configurers']): ApplicationOptions => ({
      ...applicationOptionsOf({ configurers }),
      broker: undefined,
    });
    const config = new WebSocketConfig();
    const functions: WebSocketMessageBrokerConfigurer = {
      registerStompEndpoints: (registry) => config.registerStompEndpoints(registry),
      configureMessageBroker: (registry) => config.configureMessageBroker(registry),
      configureWebSocketTransport: (registration) => config.configureWebSocketTransport(registration),
      configureClientInboundChannel: (registration) => config.configureClientInboundChannel(registration),
      configureClientOutboundChannel: (registration) => config.configureClientOutboundChannel(registration),
      addArgumentResolvers: (resolvers) => config.addArgumentResolvers(resolvers),
      addReturnValueHandlers: (handlers) => config.addReturnValueHandlers(handlers),
      configureMessageConverters: (converters) => config.configureMessageConverters(converters),
    };

    const [ofClass, ofInstance, ofFunctions] = [from([WebSocketConfig]), from([config]), from([functions])];

    expect(ofInstance).toEqual(ofClass);
    expect(ofFunctions).toEqual(ofClass);
  });

  it('stands beside the options that are given', () => {
    const options = saidBy(
      {
        configureWebSocketTransport: (registration) => void registration.setSendTimeLimit(15_000),
        configureClientInboundChannel: (registration) => void registration.interceptors(inbound),
      },
      { endpoints: ['/ws'], limits: { sessions: 10 }, interceptors: { broker: [toBroker] }, heartBeat: undefined },
    );

    expect(options).toEqual({
      endpoints: ['/ws'],
      limits: { sessions: 10, sendTimeMs: 15_000 },
      interceptors: { broker: [toBroker], clientInbound: [inbound] },
    });
  });

  it('leaves everything else as it was', () => {
    const given = { endpoints: ['/ws'] };

    expect(applicationOptionsOf(given)).toEqual(given);
    expect(saidBy({ registerStompEndpoints() {} }, given)).toEqual(given);
  });

  it('Spring D1: without a word about a broker leaves it to the default', () => {
    const options = saidBy({ configureMessageBroker: (registry) => void registry.setUserDestinationPrefix('/u') });

    expect(options).toEqual({ userDestinationPrefix: '/u' });
  });

  it('Spring D1: a simple broker without prefixes has those of the default', () => {
    const options = saidBy({ configureMessageBroker: (registry) => void registry.enableSimpleBroker() });

    expect(brokerOf(options).destinationPrefixes).toEqual(['/topic', '/queue']);
  });

  it('says of the simple broker whatever else its options are', () => {
    const policies = [{ destinations: '/queue/**', kind: 'queue' }] as const;
    const { broker } = createApplication({
      configurers: [
        { configureMessageBroker: (registry) => void registry.enableSimpleBroker('/queue').setOptions({ policies }) },
      ],
    }).describe();

    expect(broker).toMatchObject({ destinationPrefixes: ['/queue'], policies: [{ kind: 'queue' }] });
  });

  it.each([
    [{ policies: 5 }, 'simpleBroker, policies: it is 5; give a list of policies'],
    [{ polices: [] }, "simpleBroker, polices: there is no option of this name; did you mean 'policies'?"],
    [
      { destinationPrefixes: ['/x'] },
      'setOptions() does not take destinationPrefixes; give it to enableSimpleBroker(…)',
    ],
    [{ cacheLimit: 5 }, 'setOptions() does not take cacheLimit; give it to setCacheLimit(…)'],
    [null, 'setOptions() takes an object'],
  ])('says of the simple broker what is looked at like its options: %j', (given, expected) => {
    const configurer: WebSocketMessageBrokerConfigurer = {
      configureMessageBroker: (registry) => void registry.enableSimpleBroker().setOptions(given as object), // as JavaScript gives it
    };

    expect(messageOf(() => createApplication({ configurers: [configurer] }))).toContain(expected);
  });

  it('Spring D11: a cache limit alone makes the simple broker', () => {
    const options = saidBy({ configureMessageBroker: (registry) => void registry.setCacheLimit(7) });

    expect(options.broker).toBeDefined();
  });

  it('Spring E1: the built-in converters are left out when one configurer says so', () => {
    const options = applicationOptionsOf({
      configurers: [
        { configureMessageConverters: (converters) => converters.push(converter) === 0 },
        { configureMessageConverters: () => true },
      ],
    });

    expect(options.messageConverters).toEqual({ own: [converter], defaults: false });
  });
});

describe('several configurers', () => {
  it('Spring A1, C6: contribute in their order', () => {
    const options = applicationOptionsOf({
      configurers: [
        {
          registerStompEndpoints: (registry) => void registry.addEndpoint('/one'),
          configureClientInboundChannel: (registration) => void registration.interceptors(inbound),
        },
        {
          registerStompEndpoints: (registry) => void registry.addEndpoint('/two'),
          configureClientInboundChannel: (registration) => void registration.interceptors(outbound, toBroker),
        },
      ],
    });

    expect(options).toEqual({
      endpoints: [{ path: '/one' }, { path: '/two' }],
      interceptors: { clientInbound: [inbound, outbound, toBroker] },
    });
  });

  it('may say the same', () => {
    const say: WebSocketMessageBrokerConfigurer = {
      configureMessageBroker: (registry) => void registry.enableSimpleBroker('/topic').setHeartbeatValue([1, 2]),
    };

    const options = applicationOptionsOf({ configurers: [say, say] });

    expect(options.heartBeat).toEqual({ sends: 1, expects: 2 });
  });

  it('do not start the application when they contradict each other, or the options', () => {
    @EnableWebSocketMessageBroker()
    class Other implements WebSocketMessageBrokerConfigurer {
      configureMessageBroker(registry: MessageBrokerRegistry): void {
        registry.setApplicationDestinationPrefixes('/other').enableSimpleBroker('/topic', '/queue');
      }
      configureWebSocketTransport(registration: WebSocketTransportRegistration): void {
        registration.setSendTimeLimit(1);
      }
    }

    const message = messageOf(() =>
      createApplication({
        configurers: [WebSocketConfig, Other],
        userDestinationPrefix: '/user',
        limits: { frameBodyOctets: 1_000 },
        interceptors: { clientInbound: [], broker: [] },
      }),
    );

    expect(message.split('\n')).toEqual([
      'setSendTimeLimit in Other.configureWebSocketTransport: setSendTimeLimit in WebSocketConfig.configureWebSocketTransport says otherwise; leave it to one of them',
      'setApplicationDestinationPrefixes in Other.configureMessageBroker: setApplicationDestinationPrefixes in WebSocketConfig.configureMessageBroker says otherwise; leave it to one of them',
      'userDestinationPrefix: the option is given, and a configurer sets it too; leave it to one of them',
      'limits.frameBodyOctets: the option is given, and a configurer sets it too; leave it to one of them',
      'interceptors.clientInbound: the option is given, and a configurer sets it too; leave it to one of them',
      'interceptors.broker: the option is given, and a configurer sets it too; leave it to one of them',
    ]);
  });
});

describe('a configurer that cannot be followed', () => {
  it.each<[string, WebSocketMessageBrokerConfigurer, string]>([
    [
      'SockJS',
      { registerStompEndpoints: (registry) => registry.addEndpoint('/ws').withSockJS() },
      "configurers[0].registerStompEndpoints: withSockJS() is not supported yet: clients connect by WebSocket alone; drop the call; with @stomp/stompjs set brokerURL ('wss://host/path') in place of a webSocketFactory that makes a SockJS",
    ],
    [
      'a TCP client of the relay',
      { configureMessageBroker: (registry) => registry.enableStompBrokerRelay('/topic').setTcpClient({}) },
      'configurers[0].configureMessageBroker: setTcpClient() is not supported: the relay has a client of its own; use setTls({ ca }) for TLS, setHosts([…]) for several brokers',
    ],
    [
      'a pool of threads (Spring C1)',
      { configureClientInboundChannel: (registration) => registration.taskExecutor() },
      'configurers[0].configureClientInboundChannel: taskExecutor() has no counterpart: one event loop',
    ],
    [
      'a pool of threads (Spring C2)',
      { configureClientOutboundChannel: (registration) => registration.taskExecutor() },
      'configurers[0].configureClientOutboundChannel: taskExecutor() has no counterpart',
    ],
    [
      'a pool of threads (Spring C3)',
      { configureMessageBroker: (registry) => registry.configureBrokerChannel().taskExecutor() },
      'configurers[0].configureMessageBroker: taskExecutor() has no counterpart',
    ],
    [
      'nothing',
      {},
      'configurers[0]: it configures nothing; give it registerStompEndpoints, configureWebSocketTransport, configureClientInboundChannel, configureClientOutboundChannel, addArgumentResolvers, addReturnValueHandlers, configureMessageConverters, configureMessageBroker',
    ],
    [
      'anything asynchronous',
      // eslint-disable-next-line typescript/no-misused-promises -- the mistake
      { configureMessageBroker: async () => Promise.reject(new Error('never read')) },
      'configurers[0].configureMessageBroker: it is asynchronous; read what it waits for before createApplication is called',
    ],
    [
      'an error of its own',
      {
        configureMessageBroker() {
          throw new TypeError('x is undefined');
        },
      },
      'configurers[0].configureMessageBroker: x is undefined',
    ],
  ])('does not start with %s', (_, configurer, sentence) => {
    const message = messageOf(() => createApplication({ configurers: [configurer] }));

    expect(message).toContain(sentence);
  });

  it('does not start as a class without decorator, or as none at all', () => {
    class Plain implements WebSocketMessageBrokerConfigurer {
      configureMessageBroker(): void {}
    }
    const circular = undefined as unknown as typeof Plain; // as a circular import leaves it

    const message = messageOf(() => createApplication({ configurers: [Plain, circular] }));

    expect(message.split('\n')).toEqual([
      'configurers[0]: Plain has no @EnableWebSocketMessageBroker(); decorate the class with it',
      'configurers[1]: it is undefined; break the circular import',
    ]);
  });

  it('is told with the error it threw as cause', () => {
    const thrown = new TypeError('x is undefined');
    const configurer: WebSocketMessageBrokerConfigurer = {
      registerStompEndpoints() {
        throw thrown;
      },
    };

    expect(() => applicationOptionsOf({ configurers: [configurer] })).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', cause: thrown }) as Error,
    );
  });

  it('is told together with all others', () => {
    const message = messageOf(() =>
      createApplication({
        configurers: [
          {
            registerStompEndpoints: (registry) => registry.addEndpoint('/ws').withSockJS(),
            configureMessageBroker: (registry) => registry.enableStompBrokerRelay('/topic').setTcpClient({}),
          },
        ],
      }),
    );

    expect(message).toMatch(/^.*withSockJS.*\n.*setTcpClient.*$/);
  });
});

describe('a configurer that is a class', () => {
  @injectable()
  class Origins {
    readonly allowed = ['https://app.example.org'];
  }

  @EnableWebSocketMessageBroker()
  class InjectedConfig implements WebSocketMessageBrokerConfigurer {
    readonly #origins: Origins;

    constructor(origins: Origins) {
      this.#origins = origins;
    }

    registerStompEndpoints(registry: StompEndpointRegistry): void {
      registry.addEndpoint('/ws').setAllowedOrigins(...this.#origins.allowed);
    }
  }

  it('gets its services injected, from the container of the application', () => {
    const container = globalContainer.createChildContainer();
    container.registerInstance(Origins, { allowed: ['https://other.example.org'] });

    const injected = applicationOptionsOf({ configurers: [InjectedConfig] });
    const registered = applicationOptionsOf({ configurers: [InjectedConfig], container });

    expect(injected.endpoints).toEqual([{ path: '/ws', allowedOrigins: ['https://app.example.org'] }]);
    expect(registered.endpoints).toEqual([{ path: '/ws', allowedOrigins: ['https://other.example.org'] }]);
  });

  it('is the instance that services get injected', async () => {
    const seen: InjectedConfig[] = [];
    @injectable()
    class Service {
      constructor(config: InjectedConfig) {
        seen.push(config);
      }
    }
    await using application = createApplication({ configurers: [InjectedConfig], services: [Service] });

    await application.start();

    expect(seen).toEqual([application.container.resolve(InjectedConfig)]);
    expect(seen[0]).toBe(application.container.resolve(InjectedConfig));
  });
});

describe('an application in Spring’s shape', () => {
  class Greeting {
    readonly name: string;
    constructor(name: string) {
      this.name = name;
    }
  }

  @Controller()
  class GreetingController {
    @MessageMapping('/greet/{room}')
    @SendTo('/topic/{room}')
    greet(@Payload(Object) { name }: Greeting, @DestinationVariable('room') room: string): string {
      return `Hello ${name} in ${room}`;
    }
  }

  it('runs: prefixes, broker, interceptors and limits hold', async () => {
    const seen: (string | undefined)[] = [];
    const interceptor: ChannelInterceptor = {
      preSend(message: Message): Message {
        seen.push(message.destination);
        return message;
      },
    };
    @EnableWebSocketMessageBroker()
    class Config implements WebSocketMessageBrokerConfigurer {
      configureMessageBroker(registry: MessageBrokerRegistry): void {
        registry.setApplicationDestinationPrefixes('/api').enableSimpleBroker('/topic');
      }
      configureClientInboundChannel(registration: ChannelRegistration): void {
        registration.interceptors(interceptor);
      }
      configureWebSocketTransport(registration: WebSocketTransportRegistration): void {
        registration.setMessageSizeLimit(200);
      }
    }
    await using application = createApplication({
      configurers: [Config],
      controllers: [GreetingController],
      logger: silentLogger,
    });
    const alice = await connect(application);
    const inbox = await alice.subscribe('/topic/tea');

    await alice.send('/api/greet/tea', { name: 'Alice' });

    expect(await inbox.next()).toBe('Hello Alice in tea');
    expect(seen).toEqual([undefined, '/topic/tea', '/api/greet/tea']);
    expect(application.limits.frameBodyOctets).toBe(200);
    await expect(alice.send('/api/greet/tea', { name: 'x'.repeat(300) })).rejects.toMatchObject({
      code: 'STOMP_BODY_TOO_LARGE',
    });
  });
});

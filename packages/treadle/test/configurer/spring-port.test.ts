import 'reflect-metadata';
import { type RealBroker, rabbitmqPackage, startBroker } from '../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../scripts/testing/require-server.js';
import {
  type Application,
  Controller,
  createApplication,
  DestinationVariable,
  EnableWebSocketMessageBroker,
  MessageExceptionHandler,
  MessageMapping,
  type MessageBrokerRegistry,
  Principal,
  SendToUser,
  silentLogger,
  SimpMessagingTemplate,
  type StompEndpointRegistry,
  SubscribeMapping,
  type WebSocketMessageBrokerConfigurer,
} from '../../src/index.js';
import type { StockSession } from '../clients/kit/stock-client.js';
import { StompJsClient } from '../clients/kit/stompjs-client.js';

class UnknownStock extends Error {}

/** As controllers of Spring are written. */
@Controller()
class GreetingController {
  constructor(private readonly template: SimpMessagingTemplate) {}

  /** Spring: without `@SendTo` the result goes to `/topic` and the destination. */
  @MessageMapping('/greeting')
  greet(greeting: string): string {
    return `[now: ${greeting}`;
  }

  @SubscribeMapping('/stocks')
  stocks(): readonly string[] {
    return ['CTXS', 'DELL'];
  }

  @MessageMapping('/trade/{stock}')
  @SendToUser('/queue/position-updates')
  async trade(@DestinationVariable('stock') stock: string, @Principal() { name }: Principal): Promise<string> {
    if (stock !== 'DELL') throw new UnknownStock(stock);
    await this.template.convertAndSend('/queue/orders', `${name} wants ${stock}`);
    return `bought ${stock}`;
  }

  @MessageExceptionHandler(UnknownStock)
  @SendToUser({ destinations: ['/queue/errors'], broadcast: false })
  refuse({ message }: UnknownStock): string {
    return `there is no ${message}`;
  }
}

/** The configuration of Spring's reference, but for the line with the broker. */
abstract class WebSocketConfig implements WebSocketMessageBrokerConfigurer {
  registerStompEndpoints(registry: StompEndpointRegistry): void {
    registry.addEndpoint('/portfolio');
  }

  configureMessageBroker(registry: MessageBrokerRegistry): void {
    this.enableBroker(registry);
    registry.setApplicationDestinationPrefixes('/app');
  }

  protected abstract enableBroker(registry: MessageBrokerRegistry): void;
}

@EnableWebSocketMessageBroker()
class SimpleBrokerConfig extends WebSocketConfig {
  protected enableBroker(registry: MessageBrokerRegistry): void {
    registry.enableSimpleBroker('/topic', '/queue');
  }
}

/** Spring would have the port in its properties. */
let relayPort = 61_613;

@EnableWebSocketMessageBroker()
class StompBrokerRelayConfig extends WebSocketConfig {
  protected enableBroker(registry: MessageBrokerRegistry): void {
    registry
      .enableStompBrokerRelay('/topic', '/queue')
      .setRelayHost('127.0.0.1')
      .setRelayPort(relayPort)
      .setClientLogin('guest')
      .setClientPasscode('guest')
      .setSystemLogin('guest')
      .setSystemPasscode('guest');
  }
}

/** What the clients of such an application do, whichever broker it has. */
function describePortfolio(configurer: new () => WebSocketMessageBrokerConfigurer): void {
  let application: Application;
  let library: StompJsClient;
  let alice: StockSession;
  let bob: StockSession;

  beforeAll(async () => {
    application = createApplication({
      configurers: [configurer],
      controllers: [GreetingController],
      authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
      logger: silentLogger,
    });
    const { port } = await application.listen(0, '127.0.0.1');
    library = new StompJsClient(`ws://127.0.0.1:${port}/portfolio`);
    alice = await library.connect({ version: '1.2', login: 'alice' });
    bob = await library.connect({ version: '1.2', login: 'bob' });
  });

  afterAll(async () => {
    await library?.[Symbol.asyncDispose]();
    await application?.stop();
  });

  const next = async (session: StockSession): Promise<readonly [string | undefined, string]> => {
    const { headers, body } = await session.next();
    return [headers['destination'], body.toString()];
  };

  test('a result goes to the topic of its mapping, to everybody who listens', async () => {
    for (const session of [alice, bob]) await session.subscribe('greetings', '/topic/greeting');

    await alice.send('/app/greeting', 'hello');

    expect(await next(alice)).toEqual(['/topic/greeting', '[now: hello']);
    expect(await next(bob)).toEqual(['/topic/greeting', '[now: hello']);
  });

  test('a message straight to a topic passes the controllers by', async () => {
    await alice.subscribe('news', '/topic/news');

    await bob.send('/topic/news', 'from bob');

    expect(await next(alice)).toEqual(['/topic/news', 'from bob']);
  });

  test('a subscription to the application is answered to its client alone', async () => {
    await alice.subscribe('stocks', '/app/stocks');

    expect(await next(alice)).toEqual(['/app/stocks', '["CTXS","DELL"]']);
  });

  test('a user hears of the own trade, and of what went wrong with it; the queue of the broker gets the order', async () => {
    await alice.subscribe('updates', '/user/queue/position-updates');
    await alice.subscribe('errors', '/user/queue/errors');
    await bob.subscribe('orders', '/queue/orders');

    await alice.send('/app/trade/DELL', '');
    expect(await next(alice)).toEqual(['/user/queue/position-updates', 'bought DELL']);
    expect(await next(bob)).toEqual(['/queue/orders', 'alice wants DELL']);

    await alice.send('/app/trade/ACME', '');
    expect(await next(alice)).toEqual(['/user/queue/errors', 'there is no ACME']);
  });

  test('services reach users by their names', async () => {
    const template = application.container.resolve(SimpMessagingTemplate);
    await bob.subscribe('position', '/user/queue/position-updates');

    await template.convertAndSendToUser('bob', '/queue/position-updates', 'sold');

    expect(await next(bob)).toEqual(['/user/queue/position-updates', 'sold']);
  });
}

describe('the configuration of Spring’s reference, with its simple broker', () =>
  describePortfolio(SimpleBrokerConfig));

describeWith(rabbitmqPackage, 'the same with a RabbitMQ in its place', () => {
  let broker: RealBroker;
  beforeAll(async () => {
    broker = await startBroker('rabbitmq');
    relayPort = broker.port;
  }, 60_000);
  afterAll(() => broker[Symbol.asyncDispose](), 30_000);

  describe('and the same controllers and clients', () => describePortfolio(StompBrokerRelayConfig));
});

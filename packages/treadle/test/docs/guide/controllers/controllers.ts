import 'reflect-metadata';
import { IsIn, IsInt, IsPositive, IsString, Length } from 'class-validator';
import {
  ApplicationEvents,
  applyDecorators,
  Controller,
  createApplication,
  DestinationVariable,
  Header,
  Headers,
  Message,
  MessageExceptionHandler,
  MessageMapping,
  NativeHeaders,
  type OnApplicationStart,
  type OnApplicationStop,
  Payload,
  PayloadValidationError,
  Principal,
  SendTo,
  SendToUser,
  SessionDisconnectEvent,
  SimpMessagingTemplate,
  SubscribeMapping,
} from 'treadle';
import { injectable } from 'tsyringe';

class Trade {
  @IsIn(['buy', 'sell'])
  action!: 'buy' | 'sell';

  @IsString()
  @Length(1, 8)
  ticker!: string;

  @IsInt()
  @IsPositive()
  shares!: number;
}

class LimitExceeded extends Error {}

@injectable()
class Portfolio {
  #trades = 0;

  add({ shares }: Trade): Promise<number> {
    if (shares > 1_000) return Promise.reject(new LimitExceeded(`${shares} shares are more than 1000`));
    this.#trades += 1;
    return Promise.resolve(this.#trades);
  }
}

@Controller()
@MessageMapping('/trades')
class TradeController {
  constructor(private readonly portfolio: Portfolio) {}

  // SEND to /app/trades/execute
  @MessageMapping('/execute')
  @SendTo('/topic/trades')
  async execute(@Payload() trade: Trade) {
    const number = await this.portfolio.add(trade);
    return { number, ...trade };
  }

  @MessageExceptionHandler(LimitExceeded, PayloadValidationError)
  @SendToUser({ destinations: ['/queue/refusals'], broadcast: false })
  refuse(error: Error) {
    return { reason: error.message };
  }
}

@Controller()
@MessageMapping('/rooms/{room}')
class RoomController {
  // SEND to /app/rooms/tea/messages
  @MessageMapping('/messages')
  @SendTo('/topic/rooms/{room}')
  say(@Payload(String) text: string, @Principal() user: Principal | undefined) {
    return { text, from: user?.name ?? 'somebody' };
  }

  // SEND to /app/rooms/tea/seats.7
  @MessageMapping('/seats.{seat}')
  @SendToUser('/queue/seats')
  take(@DestinationVariable('room') room: string, @DestinationVariable('seat') seat: number) {
    return { room, seat };
  }
}

@Controller()
@MessageMapping('${orders.path:/orders}')
class OrderController {
  @MessageMapping('/{id}')
  @SendTo('${orders.topic}/{id}')
  order(@DestinationVariable('id') id: string, @Header('${headers.trace:trace}', { required: false }) trace?: string) {
    return { id, trace };
  }
}

export const shop = createApplication({
  controllers: [OrderController],
  properties: { 'orders.topic': '/topic/orders' },
});

@Controller()
@MessageMapping('red')
class ColourController {
  // SEND to /app/red.blue.tea, answered at /topic/red.blue.tea
  @MessageMapping('blue.{green}')
  mix(@DestinationVariable('green') green: string) {
    return { green };
  }
}

export const dotted = createApplication({ controllers: [ColourController], destinationSeparator: '.' });

const Announced = (pattern: string) => applyDecorators(MessageMapping(pattern), SendTo('/topic/news'));

@Controller()
class NewsController {
  @Announced('/news')
  publish(@Payload(String) headline: string) {
    return { headline };
  }
}

@Controller()
class EchoController {
  @MessageMapping('/echo')
  @SendToUser('/queue/echo')
  echo(
    @Payload(Object, { required: false }) anything: unknown,
    @Header('priority', { defaultValue: 5 }) priority: number,
    @Header('correlation-id', String, { required: false }) correlationId: string | undefined,
    @Headers() headers: NativeHeaders,
    message: Message,
  ) {
    return { anything, priority, correlationId, tags: headers.getAll('tag'), octets: message.payload.length };
  }
}

@Controller()
class ClockController {
  // SUBSCRIBE to /app/now
  @SubscribeMapping('/now')
  now() {
    return { now: new Date().toISOString() };
  }
}

@injectable()
class Ticker implements OnApplicationStart, OnApplicationStop {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly template: SimpMessagingTemplate,
    private readonly events: ApplicationEvents,
  ) {}

  onApplicationStart(): void {
    this.#timer = setInterval(() => void this.tick(), 1_000);
    this.events.on(SessionDisconnectEvent, ({ session }) => this.farewell(session.user?.name));
  }

  onApplicationStop(): void {
    clearInterval(this.#timer);
  }

  async tick(): Promise<void> {
    await this.template.convertAndSend('/topic/ticks', { at: Date.now() }, { ttl: 1 });
  }

  async farewell(name = 'somebody'): Promise<void> {
    await this.template.convertAndSendToUser('admin', '/queue/left', { name });
  }
}

export const application = createApplication({
  controllers: [TradeController, RoomController, NewsController, EchoController, ClockController],
  services: [Portfolio, Ticker],
});

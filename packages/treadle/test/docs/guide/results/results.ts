import 'reflect-metadata';
import { instanceToPlain, Expose } from 'class-transformer';
import {
  Controller,
  createApplication,
  createHandlerDecorator,
  DestinationVariable,
  MessageMapping,
  Payload,
  reply,
  type ReturnValueHandler,
  SendTo,
  SendToUser,
  type SendResult,
  SubscribeMapping,
} from 'treadle';

@Controller()
@MessageMapping('/trades')
class TradeController {
  @MessageMapping('/{symbol}')
  @SendTo('/topic/trades/{symbol}', '/topic/trades')
  trade(@Payload(Number) amount: number, @DestinationVariable('symbol') symbol: string) {
    return { symbol, amount };
  }

  @MessageMapping('/position')
  @SendToUser({ destinations: ['/queue/position'], broadcast: false })
  async position() {
    return { shares: 7 };
  }

  @SubscribeMapping('/open')
  open() {
    return ['ACME', 'INIT'];
  }
}

@Controller()
class OrderController {
  @MessageMapping('/orders')
  order(@Payload(String) item: string) {
    if (item === 'tea') return reply({ refused: item }).toSender('/queue/refusals');
    return reply({ item }).to('/topic/orders').headers({ priority: 9 });
  }

  @MessageMapping('/orders/both')
  both(@Payload(String) item: string) {
    return [reply({ item }).to('/topic/orders'), reply('thank you').toSender('/queue/thanks')];
  }
}

class Account {
  @Expose()
  readonly owner: string = 'alice';
  @Expose({ groups: ['staff'] })
  readonly balance: number = 100;
}

@Controller()
class AccountController {
  @SubscribeMapping('/account')
  account() {
    return instanceToPlain(new Account(), { strategy: 'excludeAll', groups: ['customer'] });
  }
}

const Stored = createHandlerDecorator<string>();

export const store = new Map<string, unknown[]>();

const storing: ReturnValueHandler = {
  supportsReturn: ({ handler }) => Stored.of(handler) !== undefined,
  bind({ handler }): SendResult {
    const shelf = Stored.of(handler) ?? '';
    return (value) => void store.set(shelf, [...(store.get(shelf) ?? []), value]);
  },
};

@Controller()
class NoteController {
  @MessageMapping('/notes')
  @Stored('notes')
  note(@Payload(String) text: string) {
    return text;
  }
}

export const application = createApplication({
  controllers: [TradeController, OrderController, AccountController, NoteController],
  replyHeaders: ['correlation-id', 'trace-id'],
  returnValueHandlers: [storing],
});

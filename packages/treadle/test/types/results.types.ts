import { of } from 'rxjs';
import {
  Controller,
  createHandlerDecorator,
  type HandlerCall,
  type HandlerInfo,
  type HandlerInterceptor,
  type HandlerParameter,
  type HandlerReturn,
  MessageMapping,
  reply,
  type Reply,
  SendTo,
} from 'treadle';
import { expectType } from './expect-type.types.js';

interface Order {
  readonly tea: string;
}
const order: Order = { tea: 'oolong' };

// A reply keeps the type of its payload, whatever is said of where it goes.
expectType<Reply<Order>>()(reply(order));
expectType<Reply<Order>>()(reply(order).to('/topic/a', '/topic/b').toUser('/queue/a').toSender('/queue/b'));
expectType<Reply<Order>>()(reply(order).toUser('/queue/a', { broadcast: false }).headers({ priority: '9' }));
expectType<Reply<number>>()(reply(order).withPayload(7));

// @ts-expect-error -- a reply has a payload
reply();
// @ts-expect-error -- destinations are text
reply(order).to(7);
// @ts-expect-error -- there is no such option
reply(order).toUser('/queue/a', { broadcasts: false });
// @ts-expect-error -- a header is text, a number or a boolean
reply(order).headers({ priority: { high: true } });
// @ts-expect-error -- a reply is not changed
reply(order).payload = order;
// @ts-expect-error -- it is made by a function
reply(order).destination = '/topic/a';

const Roles = createHandlerDecorator<readonly string[]>();

/** Reads what `Roles` wrote. */
export class Guard implements HandlerInterceptor {
  beforeHandle({ handler }: Parameters<NonNullable<HandlerInterceptor['beforeHandle']>>[0]): boolean {
    const roles = Roles.of(handler);
    expectType<readonly string[] | undefined>()(roles);
    return roles === undefined;
  }
}

/** Every form of a result. */
@Controller()
@Roles(['user'])
export class Results {
  @MessageMapping('/value')
  @Roles(['admin'])
  value(): Order {
    return order;
  }

  @MessageMapping('/promise')
  async promise(): Promise<Reply<Order>> {
    return Promise.resolve(reply(order));
  }

  @MessageMapping('/stream')
  @SendTo('/topic/orders')
  async *stream(): AsyncGenerator<Order> {
    yield await Promise.resolve(order);
  }

  @MessageMapping('/observable')
  observable() {
    return of(order);
  }

  @MessageMapping('/nothing')
  // @ts-expect-error -- a list of roles
  @Roles('admin')
  nothing(): void {}
}

/** `handler` is the same wherever it is given; who runs a call ends it, not who looks at it. */
export function handlers(call: HandlerCall, parameter: HandlerParameter, result: HandlerReturn): void {
  expectType<HandlerInfo>()(call.handler);
  expectType<HandlerInfo>()(call.match.handler);
  expectType<HandlerInfo>()(parameter.handler);
  expectType<HandlerInfo>()(result.handler);
  // @ts-expect-error -- what follows the signal does not abort it
  void call.abort;
  // @ts-expect-error -- nor does it say that its time is over
  void call.expire;
  // @ts-expect-error -- what a compiler knows is its own
  void parameter.declaration;
}

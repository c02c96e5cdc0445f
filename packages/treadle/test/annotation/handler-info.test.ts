import { connect } from '@treadle/testing';
import {
  type ArgumentResolver,
  Controller,
  createApplication,
  type HandlerCall,
  HandlerInfo,
  MessageExceptionHandler,
  MessageMapping,
  type ReturnValueHandler,
  silentLogger,
  SubscribeMapping,
} from '../../src/index';

class Tenant {}

/** Keeps every method it was asked about, and every call it was made for. */
class Recording implements ArgumentResolver, ReturnValueHandler {
  readonly parameters: HandlerInfo[] = [];
  readonly results: HandlerInfo[] = [];
  readonly calls: HandlerCall[] = [];

  supportsParameter({ handler, type }: Parameters<ArgumentResolver['supportsParameter']>[0]): boolean {
    if (type === Tenant) this.parameters.push(handler);
    return type === Tenant;
  }

  supportsReturn({ handler }: Parameters<ReturnValueHandler['supportsReturn']>[0]): boolean {
    this.results.push(handler);
    return false;
  }

  bind(): () => void {
    return () => undefined;
  }

  beforeHandle(call: HandlerCall): void {
    this.calls.push(call);
  }
}

@Controller()
class Both {
  @MessageMapping('/both')
  @SubscribeMapping('/both')
  both(_tenant: Tenant): string {
    return 'both';
  }

  @MessageMapping('/other')
  other(): string {
    return 'other';
  }

  @MessageExceptionHandler(TypeError)
  wrong(_error: TypeError, _tenant: Tenant): void {}
}

describe('HandlerInfo', () => {
  test('is one object per method: to resolvers and return value handlers at start, and in calls of either mapping', async () => {
    const own = new Recording();
    await using application = createApplication({
      controllers: [Both],
      argumentResolvers: [own],
      returnValueHandlers: [own],
      handlerInterceptors: [own],
      logger: silentLogger,
    });
    const alice = await connect(application);

    await alice.subscribe('/app/both');
    await alice.send('/app/both', '');
    await alice.send('/app/other', '');

    const [subscribed, sent, other] = own.calls.map(({ handler }) => handler);
    expect(subscribed).toBeInstanceOf(HandlerInfo);
    expect(sent).toBe(subscribed);
    expect(other).not.toBe(sent);
    const ofBoth = [...own.parameters, ...own.results].filter(({ name }) => name === 'Both.both');
    expect(new Set(ofBoth)).toEqual(new Set([sent]));
  });

  test('names the class that was listed and the method, for exception handlers too', () => {
    const own = new Recording();

    createApplication({ controllers: [Both], argumentResolvers: [own], logger: silentLogger });

    const names = new Set(
      own.parameters.map(({ controller, method, name }) => `${controller.name} ${String(method)} ${name}`),
    );
    expect(names).toEqual(new Set(['Both both Both.both', 'Both wrong Both.wrong']));
  });
});

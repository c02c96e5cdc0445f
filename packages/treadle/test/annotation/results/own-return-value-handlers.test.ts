import { connect } from '@treadle/testing';
import {
  Controller,
  createApplication,
  createHandlerDecorator,
  type HandlerReturn,
  MessageMapping,
  reply,
  type ReturnValueHandler,
  SendTo,
  type SendResult,
  silentLogger,
  SubscribeMapping,
} from '../../../src/index';
import { Fixture } from '../fixture';

class Table {
  constructor(readonly rows: readonly string[]) {}
}

/** Keeps what it is given. */
class Keeping implements ReturnValueHandler {
  readonly kept: { value: unknown; headers: readonly string[]; destination: string | undefined }[] = [];
  readonly asked: HandlerReturn[] = [];
  readonly #takes: (result: HandlerReturn) => boolean;

  constructor(takes: (result: HandlerReturn) => boolean) {
    this.#takes = takes;
  }

  supportsReturn(result: HandlerReturn): boolean {
    this.asked.push(result);
    return this.#takes(result);
  }

  bind(): SendResult {
    return (value, { message }, headers) => {
      this.kept.push({ value, headers: headers.list, destination: message.destination });
    };
  }
}

@Controller()
class Mixed {
  @MessageMapping('/table') table(): Table {
    return new Table(['a']);
  }
  @MessageMapping('/late') async late(): Promise<Table> {
    return new Table(['b']);
  }
  @MessageMapping('/stream') *stream() {
    yield new Table(['c']);
    yield reply(new Table(['d'])).headers({ color: 'red' });
  }
  @MessageMapping('/elsewhere') elsewhere() {
    return reply(new Table(['e'])).to('/topic/e');
  }
  @MessageMapping('/nothing') nothing(): void {}
  @MessageMapping('/annotated') @SendTo('/topic/a') annotated() {
    return 'x';
  }
  @SubscribeMapping('/subscribed') subscribed() {
    return 'x';
  }
}

describe('Spring H15: own return value handlers', () => {
  test('get what methods without send annotations return: values, items and replies without a destination', async () => {
    const own = new Keeping(() => true);
    const fixture = new Fixture([Mixed], { own: [own] });

    for (const name of ['table', 'late', 'stream', 'nothing']) await fixture.send(`/app/${name}`);

    expect(own.kept).toEqual([
      { value: new Table(['a']), headers: [], destination: '/app/table' },
      { value: new Table(['b']), headers: [], destination: '/app/late' },
      { value: new Table(['c']), headers: [], destination: '/app/stream' },
      { value: new Table(['d']), headers: ['color', 'red'], destination: '/app/stream' },
    ]);
    expect(fixture.broker.sent).toEqual([]);
  });

  test('are asked after those of annotations and subscriptions, and before the one that takes everything', async () => {
    const own = new Keeping(({ handler }) => handler.method === 'table');
    const fixture = new Fixture([Mixed], { own: [own] });

    for (const name of ['annotated', 'table', 'late']) await fixture.send(`/app/${name}`);
    await fixture.subscribe('/app/subscribed');

    expect(own.asked.map(({ handler }) => handler.name)).not.toContain('Mixed.annotated');
    expect(own.asked.map(({ handler }) => handler.name)).not.toContain('Mixed.subscribed');
    expect(own.kept.map(({ destination }) => destination)).toEqual(['/app/table']);
    expect(fixture.broker.messages.map(({ destination }) => destination)).toEqual(['/topic/a', '/topic/late']);
    expect(fixture.clients.messages).toHaveLength(1);
  });

  test('are told the emitted type of the result', () => {
    const own = new Keeping(() => false);

    void new Fixture([Mixed], { own: [own] });

    const types = Object.fromEntries(own.asked.map(({ handler, type }) => [handler.method, type]));
    expect(types).toMatchObject({ table: Table, late: Promise });
  });

  test('the first one that supports a method gets its result', async () => {
    const [first, second] = [new Keeping(() => true), new Keeping(() => true)];
    const fixture = new Fixture([Mixed], { own: [first, second] });

    await fixture.send('/app/table');

    expect([first.kept.length, second.kept.length]).toEqual([1, 0]);
  });

  test('one whose bind gives no function fails the start, naming method and handler', () => {
    class Forgetful implements ReturnValueHandler {
      supportsReturn({ handler }: HandlerReturn): boolean {
        return handler.method === 'table';
      }
      bind(): SendResult {
        return undefined as unknown as SendResult; // what JavaScript allows
      }
    }

    expect(() => new Fixture([Mixed], { own: [new Forgetful()] })).toThrow(
      /Mixed\.table: Forgetful\.bind gave no function for its result/,
    );
  });

  test('a reply with a destination passes them by', async () => {
    const own = new Keeping(() => true);
    const fixture = new Fixture([Mixed], { own: [own] });

    await fixture.send('/app/elsewhere');

    expect([own.kept, fixture.broker.sent]).toEqual([[], [['/topic/e', '{"rows":["e"]}']]]);
  });

  test('are given to an application as an option, and may read decorators of its own', async () => {
    const Audited = createHandlerDecorator<string>();
    const seen: unknown[] = [];
    const audit: ReturnValueHandler = {
      supportsReturn: ({ handler }) => Audited.of(handler) !== undefined,
      bind:
        ({ handler }) =>
        (value) =>
          void seen.push([Audited.of(handler), value]),
    };
    @Controller()
    class Orders {
      @MessageMapping('/orders') @Audited('orders') order() {
        return 'ordered';
      }
    }
    await using application = createApplication({
      controllers: [Orders],
      returnValueHandlers: [audit],
      logger: silentLogger,
    });
    await using client = await connect(application);

    await client.send('/app/orders');

    expect(seen).toEqual([['orders', 'ordered']]);
  });
});

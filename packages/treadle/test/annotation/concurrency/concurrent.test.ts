import 'reflect-metadata';
import { connect, type TestClient } from '@treadle/testing';
import {
  type Application,
  type ApplicationOptions,
  Concurrent,
  Controller,
  createApplication,
  DestinationVariable,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendTo,
  silentLogger,
  SubscribeMapping,
} from 'treadle';
import { settled } from '../../session/session-fixture';
import { Work } from './work';

let work = new Work();
let application: Application | undefined;

beforeEach(() => {
  work = new Work();
});

afterEach(async () => {
  work.end();
  await application?.stop();
  application = undefined;
});

@Controller()
class ReportController {
  @MessageMapping('/two')
  @Concurrent(2)
  async two(@Payload(String) name: string): Promise<void> {
    await work.do(name);
  }

  @MessageMapping('/one')
  @Concurrent(1)
  async one(@Payload(String) name: string): Promise<void> {
    await work.do(name);
  }

  @MessageMapping('/answered')
  @Concurrent(Infinity)
  @SendTo('/topic/answers')
  async answered(@Payload(String) name: string): Promise<string> {
    await work.do(name);
    return name;
  }

  @SubscribeMapping('/list/{name}')
  @Concurrent(4)
  async list(@DestinationVariable('name', String) name: string): Promise<string> {
    await work.do(name);
    return name;
  }

  @MessageMapping('/strict')
  async strict(@Payload(String) name: string): Promise<void> {
    await work.do(name);
  }

  @MessageMapping('/sync')
  @Concurrent(2)
  sync(@Payload(String) name: string): void {
    work.begun.push(name);
  }
}

function open(options: ApplicationOptions = {}): Promise<TestClient> {
  application ??= createApplication({ controllers: [ReportController], logger: silentLogger, ...options });
  return connect(application);
}

function send(client: TestClient, destination: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) client.sendWithoutReceipt(`/app/${destination}`, name);
  return settled();
}

describe('@Concurrent(n)', () => {
  it('lets n messages of a session be in progress in its handler; the next one waits until one of them is done', async () => {
    const client = await open();

    await send(client, 'two', 'a', 'b', 'c', 'd');
    const atFirst = [...work.begun];
    await work.finish('b');
    const then = [...work.begun];
    await work.finish('a');

    expect(atFirst).toEqual(['a', 'b']);
    expect(then).toEqual(['a', 'b', 'c']);
    expect(work.begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets the session go on with other destinations, with n = 1 too', async () => {
    const client = await open();

    await send(client, 'one', 'slow');
    await send(client, 'strict', 'other');

    expect(work.begun).toEqual(['slow', 'other']);
  });

  it('holds the order of the session when one too many comes: what is behind it waits too', async () => {
    const client = await open();

    await send(client, 'two', 'a', 'b', 'c');
    await send(client, 'strict', 'behind');
    const before = [...work.begun];
    await work.finish('a');

    expect(before).toEqual(['a', 'b']);
    expect(work.begun).toEqual(['a', 'b', 'c', 'behind']);
  });

  it('waits behind a message that was handled in order', async () => {
    const client = await open();

    await send(client, 'strict', 'first');
    await send(client, 'two', 'second');
    const before = [...work.begun];
    await work.finish('first');

    expect(before).toEqual(['first']);
    expect(work.begun).toEqual(['first', 'second']);
  });

  it('counts for each session by itself', async () => {
    const alice = await open();
    const bob = await open();

    await send(alice, 'one', 'of alice', 'of alice too');
    await send(bob, 'one', 'of bob');

    expect(work.begun).toEqual(['of alice', 'of bob']);
  });

  it('lets results and receipts come in the order of completion', async () => {
    const client = await open();
    const inbox = await client.subscribe('/topic/answers');

    const slow = client.send('/app/answered', 'slow').then(() => 'slow');
    const quick = client.send('/app/answered', 'quick').then(() => 'quick');
    await settled();
    await work.finish('quick');
    const first = await Promise.race([slow, quick]);
    await work.finish('slow');

    expect(first).toBe('quick');
    expect(await slow).toBe('slow');
    expect([await inbox.next(), await inbox.next()]).toEqual(['quick', 'slow']);
  });

  it('lets several subscriptions be answered at the same time, each before its own end', async () => {
    const client = await open();

    const inboxes = ['a', 'b', 'c'].map((name) => client.subscribe(`/app/list/${name}`));
    await settled();
    const begun = [...work.begun];
    await work.finish('c', 'b', 'a');
    const answers = await Promise.all(inboxes.map(async (inbox) => (await inbox).next<string>()));
    await (await inboxes[0])?.unsubscribe();

    expect(begun).toEqual(['a', 'b', 'c']);
    expect(answers).toEqual(['a', 'b', 'c']);
  });

  it('costs a synchronous handler nothing: its messages keep their order', async () => {
    const client = await open();

    await send(client, 'sync', 'a', 'b', 'c');

    expect(work.begun).toEqual(['a', 'b', 'c']);
    expect(application?.stats().handlers).toMatchObject({ inFlight: 0, completed: 3 });
  });

  it('gives the place of a message that failed to the next one, and tells its session', async () => {
    const client = await open();
    const errors = await client.subscribe('/user/queue/errors');

    await send(client, 'one', 'a', 'b');
    await work.fail('a');

    expect(work.begun).toEqual(['a', 'b']);
    expect(await errors.next()).toMatchObject({ code: 'HANDLER_FAILED', destination: '/app/one' });
    expect(client.errorFrame).toBeUndefined();
  });

  it('ends the session when a message fails that asked for a receipt, whatever else is in progress', async () => {
    const client = await open();

    const sent = client.send('/app/two', 'a');
    const other = client.send('/app/two', 'b');
    const outcomes = Promise.allSettled([sent, other]);
    await settled();
    await work.fail('a');
    await work.finish('b');

    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(client.errorFrame?.headers['code']).toBe('HANDLER_FAILED');
    expect(application?.stats().handlers).toMatchObject({ inFlight: 0, completed: 1, failed: 1 });
  });

  it('answers DISCONNECT when all that came before it is done', async () => {
    const client = await open();
    await send(client, 'two', 'a', 'b');
    let isDisconnected = false;

    const disconnected = client.disconnect().then(() => (isDisconnected = true));
    await work.finish('a');
    const before = isDisconnected;
    await work.finish('b');
    await disconnected;

    expect(before).toBe(false);
  });
});

describe('where @Concurrent may stand', () => {
  it('on a class it counts for each method that says nothing itself, and a subclass inherits it', async () => {
    @Concurrent(2)
    class Base {
      @MessageMapping('/a')
      async a(@Payload(String) name: string): Promise<void> {
        await work.do(name);
      }

      @MessageMapping('/b')
      @Concurrent(false)
      async b(@Payload(String) name: string): Promise<void> {
        await work.do(name);
      }
    }
    @Controller()
    class Inheriting extends Base {}
    const client = await open({ controllers: [Inheriting] });

    await send(client, 'a', 'a1', 'a2');
    await send(client, 'b', 'b1', 'b2');
    await send(client, 'a', 'a3');

    expect(work.begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('the option `concurrency` holds for all others, and a method may leave it', async () => {
    @Controller()
    class Mixed {
      @MessageMapping('/beside')
      async beside(@Payload(String) name: string): Promise<void> {
        await work.do(name);
      }

      @MessageMapping('/in-order')
      @Concurrent(false)
      async inOrder(@Payload(String) name: string): Promise<void> {
        await work.do(name);
      }
    }
    const client = await open({ controllers: [Mixed], concurrency: 8 });

    await send(client, 'beside', 'a', 'b', 'c');
    await send(client, 'in-order', 'd', 'e');

    expect(work.begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each([0, -1, 1.5, NaN])('%p is refused at start, with the method and the cure', (atMost) => {
    @Controller()
    class Wrong {
      @MessageMapping('/a')
      @Concurrent(atMost)
      handle(): void {}
    }

    const create = (): unknown => createApplication({ controllers: [Wrong], logger: silentLogger });

    expect(create).toThrow(
      `Wrong.handle: @Concurrent(${atMost}) is no number of messages; give a whole number from 1 on, Infinity, or false for strict order`,
    );
  });

  it('on an exception handler it is refused at start', () => {
    @Controller()
    class Wrong {
      @MessageMapping('/a')
      handle(): void {}

      @MessageExceptionHandler(Error)
      @Concurrent(2)
      recover(): void {}
    }

    const create = (): unknown => createApplication({ controllers: [Wrong], logger: silentLogger });

    expect(create).toThrow(
      'Wrong.recover: @Concurrent has no effect, for an exception handler answers no messages; put it on the methods it stands behind',
    );
  });

  it('the option refuses the same numbers', () => {
    const create = (): unknown => createApplication({ concurrency: 0, logger: silentLogger });

    expect(create).toThrow('concurrency: 0 is no number of messages; give a whole number');
  });
});

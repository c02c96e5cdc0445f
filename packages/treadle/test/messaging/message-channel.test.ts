import { MessageRejectedError } from '../../src/foundation/errors';
import type { Logger } from '../../src/foundation/logger';
import type { ChannelInterceptor } from '../../src/messaging/channel-interceptor';
import { Message } from '../../src/messaging/message';
import { MessageChannel } from '../../src/messaging/message-channel';
import type { MessageHandler } from '../../src/messaging/message-handler';

const message = new Message({ type: 'MESSAGE', payload: Buffer.from('x'), destination: '/topic/a' });

/** A channel whose parts write down what happens. */
function setUp() {
  const events: string[] = [];
  const errors: string[] = [];
  const logger: Logger = { debug() {}, info() {}, warn() {}, error: (text) => errors.push(text) };
  const channel = new MessageChannel('test', [], logger);
  const handler = (name: string, act: (message: Message) => void | Promise<void> = () => {}): MessageHandler => {
    const made: MessageHandler = {
      handleMessage(received) {
        events.push(`${name} ${received.destination}`);
        return act(received);
      },
    };
    channel.subscribe(made);
    return made;
  };
  const noting = (name: string, over: ChannelInterceptor = {}): ChannelInterceptor => ({
    preSend: (each) => (events.push(`${name}.preSend`), each),
    postSend: () => void events.push(`${name}.postSend`),
    afterSendCompletion: (_each, _channel, error) => void events.push(`${name}.afterSendCompletion ${textOf(error)}`),
    beforeHandle: (each) => (events.push(`${name}.beforeHandle`), each),
    afterMessageHandled: (_each, _channel, _handler, error) =>
      void events.push(`${name}.afterMessageHandled ${textOf(error)}`),
    ...over,
  });
  return { channel, events, errors, handler, noting };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'ok';
}

function fail(text: string): never {
  throw new Error(text);
}

describe('handlers', () => {
  test('get a message one after the other, in the order they subscribed', () => {
    const { channel, events, handler } = setUp();
    handler('first');
    handler('second');

    void channel.send(message);

    expect(events).toEqual(['first /topic/a', 'second /topic/a']);
  });

  test('a send whose handlers are all synchronous makes no promise', () => {
    const { channel, handler, noting } = setUp();
    handler('first');

    const bare = channel.send(message);
    channel.addInterceptor(noting('i'));
    const intercepted = channel.send(message);

    expect([bare, intercepted]).toEqual([undefined, undefined]);
  });

  test('the next one waits for an asynchronous one', async () => {
    const { channel, events, handler } = setUp();
    handler('slow', async () => {
      await Promise.resolve();
      events.push('slow is done');
    });
    handler('second');

    await channel.send(message);

    expect(events).toEqual(['slow /topic/a', 'slow is done', 'second /topic/a']);
  });

  test('the first failure keeps the message from the rest and goes to the sender', () => {
    const { channel, events, handler } = setUp();
    handler('failing', () => fail('no'));
    handler('second');

    expect(() => channel.send(message)).toThrow('no');
    expect(events).toEqual(['failing /topic/a']);
  });

  test('a late failure keeps the message from the rest and rejects', async () => {
    const { channel, events, handler } = setUp();
    handler('failing', () => Promise.reject(new Error('no')));
    handler('second');

    await expect(channel.send(message)).rejects.toThrow('no');
    expect(events).toEqual(['failing /topic/a']);
  });

  test('a handler subscribes once and unsubscribes once', () => {
    const { channel, events, handler } = setUp();
    const first = handler('first');

    expect(channel.subscribe(first)).toBe(false);
    expect(channel.unsubscribe(first)).toBe(true);
    expect(channel.unsubscribe(first)).toBe(false);
    void channel.send(message);
    expect(events).toEqual([]);
  });

  test('one that unsubscribes itself while it handles does not disturb the others', () => {
    const { channel, events, handler } = setUp();
    const leaving = handler('leaving', () => void channel.unsubscribe(leaving));
    handler('second');

    void channel.send(message);
    void channel.send(message);

    expect(events).toEqual(['leaving /topic/a', 'second /topic/a', 'second /topic/a']);
  });

  test('one that subscribes during a send gets the next message', () => {
    const { channel, events, handler } = setUp();
    let isFirst = true;
    handler('first', () => {
      if (isFirst) handler('late');
      isFirst = false;
    });

    void channel.send(message);
    void channel.send(message);

    expect(events).toEqual(['first /topic/a', 'first /topic/a', 'late /topic/a']);
  });
});

describe('interceptors', () => {
  test('go around the send in order, and back in reverse', () => {
    const { channel, events, handler, noting } = setUp();
    handler('handler');
    channel.addInterceptor(noting('a'));
    channel.addInterceptor(noting('b'));

    void channel.send(message);

    expect(events).toEqual([
      'a.preSend',
      'b.preSend',
      'a.beforeHandle',
      'b.beforeHandle',
      'handler /topic/a',
      'b.afterMessageHandled ok',
      'a.afterMessageHandled ok',
      'a.postSend',
      'b.postSend',
      'b.afterSendCompletion ok',
      'a.afterSendCompletion ok',
    ]);
  });

  test('keep that order when all of them are asynchronous', async () => {
    const synchronous = setUp();
    synchronous.handler('handler');
    for (const name of ['a', 'b']) synchronous.channel.addInterceptor(synchronous.noting(name));
    void synchronous.channel.send(message);
    const late = setUp();
    late.handler('handler', () => Promise.resolve());
    for (const name of ['a', 'b']) late.channel.addInterceptor(inPromises(late.noting(name)));

    await late.channel.send(message);

    expect(late.events).toEqual(synchronous.events);
  });

  test('one without any hook is none', () => {
    const { channel, events, handler } = setUp();
    handler('handler');
    channel.addInterceptor({});

    void channel.send(message);

    expect(events).toEqual(['handler /topic/a']);
  });

  test('can be put in front and taken away', () => {
    const { channel, noting } = setUp();
    const [a, b] = [noting('a'), noting('b')];
    channel.addInterceptor(a);
    channel.addInterceptor(b, 0);

    expect(channel.interceptors).toEqual([b, a]);
    expect([channel.removeInterceptor(b), channel.removeInterceptor(b)]).toEqual([true, false]);
    expect(channel.interceptors).toEqual([a]);
  });

  test('preSend may replace the message', () => {
    const { channel, events, handler } = setUp();
    handler('handler');
    channel.addInterceptor({ preSend: (each) => each.with({ destination: '/topic/b' }) });

    void channel.send(message);

    expect(events).toEqual(['handler /topic/b']);
  });

  test.each([
    ['null', (): null => null],
    ['a promise of null', (): Promise<null> => Promise.resolve(null)],
  ])('preSend that answers %s stops the message, and the sender is told', async (_name, preSend) => {
    const { channel, events, handler, noting } = setUp();
    handler('handler');
    channel.addInterceptor(noting('a'));
    channel.addInterceptor(noting('b', { preSend }));

    const send = async () => channel.send(message);

    await expect(send()).rejects.toThrow(MessageRejectedError);
    expect(events).toEqual(['a.preSend', 'a.afterSendCompletion an interceptor of test stopped the message']);
  });

  test('an error of preSend stops the message and goes to the sender', () => {
    const { channel, events, handler, noting } = setUp();
    handler('handler');
    channel.addInterceptor(noting('a'));
    channel.addInterceptor(noting('b', { preSend: () => fail('denied') }));

    expect(() => channel.send(message)).toThrow('denied');
    expect(events).toEqual(['a.preSend', 'a.afterSendCompletion denied']);
  });

  test('beforeHandle that answers null stops the message, and the sender is told', async () => {
    const { channel, events, handler, noting } = setUp();
    handler('first');
    const stopped = handler('stopped');
    handler('third');
    channel.addInterceptor({ beforeHandle: (each, _channel, target) => (target === stopped ? null : each) });
    channel.addInterceptor(noting('b', { beforeHandle: (each) => each }));

    expect(() => channel.send(message)).toThrow(MessageRejectedError);
    expect(events.filter((each) => !each.startsWith('b.'))).toEqual(['first /topic/a']);
    expect(events).not.toContain('b.postSend');

    const late = new MessageChannel('late', [{ beforeHandle: () => Promise.resolve(null) }]);
    late.subscribe(stopped);
    await expect(late.send(message)).rejects.toThrow(MessageRejectedError);
  });

  test.each([
    ['at once', (): never => fail('denied')],
    ['late', (): Promise<never> => Promise.reject(new Error('denied'))],
  ])('an error of beforeHandle keeps the message from the handler and goes to the sender, %s', async (_name, act) => {
    const { channel, events, handler, noting } = setUp();
    handler('handler');
    channel.addInterceptor(noting('a'));
    channel.addInterceptor(noting('b', { beforeHandle: act }));

    const send = async () => channel.send(message);

    await expect(send()).rejects.toThrow('denied');
    expect(events).toEqual([
      'a.preSend',
      'b.preSend',
      'a.beforeHandle',
      'a.afterMessageHandled denied',
      'b.afterSendCompletion denied',
      'a.afterSendCompletion denied',
    ]);
  });

  test('postSend that fails is told to the sender, though the handlers have the message', () => {
    const { channel, events, handler, noting } = setUp();
    handler('handler');
    channel.addInterceptor(noting('a', { postSend: () => fail('too late') }));

    expect(() => channel.send(message)).toThrow('too late');
    expect(events).toContain('handler /topic/a');
    expect(events.at(-1)).toBe('a.afterSendCompletion too late');
  });

  test('one that is added or removed during a send counts from the next one on', () => {
    const { channel, events, handler, noting } = setUp();
    handler('handler');
    const late = noting('late');
    const leaving = noting('leaving', {
      preSend: (each) => {
        channel.removeInterceptor(leaving);
        channel.addInterceptor(late);
        return each;
      },
    });
    channel.addInterceptor(leaving);

    void channel.send(message);
    const during = [...events];
    events.length = 0;
    void channel.send(message);

    expect(during).not.toContain('late.preSend');
    expect(during).toContain('leaving.afterSendCompletion ok');
    expect(events).toContain('late.preSend');
    expect(events).not.toContain('leaving.afterSendCompletion ok');
  });

  test('beforeHandle may replace the message for one handler', () => {
    const { channel, events, handler } = setUp();
    const first = handler('first');
    handler('second');
    channel.addInterceptor({
      beforeHandle: (each, _channel, target) => (target === first ? each.with({ destination: '/x' }) : each),
    });

    void channel.send(message);

    expect(events).toEqual(['first /x', 'second /topic/a']);
  });

  test('a failing handler is told to the closing hooks, and postSend is left out', () => {
    const { channel, events, handler, noting } = setUp();
    handler('failing', () => fail('no'));
    channel.addInterceptor(noting('a'));

    expect(() => channel.send(message)).toThrow('no');
    expect(events.slice(2)).toEqual(['failing /topic/a', 'a.afterMessageHandled no', 'a.afterSendCompletion no']);
  });

  test('errors of the closing hooks are logged and change nothing', () => {
    const { channel, events, errors, handler, noting } = setUp();
    handler('handler');
    channel.addInterceptor(noting('a'));
    channel.addInterceptor({ afterMessageHandled: () => fail('x'), afterSendCompletion: () => fail('y') });

    void channel.send(message);

    expect(errors).toEqual([
      'test: afterMessageHandled of an interceptor failed',
      'test: afterSendCompletion of an interceptor failed',
    ]);
    expect(events.at(-1)).toBe('a.afterSendCompletion ok');
  });

  test('what is thrown reaches the sender as it is, even if it is no error', () => {
    const { channel, handler, noting } = setUp();
    channel.addInterceptor(noting('a'));
    handler('odd', () => {
      // oxlint-disable-next-line only-throw-error -- what the test is about
      throw 'text';
    });

    let thrown: unknown;
    try {
      void channel.send(message);
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toBe('text');
  });
});

describe('sendDirectly', () => {
  test('goes past the interceptors and reaches every handler, whatever another one throws', () => {
    const { channel, events, handler } = setUp();
    channel.addInterceptor({ preSend: () => null });
    handler('failing', () => fail('first'));
    handler('second', () => fail('second'));
    handler('third');

    expect(() => channel.sendDirectly(message)).toThrow('first');
    expect(events).toEqual(['failing /topic/a', 'second /topic/a', 'third /topic/a']);
  });

  test('waits for asynchronous handlers and rejects with the first failure when all are done', async () => {
    const { channel, events, handler } = setUp();
    handler('late', () => Promise.reject(new Error('late')));
    handler('second', () => fail('second'));
    handler('third', () => Promise.resolve());

    await expect(channel.sendDirectly(message)).rejects.toThrow('late');
    expect(events).toHaveLength(3);
  });

  test('makes no promise while all handlers are synchronous', () => {
    const { channel, handler } = setUp();
    handler('first');

    expect(channel.sendDirectly(message)).toBeUndefined();
  });
});

/** The same interceptor with every answer in a promise. */
function inPromises(interceptor: ChannelInterceptor): ChannelInterceptor {
  return {
    preSend: async (each, channel) => (await interceptor.preSend?.(each, channel)) ?? each,
    postSend: async (each, channel) => interceptor.postSend?.(each, channel),
    afterSendCompletion: async (each, channel, error) => interceptor.afterSendCompletion?.(each, channel, error),
    beforeHandle: async (each, channel, handler) => (await interceptor.beforeHandle?.(each, channel, handler)) ?? each,
    afterMessageHandled: async (each, channel, handler, error) =>
      interceptor.afterMessageHandled?.(each, channel, handler, error),
  };
}

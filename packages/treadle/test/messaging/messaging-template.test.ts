import type { Awaitable } from '../../src/foundation/awaitable';
import { MessageDeliveryError, MessageRejectedError } from '../../src/foundation/errors';
import type { Logger } from '../../src/foundation/logger';
import { CompositeMessageConverter } from '../../src/messaging/converters';
import { Message } from '../../src/messaging/message';
import { MessageChannel } from '../../src/messaging/message-channel';
import { SimpMessagingTemplate } from '../../src/messaging/messaging-template';
import { NativeHeaders } from '../../src/messaging/native-headers';
import type { SendOptions } from '../../src/messaging/send-options';
import { NO_CONTROL } from '../no-control';

interface Published {
  readonly destination: string | undefined;
  readonly text: string;
  readonly headers: readonly string[];
}

function setUp(handle: (message: Message) => Awaitable<void> = () => {}) {
  const warnings: string[] = [];
  const published: Published[] = [];
  const logger: Logger = { debug() {}, info() {}, error() {}, warn: (text) => warnings.push(text) };
  const channel = new MessageChannel('brokerChannel');
  channel.subscribe({
    handleMessage(message) {
      const { destination, payload, headers } = message;
      published.push({ destination, text: Buffer.from(payload).toString(), headers: headers.list });
      return handle(message);
    },
  });
  const template = new SimpMessagingTemplate({ channel, converter: new CompositeMessageConverter(), logger });
  return { template, published, warnings };
}

describe('Spring K4: convertAndSend', () => {
  test('publishes the converted payload at the destination', async () => {
    const { template, published } = setUp();

    await template.convertAndSend('/topic/a', { n: 1 });

    expect(published).toEqual([
      { destination: '/topic/a', text: '{"n":1}', headers: ['content-type', 'application/json'] },
    ]);
  });

  test.each([[undefined], [null], ['']])(
    'a destination that is %p rejects with DESTINATION_MALFORMED',
    async (given) => {
      const { template, published } = setUp();

      const sent = template.convertAndSend(given as never, 'x'); // as JavaScript may

      await expect(sent).rejects.toMatchObject({ code: 'DESTINATION_MALFORMED' });
      expect(published).toEqual([]);
    },
  );

  test('headers reach the wire as text and decide the content type', async () => {
    const { template, published } = setUp();

    await template.convertAndSend('/topic/a', 'x', { priority: 4, 'content-type': 'application/json' });

    expect(published[0]).toMatchObject({ text: '"x"', headers: ['priority', '4', 'content-type', 'application/json'] });
  });

  test('a post-processor has the last word', async () => {
    const { template, published } = setUp();

    await template.convertAndSend('/topic/a', 'x', undefined, (message) => message.with({ destination: '/topic/b' }));

    expect(published[0]?.destination).toBe('/topic/b');
  });

  test('resolves when the broker has accepted the message', async () => {
    let accept = (): void => {};
    const accepted = new Promise<void>((resolve) => {
      accept = resolve;
    });
    const { template } = setUp(() => accepted);
    const order: string[] = [];

    const sent = template.convertAndSend('/topic/a', 'x').then(() => order.push('sent'));
    order.push('accepted');
    accept();
    await sent;

    expect(order).toEqual(['accepted', 'sent']);
  });

  test('messages that nobody awaits are published in the order they were sent', () => {
    const { template, published } = setUp();

    for (const text of ['1', '2', '3']) void template.convertAndSend('/topic/a', text);

    expect(published.map(({ text }) => text)).toEqual(['1', '2', '3']);
  });

  test('a message that is refused rejects, at once or later', async () => {
    const refusal = new MessageRejectedError('no');
    const early = setUp(() => {
      throw refusal;
    });
    const late = setUp(() => Promise.reject(refusal));

    await expect(early.template.convertAndSend('/topic/a', 'x')).rejects.toBe(refusal);
    await expect(late.template.convertAndSend('/topic/a', 'x')).rejects.toBe(refusal);
  });

  test('a payload that cannot be written rejects and is not published', async () => {
    const { template, published } = setUp();

    await expect(template.convertAndSend('/topic/a', 1n)).rejects.toMatchObject({ code: 'PAYLOAD_UNWRITABLE' });
    expect(published).toEqual([]);
  });

  test.each([
    ['an object without prototype', Object.create(null)],
    ['a symbol', Symbol('s')],
    ['undefined', undefined],
    ['an error whose message is a symbol', Object.assign(new Error('x'), { message: Symbol('m') })],
  ])('%s that was thrown on the way rejects and never throws', async (_what, thrown: unknown) => {
    const atOnce = setUp(() => {
      throw thrown;
    });
    const later = setUp(() => Promise.reject(thrown)); // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors -- the point

    await expect(atOnce.template.convertAndSend('/topic/a', 'x')).rejects.toBeInstanceOf(Error);
    await expect(
      later.template.convertAndSend('/topic/a', 'x').then(
        () => 'resolved',
        () => 'rejected',
      ),
    ).resolves.toBe('rejected');
    expect([...atOnce.warnings, ...later.warnings]).toHaveLength(2);
  });

  test('a rejection that nobody awaits is logged and harms nobody', async () => {
    const { template, warnings } = setUp(() => Promise.reject(new MessageRejectedError('no')));

    void template.convertAndSend('/topic/a', 'x');
    await new Promise(setImmediate);

    expect(warnings).toEqual(['a message of the application was not accepted']);
  });
});

describe('Spring K1, K2, K9: send and the default destination', () => {
  const message = new Message({ type: 'MESSAGE', payload: Buffer.from('x'), destination: '/topic/own' });

  test('a message goes to its own destination, or to the one named', async () => {
    const { template, published } = setUp();

    await template.send(message);
    await template.send('/topic/named', message);

    expect(published.map(({ destination }) => destination)).toEqual(['/topic/own', '/topic/named']);
  });

  test('what names no destination goes to the default one', async () => {
    const { template, published } = setUp();
    template.defaultDestination = '/topic/default';

    await template.send(message.with({ destination: undefined }));
    await template.convertAndSendToDefault('y');

    expect(published.map(({ destination, text }) => [destination, text])).toEqual([
      ['/topic/default', 'x'],
      ['/topic/default', 'y'],
    ]);
  });

  test('without any destination it is refused', async () => {
    const { template } = setUp();

    await expect(template.convertAndSendToDefault('y')).rejects.toThrow('defaultDestination is not set');
    await expect(template.send(message.with({ destination: undefined }))).rejects.toThrow('has no destination');
  });
});

describe('the forms of the extras (Spring K3, K4, K6)', () => {
  const toB = (message: Message): Message => message.with({ destination: '/topic/b' });
  const priority = { priority: 4 };

  test.each<[string, Partial<SendOptions>, (template: SimpMessagingTemplate) => Promise<unknown>]>([
    ['none', {}, (template) => template.convertAndSend('/topic/a', 'x')],
    ['headers', { headers: priority }, (template) => template.convertAndSend('/topic/a', 'x', priority)],
    [
      'NativeHeaders',
      { headers: priority },
      (template) => template.convertAndSend('/topic/a', 'x', NativeHeaders.of(priority)),
    ],
    ['a post-processor', { postProcessor: toB }, (template) => template.convertAndSend('/topic/a', 'x', toB)],
    [
      'headers and a post-processor',
      { headers: priority, postProcessor: toB },
      (template) => template.convertAndSend('/topic/a', 'x', priority, toB),
    ],
    [
      'headers by name',
      { headers: priority },
      (template) => template.convertAndSend('/topic/a', 'x', { headers: priority }),
    ],
    [
      'NativeHeaders by name',
      { headers: priority },
      (template) => template.convertAndSend('/topic/a', 'x', { headers: NativeHeaders.of(priority) }),
    ],
    [
      'a post-processor by name',
      { postProcessor: toB },
      (template) => template.convertAndSend('/topic/a', 'x', { postProcessor: toB }),
    ],
    [
      'both by name',
      { headers: priority, postProcessor: toB },
      (template) => template.convertAndSend('/topic/a', 'x', { headers: priority, postProcessor: toB }),
    ],
    ['an empty object', {}, (template) => template.convertAndSend('/topic/a', 'x', {})],
    [
      'headers for the default destination',
      { headers: priority },
      (template) => template.convertAndSendToDefault('x', priority),
    ],
    [
      'both for the default destination',
      { headers: priority, postProcessor: toB },
      (template) => template.convertAndSendToDefault('x', { headers: priority, postProcessor: toB }),
    ],
    [
      'a post-processor for the default destination',
      { postProcessor: toB },
      (template) => template.convertAndSendToDefault('x', toB),
    ],
    [
      'both for a user',
      { headers: priority, postProcessor: toB },
      (template) => template.convertAndSendToUser('alice', '/topic/a', 'x', { headers: priority, postProcessor: toB }),
    ],
    [
      'a post-processor for a user',
      { postProcessor: toB },
      (template) => template.convertAndSendToUser('alice', '/topic/a', 'x', toB),
    ],
    [
      'headers for a user',
      { headers: priority },
      (template) => template.convertAndSendToUser('alice', '/topic/a', 'x', priority),
    ],
  ])('%s', async (_what, { headers, postProcessor }, send) => {
    const { template, published } = setUp();
    template.defaultDestination = '/topic/a';

    await send(template);

    const [message] = published;
    expect(message?.headers.includes('priority')).toBe(headers !== undefined);
    expect(message?.destination === '/topic/b').toBe(postProcessor !== undefined);
    expect(message?.text).toBe('x');
  });

  test('headers that are called as the options are headers', async () => {
    const { template, published } = setUp();

    await template.convertAndSend('/topic/a', 'x', { headers: 'h', postProcessor: 'p' });
    await template.convertAndSend('/topic/a', 'x', { headers: ['h', 'i'] });

    expect(published.map(({ headers }) => headers.slice(0, 4))).toEqual([
      ['headers', 'h', 'postProcessor', 'p'],
      ['headers', 'h', 'headers', 'i'],
    ]);
  });

  test('a value that is no text is written as text, a list as a repeated header, undefined not at all', async () => {
    const { template, published } = setUp();

    await template.convertAndSend('/topic/a', 'x', { n: 4, yes: true, tag: ['a', 'b'], none: undefined });

    expect(published[0]?.headers.slice(0, 8)).toEqual(['n', '4', 'yes', 'true', 'tag', 'a', 'tag', 'b']);
  });
});

describe('Spring K10: a message that fails on its way', () => {
  test('rejects with DELIVERY_FAILED and the cause where that has no code', async () => {
    const cause = new Error('the socket broke');
    const { template } = setUp(() => Promise.reject(cause));

    const sent = template.convertAndSend('/topic/a', 'x');

    await expect(sent).rejects.toBeInstanceOf(MessageDeliveryError);
    await expect(sent).rejects.toMatchObject({ code: 'DELIVERY_FAILED', cause });
    await expect(sent).rejects.toThrow('the message could not be delivered: the socket broke');
  });

  test('what a post-processor throws is such a failure', async () => {
    const { template, published } = setUp();

    const sent = template.convertAndSend('/topic/a', 'x', () => {
      throw new TypeError('no');
    });

    await expect(sent).rejects.toMatchObject({ code: 'DELIVERY_FAILED' });
    expect(published).toEqual([]);
  });

  test('a message to a user that nobody awaits is logged once and harms nobody', async () => {
    const { template, warnings } = setUp(() => Promise.reject(new MessageRejectedError('no')));

    void template.convertAndSendToUser('alice', '/queue/a', 'x');
    await new Promise(setImmediate);

    expect(warnings).toEqual(['a message of the application was not accepted']);
  });
});

describe('Spring K5: convertAndSendToUser', () => {
  // A lookup that found nobody gives these where no compiler looks.
  test.each([
    ['an empty name', '', '/queue/a'],
    ['no name', undefined, '/queue/a'],
    ['null', null, '/queue/a'],
    ['a number', 7, '/queue/a'],
    ['a principal without a name', {}, '/queue/a'],
    ['no destination', 'alice', undefined],
    ['an empty destination', 'alice', ''],
  ])('%s rejects with DESTINATION_MALFORMED, and nothing is sent', async (_what, user, destination) => {
    const { template, published } = setUp();

    const sent = template.convertAndSendToUser(user as never, destination as never, 'x');

    await expect(sent).rejects.toMatchObject({ code: 'DESTINATION_MALFORMED' });
    expect(published).toEqual([]);
  });

  test('takes a principal as well as its name, and its destinationUserName before its name', async () => {
    const { template, published } = setUp();

    await template.convertAndSendToUser({ name: 'alice' }, '/queue/a', 'x');
    await template.convertAndSendToUser({ name: 'Alice A.', destinationUserName: '17' }, '/queue/a', 'x');

    expect(published.map(({ destination }) => destination)).toEqual(['/user/alice/queue/a', '/user/17/queue/a']);
  });

  test('tells how many sessions those counted who found its receivers', async () => {
    const { template } = setUp((message) => {
      if (message.reach) message.reach.sessions += 2;
    });

    expect(await template.convertAndSendToUser('alice', '/queue/a', 'x')).toEqual({ sessions: 2 });
  });

  test('counts afresh for every message, also when a post-processor copies it', async () => {
    const { template } = setUp((message) => {
      if (message.reach) message.reach.sessions += 1;
    });
    const postProcessor = (message: Message): Message => message.with({ headers: NativeHeaders.EMPTY });

    const reached = [1, 2].map(() => template.convertAndSendToUser('alice', '/queue/a', 'x', { postProcessor }));

    expect(await Promise.all(reached)).toEqual([{ sessions: 1 }, { sessions: 1 }]);
  });

  test('asks nobody to count for messages that are not to a user', async () => {
    const reaches: unknown[] = [];
    const { template } = setUp(({ reach }) => void reaches.push(reach));

    await template.convertAndSend('/topic/a', 'x');

    expect(reaches).toEqual([undefined]);
  });

  test('publishes below the user prefix and the name', async () => {
    const { template, published } = setUp();

    await template.convertAndSendToUser('alice', '/queue/a', 'x');
    await template.convertAndSendToUser('alice', 'queue/a', 'x');

    expect(published.map(({ destination }) => destination)).toEqual(['/user/alice/queue/a', '/user/alice/queue/a']);
  });

  test('a name with a slash or a percent sign stays one segment and one name', () => {
    const { template } = setUp();

    expect(template.userDestination('a/b', '/queue')).toBe('/user/a%2Fb/queue');
    expect(template.userDestination('a%2Fb', '/queue')).toBe('/user/a%252Fb/queue');
  });
});

describe('publish, the form for the hot path', () => {
  test('makes no promise while everybody is synchronous', () => {
    const { template } = setUp();

    expect(template.publish('/topic/a', 'x', NativeHeaders.EMPTY)).toBeUndefined();
  });

  test('carries the session it is given', () => {
    const seen: (string | undefined)[] = [];
    const { template } = setUp((message) => void seen.push(message.sessionId));
    const handshake = { url: '/', headers: {}, remoteAddress: undefined };
    const session = {
      ...NO_CONTROL,
      id: 's1',
      user: undefined,
      attributes: new Map(),
      handshake,
      signal: new AbortController().signal,
      subscriptionSignal: () => new AbortController().signal,
      isReachable: true,
      whenWritable: () => undefined,
      fail() {},
      onEnd: () => () => undefined,
    };

    void template.publish('/topic/a', 'x', NativeHeaders.EMPTY, { session });
    void template.publish('/topic/a', 'x', NativeHeaders.EMPTY);

    expect(seen).toEqual(['s1', undefined]);
  });
});

import { connect } from '@treadle/testing';
import {
  Controller,
  createApplication,
  MessageMapping,
  NativeHeaders,
  Payload,
  type Reply,
  reply,
  SendTo,
  silentLogger,
  SubscribeMapping,
} from '../../../src/index';
import { failureOf, Fixture, sessionOf } from '../fixture';

@Controller()
class Replies {
  @MessageMapping('/to') @SendTo('/topic/annotated') to() {
    return reply('x').to('/topic/a', '/topic/b').to('/queue/c');
  }
  @MessageMapping('/user') @SendTo('/topic/annotated') user() {
    return reply('x').toUser('/queue/a');
  }
  @MessageMapping('/session') session() {
    return reply('x').toUser('/queue/a', { broadcast: false });
  }
  @MessageMapping('/sender') sender() {
    return Promise.resolve(reply('x').toSender('/queue/a'));
  }
  @MessageMapping('/mixed') mixed() {
    return reply('x').to('/topic/a').toSender('/queue/a').toUser('/queue/b');
  }
  @MessageMapping('/rooms/{room}') @SendTo('/topic/{room}', '/topic/all') rooms() {
    return reply('x').headers({ color: 'red' });
  }
  @MessageMapping('/plain') plain() {
    return reply('x').headers({ color: 'red' });
  }
  @MessageMapping('/braces/{room}') braces() {
    return reply('x').to('/topic/{room}');
  }
  @MessageMapping('/headers') headers() {
    return reply({ a: 1 })
      .headers({ color: 'red', size: 1, repeated: ['a', 'b'] })
      .headers(NativeHeaders.of({ color: 'blue' }))
      .to('/topic/a');
  }
  @MessageMapping('/type') type() {
    return reply('<p>').headers({ 'content-type': 'text/html' });
  }
  @MessageMapping('/list') list() {
    return [reply(1).to('/topic/a'), reply(2).to('/topic/b')];
  }
  @MessageMapping('/half') half() {
    return [reply(1).to('/topic/a'), 2];
  }
  @MessageMapping('/stream-in-list') streamInList() {
    return [reply('sent?').to('/topic/a'), reply(this.items()).to('/topic/a')];
  }
  @MessageMapping('/stream-in-item') *streamInItem() {
    yield [reply(this.items()).to('/topic/a')];
  }
  @MessageMapping('/stream-as-item') *streamAsItem() {
    yield reply(this.items()).to('/topic/a');
  }
  *items() {
    yield 1;
  }
  @MessageMapping('/inside') inside() {
    return { answer: reply(1).to('/topic/a') };
  }
  @MessageMapping('/null') nothing() {
    return reply(null).to('/topic/a');
  }
  @MessageMapping('/promise') promise() {
    return reply(Promise.resolve(1)).to('/topic/a');
  }
}

describe('reply: where it goes', () => {
  test.each([
    ['/app/to', ['/topic/a', '/topic/b', '/queue/c']],
    ['/app/user', ['/user/alice/queue/a']],
    ['/app/sender', ['/user/alice/queue/a']],
    ['/app/mixed', ['/topic/a', '/user/alice/queue/a', '/user/alice/queue/b']],
    ['/app/rooms/tea', ['/topic/tea', '/topic/all']],
    ['/app/plain', ['/topic/plain']],
    ['/app/list', ['/topic/a', '/topic/b']],
  ])('%s goes to %p', async (destination, targets) => {
    const fixture = new Fixture([Replies]);

    await fixture.send(destination);

    expect(fixture.broker.messages.map((message) => message.destination)).toEqual(targets);
  });

  test.each(['/app/session', '/app/sender'])('%s reaches the session that asked alone', async (destination) => {
    const fixture = new Fixture([Replies]);
    const session = sessionOf('s7', 'alice');

    await fixture.send(destination, '', { session });

    expect(fixture.broker.messages[0]).toMatchObject({ destination: '/user/alice/queue/a', session });
  });

  test('toUser reaches every session of the user, and an anonymous session alone', async () => {
    const fixture = new Fixture([Replies]);
    const anonymous = sessionOf('s7');

    await fixture.send('/app/user');
    await fixture.send('/app/user', '', { session: anonymous });

    expect(fixture.broker.messages).toMatchObject([
      { destination: '/user/alice/queue/a', session: undefined },
      { destination: '/user/s7/queue/a', session: anonymous },
    ]);
  });

  test('a destination is taken as it stands: {variables} are not filled in', async () => {
    const fixture = new Fixture([Replies]);

    await fixture.send('/app/braces/tea');

    expect(fixture.broker.sent).toEqual([['/topic/{room}', 'x']]);
  });
});

describe('reply: what it carries', () => {
  test('its headers, the last of a name', async () => {
    const fixture = new Fixture([Replies]);

    await fixture.send('/app/headers');

    expect(fixture.broker.sent).toEqual([['/topic/a', '{"a":1}']]);
    expect(fixture.broker.messages[0]?.headers.list).toEqual([
      ...['size', '1'],
      ...['repeated', 'a'],
      ...['repeated', 'b'],
      ...['color', 'blue'],
      ...['content-type', 'application/json'],
    ]);
  });

  test('to every destination of its annotations too', async () => {
    const fixture = new Fixture([Replies]);

    await fixture.send('/app/rooms/tea');

    expect(fixture.broker.messages.map(({ headers }) => headers.get('color'))).toEqual(['red', 'red']);
  });

  test('a content type that decides how the payload is written', async () => {
    const fixture = new Fixture([Replies]);

    await fixture.send('/app/type');

    expect(fixture.broker.messages[0]?.contentType).toBe('text/html');
  });

  test('null, which is a payload once it is asked for', async () => {
    const fixture = new Fixture([Replies]);

    await fixture.send('/app/null');

    expect(fixture.broker.sent).toEqual([['/topic/a', 'null']]);
  });

  test('headers win over those copied from the request', async () => {
    const fixture = new Fixture([Replies], { replyHeaders: ['color', 'correlation-id'] });

    await fixture.send('/app/plain', '', { headers: { color: 'green', 'correlation-id': '7' } });

    const { headers } = fixture.broker.messages[0] ?? {};
    expect([headers?.getAll('color'), headers?.get('correlation-id')]).toEqual([['red'], '7']);
  });

  test('a builder is never changed', () => {
    const plain = reply('x').to('/topic/a');

    plain.headers({ color: 'red' }).to('/topic/b');

    expect([plain.destinations.length, plain.nativeHeaders.list]).toEqual([1, []]);
  });
});

describe('reply: what it cannot be', () => {
  test.each([
    ['/app/half', 'a reply(…) is no part of a payload'],
    ['/app/inside', 'a reply(…) is no part of a payload'],
    ['/app/stream-in-list', 'Replies.streamInList: a list of replies has a stream in it'],
    ['/app/stream-in-item', 'Replies.streamInItem: a list of replies has a stream in it'],
    ['/app/stream-as-item', 'Replies.streamAsItem: a stream gave a stream: write yield*'],
  ])('%s fails as PAYLOAD_UNWRITABLE, and nothing is sent', async (destination, detail) => {
    const fixture = new Fixture([Replies]);

    const failure = await failureOf(() => fixture.send(destination));

    expect(failure.code).toBe('PAYLOAD_UNWRITABLE');
    expect(failure.message).toContain(detail);
    expect(fixture.broker.messages.filter((message) => message.destination?.startsWith('/topic'))).toEqual([]);
  });

  test('a promise', async () => {
    const fixture = new Fixture([Replies]);

    const failure = await failureOf(() => fixture.send('/app/promise'));

    expect(failure.message).toContain('reply(…) got a promise: await it first');
  });
});

test('a reply reaches real clients, also from a @SubscribeMapping method, whose subscription then gets the ones without a destination', async () => {
  @Controller()
  class Orders {
    @MessageMapping('/orders') order(@Payload(String) cups: string): Reply<{ cups: string }> {
      return reply({ cups }).to('/topic/orders').headers({ priority: 9 });
    }
    @SubscribeMapping('/orders') orders() {
      return reply(['first']).headers({ page: 1 });
    }
  }
  await using application = createApplication({ controllers: [Orders], logger: silentLogger });
  await using client = await connect(application);
  const topic = await client.subscribe('/topic/orders');
  const own = await client.subscribe('/app/orders');

  await client.send('/app/orders', '2');

  expect(await topic.nextMessage()).toMatchObject({ payload: { cups: '2' }, headers: { priority: '9' } });
  expect(await own.nextMessage()).toMatchObject({ payload: ['first'], headers: { page: '1' } });
});

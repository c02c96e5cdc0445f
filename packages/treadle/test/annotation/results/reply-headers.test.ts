import {
  ConfigurationError,
  Controller,
  createApplication,
  MessageMapping,
  SendTo,
  SendToUser,
  silentLogger,
  SubscribeMapping,
} from '../../../src/index';
import { ReplyHeaders } from '../../../src/annotation/results/reply-headers';
import { Message, NO_PAYLOAD } from '../../../src/messaging/message';
import { type HeaderRecord, NativeHeaders } from '../../../src/messaging/native-headers';
import { Fixture } from '../fixture';

@Controller()
class Answers {
  @MessageMapping('/topic') @SendTo('/topic/a') topic() {
    return 'x';
  }
  @MessageMapping('/user') @SendToUser('/queue/a') user() {
    return 'x';
  }
  @MessageMapping('/stream') @SendTo('/topic/a') *stream() {
    yield 'x';
    yield 'y';
  }
  @SubscribeMapping('/now') now() {
    return 'x';
  }
}

const REQUEST: HeaderRecord = { 'correlation-id': '7', color: 'red', size: '1' };

function copied(names: ConstructorParameters<typeof ReplyHeaders>[0], headers: HeaderRecord = REQUEST) {
  const request = new Message({ type: 'MESSAGE', payload: NO_PAYLOAD, headers: NativeHeaders.of(headers) });
  return new ReplyHeaders(names).of(request).list;
}

describe('Spring H14: headers carried from request to reply', () => {
  test.each(['/app/topic', '/app/user', '/app/stream'])(
    'correlation-id and no other is carried by whatever %s sends',
    async (destination) => {
      const fixture = new Fixture([Answers]);

      await fixture.send(destination, '', { headers: REQUEST });

      for (const { headers } of fixture.broker.messages) {
        expect(headers.without('content-type').list).toEqual(['correlation-id', '7']);
      }
      expect(fixture.broker.messages.length).toBeGreaterThan(0);
    },
  );

  test('also by the answer to a subscription', async () => {
    const fixture = new Fixture([Answers]);

    await fixture.subscribe('/app/now', { headers: REQUEST });

    expect(fixture.clients.messages[0]?.headers.without('content-type').list).toEqual(['correlation-id', '7']);
  });

  test.each([
    ['one name', ['color'], ['color', 'red']],
    ['several names', ['size', 'color'], ['color', 'red', 'size', '1']],
    ['no name', [], []],
    ['a predicate', (name: string) => name.startsWith('c'), ['correlation-id', '7', 'color', 'red']],
  ])('%s', (_case, names, expected) => {
    expect(copied(names)).toEqual(expected);
  });

  test('a repeated header is carried with its repeats', () => {
    expect(copied(['color'], { color: ['red', 'blue'] })).toEqual(['color', 'red', 'color', 'blue']);
  });

  test('what belongs to the frame or proves who the client is never passes, whatever the predicate says', () => {
    const frame = {
      receipt: '1',
      destination: '/app/x',
      'content-type': 'text/html',
      'content-length': '1',
      passcode: 'x',
    };

    expect(copied(() => true, { ...frame, color: 'red' })).toEqual(['color', 'red']);
  });

  test.each(['receipt', 'content-type', 'Authorization'])('the name %s fails the start', (name) => {
    const create = () => createApplication({ replyHeaders: ['color', name], logger: silentLogger });

    expect(create).toThrow(ConfigurationError);
    expect(create).toThrow(`replyHeaders: '${name}' cannot be carried over to a reply; take it off the list`);
  });
});

import { Client, type IMessage } from '@stomp/stompjs';
import { connect, type TestClient } from '@treadle/testing';
import { WebSocket } from 'ws';
import {
  type Application,
  ApplicationError,
  type ApplicationOptions,
  Controller,
  createApplication,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  reply,
  SendTo,
  SendToUser,
  silentLogger,
  simpleBroker,
} from '../../../src/index';
import { listen } from '../../transport/listening-application';

class Refused extends Error {}

class RefusedAlone extends Refused {}

let sums = 0;

@Controller()
@SendToUser({ destinations: ['/queue/own'], broadcast: false })
class AnsweringController {
  @MessageMapping('/class-to-sender') toSender() {
    return 'for the sender';
  }
  @MessageMapping('/class-refuse') refuse() {
    throw new RefusedAlone('no');
  }
  @MessageMapping('/class-refuse-coded') refuseCoded() {
    throw new ApplicationError('TOO_LATE', 'Too late.');
  }
  @MessageMapping('/to-everybody') @SendTo('/topic/annotated') everybody() {
    throw new RefusedAlone('no');
  }
  @MessageExceptionHandler() refused({ message }: RefusedAlone) {
    return { refused: message };
  }
  @MessageExceptionHandler() refusedCoded({ code }: ApplicationError) {
    return { refused: code };
  }
}

@Controller()
class Calculator {
  @MessageMapping('/sum') sum(@Payload([Number]) numbers: number[]) {
    sums += 1;
    return numbers.reduce((total, number) => total + number, 0);
  }
  @MessageMapping('/late') late() {
    return Promise.resolve('late');
  }
  @MessageMapping('/void') nothing() {}
  @MessageMapping('/published') published() {
    return Promise.resolve();
  }
  @MessageMapping('/stream') async *stream() {
    yield 1;
    yield 2;
  }
  @MessageMapping('/fail') fail() {
    throw new Error('internal');
  }
  @MessageMapping('/refuse') refuse() {
    throw new Refused('no');
  }
  @MessageMapping('/annotated') @SendTo('/topic/annotated') annotated() {
    return 'for everybody';
  }
  @MessageMapping('/to-user') @SendToUser('/queue/own') toUser() {
    return 'for the user';
  }
  @MessageMapping('/to-sender') @SendToUser({ destinations: ['/queue/own'], broadcast: false }) toSender() {
    return 'for the sender';
  }
  @MessageMapping('/to-sender-void') @SendToUser({ destinations: ['/queue/own'], broadcast: false }) toSenderVoid() {}
  @MessageMapping('/both')
  @SendTo('/topic/annotated')
  @SendToUser({ destinations: ['/queue/own', '/queue/own-too'], broadcast: false })
  both() {
    return 'for both';
  }
  @MessageMapping('/both-void')
  @SendTo('/topic/annotated')
  @SendToUser({ destinations: ['/queue/own'], broadcast: false })
  bothVoid() {}
  @MessageMapping('/explicit') explicit() {
    return reply('for everybody').to('/topic/annotated');
  }
  @MessageMapping('/with-headers') withHeaders() {
    return reply('x').headers({ color: 'red', 'correlation-id': 'mine' });
  }
  @MessageMapping('/number') number(@Header('n', Number) n: number) {
    return n;
  }
  @MessageExceptionHandler(Refused) refused({ message }: Refused) {
    return { refused: message };
  }
}

function application(options: ApplicationOptions = {}): Application {
  return createApplication({
    controllers: [Calculator, AnsweringController],
    logger: silentLogger,
    authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
    ...options,
  });
}

/** Asks as a stock client does. */
function ask(client: TestClient, destination: string, payload?: unknown, headers: Record<string, string> = {}): void {
  client.sendWithoutReceipt(destination, payload, {
    'reply-to': '/user/queue/replies',
    'correlation-id': '7',
    ...headers,
  });
}

describe('a request with reply-to and correlation-id', () => {
  test.each([
    ['/app/sum', [1, 2, 3], 6],
    ['/app/late', undefined, 'late'],
    ['/app/void', undefined, null],
    ['/app/published', undefined, null],
    ['/app/refuse', undefined, { refused: 'no' }],
    ['/app/to-sender', undefined, 'for the sender'],
    ['/app/to-sender-void', undefined, null],
    ['/app/class-to-sender', undefined, 'for the sender'],
  ])('%s is answered at the reply destination', async (destination, payload, answer) => {
    await using app = application();
    await using client = await connect(app);
    const replies = await client.subscribe('/user/queue/replies');
    const everybody = await client.subscribe('/topic/**');

    ask(client, destination, payload);

    expect(await replies.nextMessage()).toMatchObject({
      payload: answer,
      headers: { 'correlation-id': '7', destination: '/user/queue/replies' },
    });
    await everybody.expectNothing();
  });

  test('every item of a stream is an answer', async () => {
    await using app = application();
    await using client = await connect(app);
    const replies = await client.subscribe('/user/queue/replies');

    ask(client, '/app/stream');

    for (const item of [1, 2]) {
      expect(await replies.nextMessage()).toMatchObject({ payload: item, headers: { 'correlation-id': '7' } });
    }
  });

  test('no other session is answered: not of another user, nor of the same one', async () => {
    await using app = application();
    await using client = await connect(app, { login: 'alice' });
    await using tablet = await connect(app, { login: 'alice' });
    await using bob = await connect(app, { login: 'bob' });
    const replies = await client.subscribe('/user/queue/replies');
    const others = [await tablet.subscribe('/user/queue/replies'), await bob.subscribe('/user/queue/replies')];

    ask(client, '/app/late');

    expect(await replies.next()).toBe('late');
    for (const other of others) await other.expectNothing();
  });

  test('a failure is answered there too, with code and correlation id, and the session lives on', async () => {
    await using app = application();
    await using client = await connect(app);
    const replies = await client.subscribe('/user/queue/replies');

    ask(client, '/app/fail');
    ask(client, '/app/number', undefined, { 'correlation-id': '8' });

    expect(await replies.nextMessage()).toMatchObject({
      payload: { code: 'HANDLER_FAILED', message: 'The message could not be handled.' },
      headers: { 'correlation-id': '7', code: 'HANDLER_FAILED' },
    });
    expect(await replies.nextMessage()).toMatchObject({
      payload: { code: 'ARGUMENT_MISSING' },
      headers: { 'correlation-id': '8' },
    });
  });

  test('so is a request that nobody handles', async () => {
    await using app = application();
    await using client = await connect(app);
    const replies = await client.subscribe('/user/queue/replies');

    ask(client, '/app/unknown');

    expect(await replies.next()).toMatchObject({ code: 'DESTINATION_UNKNOWN' });
  });

  test('works without correlation-id, and with a reply that has headers of its own', async () => {
    await using app = application();
    await using client = await connect(app);
    const replies = await client.subscribe('/user/queue/replies');

    client.sendWithoutReceipt('/app/late', undefined, { 'reply-to': '/user/queue/replies' });
    ask(client, '/app/with-headers');

    expect((await replies.nextMessage()).headers['correlation-id']).toBeUndefined();
    expect((await replies.nextMessage()).headers).toMatchObject({ color: 'red', 'correlation-id': 'mine' });
  });

  test('is answered with its correlation-id even when replyHeaders lists others', async () => {
    await using app = application({ replyHeaders: ['color'] });
    await using client = await connect(app);
    const replies = await client.subscribe('/user/queue/replies');

    ask(client, '/app/late', undefined, { color: 'red' });

    expect((await replies.nextMessage()).headers).toMatchObject({ color: 'red', 'correlation-id': '7' });
  });

  test('a RECEIPT comes behind the answer', async () => {
    await using app = application();
    await using client = await connect(app);
    const replies = await client.subscribe('/user/queue/replies');

    await client.send('/app/late', undefined, { 'reply-to': '/user/queue/replies' });

    expect(replies.size).toBe(1);
  });
});

describe('reply-to and annotations', () => {
  test.each(['/app/annotated', '/app/explicit'])(
    'what says where it goes goes there and nowhere else: %s',
    async (destination) => {
      await using app = application();
      await using client = await connect(app);
      const replies = await client.subscribe('/user/queue/replies');
      const everybody = await client.subscribe('/topic/annotated');

      ask(client, destination);

      expect(await everybody.nextMessage()).toMatchObject({
        payload: 'for everybody',
        headers: { 'correlation-id': '7' },
      });
      await replies.expectNothing();
    },
  );

  test('reply-to may mean something else to a handler with annotations', async () => {
    await using app = application();
    await using client = await connect(app);
    const own = await client.subscribe('/user/queue/own');

    await client.send('/app/to-user', undefined, { 'reply-to': 'message 4711' });

    expect(await own.next()).toBe('for the user');
  });
});

describe('reply-to and what goes to the asking session alone', () => {
  test('takes the place of all its destinations, and of no others', async () => {
    await using app = application();
    await using client = await connect(app);
    const replies = await client.subscribe('/user/queue/replies');
    const own = [await client.subscribe('/user/queue/own'), await client.subscribe('/user/queue/own-too')];
    const everybody = await client.subscribe('/topic/annotated');

    ask(client, '/app/both');

    expect(await replies.nextMessage()).toMatchObject({ payload: 'for both', headers: { 'correlation-id': '7' } });
    expect(await everybody.next()).toBe('for both');
    await replies.expectNothing();
    for (const inbox of own) await inbox.expectNothing();
  });

  test('a result that is nothing answers the request and nobody else', async () => {
    await using app = application();
    await using client = await connect(app);
    const replies = await client.subscribe('/user/queue/replies');
    const everybody = await client.subscribe('/topic/annotated');

    ask(client, '/app/both-void');

    expect(await replies.next()).toBe(null);
    await everybody.expectNothing();
  });

  test('without it the result goes where the method says', async () => {
    await using app = application();
    await using client = await connect(app);
    const own = await client.subscribe('/user/queue/own');

    await client.send('/app/to-sender');
    await client.send('/app/to-sender-void');

    expect(await own.next()).toBe('for the sender');
    await own.expectNothing();
  });

  test.each([
    ['/app/class-refuse', 'no', 'HANDLER_FAILED'],
    ['/app/class-refuse-coded', 'TOO_LATE', 'TOO_LATE'],
    ['/app/to-everybody', 'no', 'HANDLER_FAILED'],
  ])(
    'what an exception handler gives comes there with the code of the error: %s',
    async (destination, refused, code) => {
      await using app = application();
      await using client = await connect(app);
      const replies = await client.subscribe('/user/queue/replies');
      const own = await client.subscribe('/user/queue/own');

      ask(client, destination);

      expect(await replies.nextMessage()).toMatchObject({
        payload: { refused },
        headers: { 'correlation-id': '7', code },
      });
      await own.expectNothing();
    },
  );

  test('a result has no code, and neither has what an exception handler gives to other destinations', async () => {
    await using app = application();
    await using client = await connect(app);
    const replies = await client.subscribe('/user/queue/replies');
    const own = await client.subscribe('/user/queue/own');

    ask(client, '/app/class-to-sender');
    client.sendWithoutReceipt('/app/class-refuse-coded');

    expect((await replies.nextMessage()).headers['code']).toBeUndefined();
    expect((await own.nextMessage()).headers['code']).toBeUndefined();
  });

  test.each(['/topic/replies', '/user/somewhere/else', 'message 4711'])(
    'where it is %p the result is refused before the handler runs, and the refusal goes where its handler says',
    async (replyTo) => {
      await using app = application();
      await using client = await connect(app);
      const own = await client.subscribe('/user/queue/own');
      const errors = await client.subscribe('/user/queue/errors');
      const everybody = await client.subscribe('/topic/**');

      ask(client, '/app/class-to-sender', undefined, { 'reply-to': replyTo });
      ask(client, '/app/to-everybody', undefined, { 'reply-to': replyTo });

      expect(await errors.next()).toMatchObject({ code: 'REPLY_TO_REFUSED' });
      expect(await own.next()).toEqual({ refused: 'no' });
      await everybody.expectNothing();
    },
  );
});

describe('a reply-to that names anything but a user destination of the sender', () => {
  test.each([
    '/topic/replies',
    '/queue/replies',
    '/queue/replies-user1234',
    '/app/sum',
    '/user/bob/queue/replies',
    '/user//queue/replies',
    '/user//user/queue/replies',
    '/user/',
    '/user',
    '/users/queue/replies',
    'replies',
    '',
  ])('%p is refused before the handler runs', async (replyTo) => {
    await using app = application();
    await using client = await connect(app);
    await using bob = await connect(app, { login: 'bob' });
    const errors = await client.subscribe('/user/queue/errors');
    const heard = [await bob.subscribe('/user/queue/replies'), await bob.subscribe('/topic/**')];
    sums = 0;

    ask(client, '/app/sum', [1], { 'reply-to': replyTo });

    expect(await errors.next()).toMatchObject({ code: 'REPLY_TO_REFUSED' });
    expect(sums).toBe(0);
    for (const inbox of heard) await inbox.expectNothing();
  });

  test('is not published to everybody by an exception handler that does not say where its result goes', async () => {
    @Controller()
    class Careless {
      @MessageMapping('/work') work() {
        return 'done';
      }
      @MessageExceptionHandler(Error) failed({ message }: Error) {
        return message;
      }
    }
    await using app = application({ controllers: [Careless] });
    await using client = await connect(app);
    const errors = await client.subscribe('/user/queue/errors');
    const everybody = await client.subscribe('/topic/**');

    ask(client, '/app/work', undefined, { 'reply-to': '/topic/replies' });

    expect(await errors.next()).toMatchObject({ code: 'REPLY_TO_REFUSED' });
    await everybody.expectNothing();
  });

  test('may be the error destination', async () => {
    await using app = application();
    await using client = await connect(app);
    const errors = await client.subscribe('/user/queue/errors');

    ask(client, '/app/late', undefined, { 'reply-to': '/user/queue/errors' });

    expect(await errors.next()).toBe('late');
  });
});

test('another user prefix and a broker of dotted names work alike', async () => {
  await using app = application({
    userDestinationPrefix: '/me',
    broker: simpleBroker({ destinationPrefixes: ['topic', 'queue'] }),
  });
  await using client = await connect(app);
  const replies = await client.subscribe('/me/queue.replies');

  ask(client, '/app/late', undefined, { 'reply-to': '/me/queue.replies' });

  expect(await replies.next()).toBe('late');
});

describe('sendAndReceive of the testing kit', () => {
  test('resolves with the payload of the reply, whatever else is going on', async () => {
    await using app = application();
    await using client = await connect(app);

    const answers = await Promise.all([
      client.sendAndReceive<number>('/app/sum', [1, 2]),
      client.sendAndReceive<number>('/app/sum', [3, 4]),
    ]);

    expect(answers).toEqual([3, 7]);
  });

  test('rejects with the code of what an exception handler has taken', async () => {
    await using app = application();
    await using client = await connect(app);

    await expect(client.sendAndReceive('/app/class-refuse-coded')).rejects.toMatchObject({ code: 'TOO_LATE' });
  });

  test('rejects with the code of a failure', async () => {
    await using app = application();
    await using client = await connect(app);

    await expect(client.sendAndReceive('/app/fail')).rejects.toMatchObject({
      name: 'StompServerError',
      code: 'HANDLER_FAILED',
      message: 'HANDLER_FAILED: The message could not be handled.',
    });
  });
});

test('a stock client asks over a real socket', async () => {
  await using server = await listen({ controllers: [Calculator] });
  const client = new Client({ webSocketFactory: () => new WebSocket(server.url, ['v12.stomp']), reconnectDelay: 0 });
  const answer = await new Promise<IMessage>((resolve) => {
    client.onConnect = () => {
      client.subscribe('/user/queue/replies', resolve);
      client.publish({
        destination: '/app/sum',
        body: '[1,2,3]',
        headers: { 'reply-to': '/user/queue/replies', 'correlation-id': '7' },
      });
    };
    client.activate();
  });
  await client.deactivate();

  expect([answer.body, answer.headers['correlation-id']]).toEqual(['6', '7']);
});

test('what the template promises a handler is no result', async () => {
  @Controller()
  class Publishing {
    @MessageMapping('/publish') publish() {
      return app.template.convertAndSend('/topic/published', 'x');
    }
    @MessageMapping('/notify') notify() {
      return app.template.convertAndSendToUser('bob', '/queue/notes', 'x');
    }
    @MessageMapping('/notify-all') notifyAll() {
      return Promise.all(['bob', 'eve'].map((name) => app.template.convertAndSendToUser(name, '/queue/notes', 'x')));
    }
    @MessageMapping('/notify-each') async *notifyEach() {
      for (const name of ['bob', 'eve']) yield await app.template.convertAndSendToUser(name, '/queue/notes', 'x');
      yield 'done';
    }
  }
  await using app = application({ controllers: [Publishing] });
  await using client = await connect(app);
  const everybody = await client.subscribe('/topic/**');

  await client.send('/app/notify');
  await client.send('/app/notify-all');
  await everybody.expectNothing();
  await client.send('/app/notify-each');

  expect(everybody.messages.map(({ payload }) => payload)).toEqual(['done']);
  expect(await client.sendAndReceive('/app/notify-all')).toBe(null);
  expect(await client.sendAndReceive('/app/publish')).toBe(null);
  expect(await client.sendAndReceive('/app/notify')).toBe(null);
});

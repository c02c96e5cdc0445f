import { connect } from '@treadle/testing';
import {
  Controller,
  ControllerAdvice,
  createApplication,
  createParameterDecorator,
  DestinationVariable,
  EventListener,
  Header,
  Headers,
  type Message,
  MessageExceptionHandler,
  MessageMapping,
  NativeHeaders,
  Payload,
  Principal,
  Scheduled,
  SendTo,
  SendToUser,
  SessionConnectedEvent,
  SessionScoped,
  silentLogger,
  SubscribeMapping,
  TimeLimit,
  Concurrent,
  UseInterceptors,
} from '../../src/index';
import { IsString } from 'class-validator';

class ChatMessage {
  @IsString() text!: string;
}

class Guard {
  beforeHandle(): void {}
}

const Locale = createParameterDecorator(function locale(): string {
  return 'en';
});

@Controller()
@MessageMapping('/chat')
class ChatController {
  @MessageMapping('/{room}')
  @SendTo('/topic/chat/{room}')
  @SendToUser({ destinations: ['/queue/sent'], broadcast: false })
  @UseInterceptors(Guard)
  @Concurrent(4)
  @TimeLimit(1_000)
  say(
    @Payload() message: ChatMessage,
    @DestinationVariable('room') _room: string,
    @Header('page', { defaultValue: 1 }) _page: number,
    @Headers() _headers: NativeHeaders,
    @Principal() _principal: Principal | undefined,
    @Locale() _locale: string,
    @Payload([String], { path: 'names', required: false }) _names: string[] | undefined,
    _signal: AbortSignal,
  ): ChatMessage {
    return message;
  }

  @SubscribeMapping('/rooms')
  @Concurrent(1)
  rooms(): string[] {
    return [];
  }

  @MessageMapping('/open')
  open(): void {}

  @MessageExceptionHandler()
  wrong(_error: RangeError): void {}
}

@ControllerAdvice()
class Advice {
  @MessageExceptionHandler(TypeError, SyntaxError)
  on(): void {}
}

@SessionScoped()
class Cart {}

class Clock {
  @Scheduled({ fixedRate: 60_000 })
  tick(): void {}

  @EventListener(SessionConnectedEvent)
  note(_event: SessionConnectedEvent): void {}
}

const create = () =>
  createApplication({
    controllers: [ChatController, Advice],
    services: [Clock, Cart],
    endpoints: ['/ws', { path: '/partners', allowedOrigins: ['https://a.example.org'] }],
    applicationDestinationPrefixes: ['/app', '/v2'],
    authenticate: () => ({ name: 'alice' }),
    interceptors: { clientInbound: [{ preSend: (message: Message) => message }] },
    presence: true,
    logger: silentLogger,
  });

describe('application.describe()', () => {
  test('tells of every mapping what it answers, what its method takes and where its result goes', () => {
    const [say, rooms, open] = create().describe().mappings;

    expect(say).toEqual({
      type: 'MESSAGE',
      pattern: '/chat/{room}',
      destinations: ['/app/chat/{room}', '/v2/chat/{room}'],
      handler: 'ChatController.say',
      parameters: [
        { kind: 'payload', type: 'ChatMessage', required: true },
        { kind: 'destinationVariable', name: 'room', type: 'String', required: true },
        { kind: 'header', name: 'page', type: 'Number', required: false },
        { kind: 'headers', type: 'NativeHeaders', required: true },
        { kind: 'principal', type: 'Object', required: true },
        { kind: 'locale', type: 'String', required: true },
        { kind: 'payload', name: 'names', type: '[String]', required: false },
        { kind: 'AbortSignal', required: true },
      ],
      results: [
        { to: 'session', destination: '/queue/sent', isDeclared: true },
        { to: 'everybody', destination: '/topic/chat/{room}', isDeclared: true },
      ],
      interceptors: ['Guard'],
      concurrency: 4,
      timeLimitMs: 1_000,
    });
    expect(rooms).toMatchObject({
      type: 'SUBSCRIBE',
      results: [{ to: 'subscription', isDeclared: false }],
      concurrency: 1, // one at a time, beside the order of the session; that is `false`
    });
    expect(open).toMatchObject({
      results: [{ to: 'everybody', destination: '/topic/chat/open', isDeclared: false }],
      concurrency: false,
      timeLimitMs: 'unlimited',
    });
  });

  test('tells of everything around them', () => {
    const { mappings: _mappings, limits, warnings, ...rest } = create().describe();

    expect(rest).toEqual({
      controllers: [
        {
          name: 'ChatController',
          scope: 'application',
          exceptionHandlers: [{ error: 'RangeError', handler: 'ChatController.wrong' }],
        },
      ],
      advices: [
        {
          name: 'Advice',
          controllers: ['ChatController'],
          exceptionHandlers: [
            { error: 'TypeError', handler: 'Advice.on' },
            { error: 'SyntaxError', handler: 'Advice.on' },
          ],
        },
      ],
      services: [
        { name: 'Clock', scope: 'application' },
        { name: 'Cart', scope: 'session' },
      ],
      scheduledMethods: [{ name: 'Clock.tick', trigger: 'every 60000 ms' }],
      eventListeners: [{ name: 'Clock.note', events: ['SessionConnectedEvent'] }],
      broker: { kind: 'SimpleBroker', destinationPrefixes: ['/topic', '/queue'] },
      prefixes: { application: ['/app', '/v2'], user: '/user', separator: '/' },
      tcpListeners: [],
      endpoints: [
        { path: '/ws', allowedOrigins: [], allowedOriginPatterns: [], compression: false, interceptors: [] },
        {
          path: '/partners',
          allowedOrigins: ['https://a.example.org'],
          allowedOriginPatterns: [],
          compression: false,
          interceptors: [],
        },
      ],
      channels: { clientInbound: ['AuthenticationInterceptor', 'object'], broker: [], clientOutbound: [] },
      messageConverters: ['StringMessageConverter', 'ByteArrayMessageConverter', 'JsonMessageConverter'],
      heartBeat: { sends: 10_000, expects: 10_000 },
      presence: '/topic/presence',
    });
    expect(limits).toMatchObject({ sessions: 10_000, handlerTimeMs: 'unlimited' });
    expect(warnings).toEqual([]);
  });

  test('is plain data, the same each time, before and after the start', async () => {
    await using application = create();
    const before = application.describe();

    const alice = await connect(application);
    await alice.disconnect();

    expect(JSON.parse(JSON.stringify(before))).toEqual(before);
    expect(application.describe()).toEqual(before);
  });
});

import 'reflect-metadata';
import { connect, FakeClock } from '@treadle/testing';
import { type Application, createApplication } from '../src/application.js';
import { Controller, MessageMapping, Payload, SendTo } from '../src/index.js';
import { ConfigurationError } from '../src/foundation/errors.js';
import { silentLogger } from '../src/foundation/logger.js';
import type { Message } from '../src/messaging/message.js';
import { type ApplicationOptions, DEFAULTS } from '../src/options.js';
import { SessionDisconnectEvent } from '../src/events/session-events.js';
import { listen } from './transport/listening-application.js';
import { RawWebSocket } from './transport/raw-web-socket.js';
import { WebSocketClient } from './transport/web-socket-client.js';

const quiet = (options: ApplicationOptions = {}): Application =>
  createApplication({ logger: silentLogger, ...options });

/** A controller that is busy until it is told to finish. */
function busyController() {
  let finish: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  @Controller()
  class BusyController {
    @MessageMapping('/busy')
    async work(): Promise<void> {
      begin();
      await new Promise<void>((resolve) => (finish = resolve));
    }
  }
  return { BusyController, begun, finish: () => finish() };
}

describe('listening', () => {
  it('tells where, and serves the endpoint there', async () => {
    await using server = await listen({ endpoints: ['/stomp', '/other'] });
    await using client = await WebSocketClient.connect(server.url);

    expect(server.address).toEqual({
      host: '127.0.0.1',
      port: server.port,
      url: `ws://127.0.0.1:${server.port}/stomp`,
    });
    expect(client.frames).toHaveLength(1);
  });

  it('on all interfaces names one that works', async () => {
    await using application = quiet();

    const { url } = await application.listen(0);

    expect(url).toMatch(/^ws:\/\/localhost:\d+\/ws$/);
  });

  it('at a port in use fails and says so; the application can be stopped', async () => {
    await using server = await listen();
    await using second = quiet();

    await expect(second.listen(server.port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
  });

  it.each([
    [['8080'], "listen, port: it is the text '8080'; give a whole number from 0, for any free one, to 65535"],
    [['abc'], "listen, port: it is the text 'abc'"],
    [[undefined], 'listen, port: it is undefined'],
    [[70_000], 'listen, port: it is 70000'],
    [[0, ''], "listen, host: it is the text ''; give a name or address of this machine, such as '127.0.0.1'"],
    [[0, { host: '::1' }], 'listen, host: it is an object'],
  ])('at %j is refused before anything starts', async (given, expected) => {
    await using application = createApplication({ logger: silentLogger });

    const listening = application.listen(...(given as unknown as [number])); // as JavaScript may give them

    await expect(listening).rejects.toThrow(expected);
    expect(application.isBrokerAvailable).toBe(false);
  });

  it('may happen on several ports', async () => {
    await using application = quiet();
    const addresses = [await application.listen(0, '127.0.0.1'), await application.listen(0, '127.0.0.1')];

    for (const { url } of addresses) {
      await using client = await WebSocketClient.connect(url);
      expect(client.frames).toHaveLength(1);
    }
  });
});

describe('stopping', () => {
  it('closes every session with 1001, frees the port and leaves nothing open', async () => {
    const before = openHandles().length;
    const server = await listen();
    const clients = [await WebSocketClient.connect(server.url), await WebSocketClient.connect(server.url)];

    await server.application.stop();
    const ends = await Promise.all(clients.map(({ closed }) => closed));
    const again = quiet();
    const address = await again.listen(server.port, '127.0.0.1');
    await again.stop();

    expect(ends).toEqual([
      { code: 1001, reason: 'SERVER_STOPPING' },
      { code: 1001, reason: 'SERVER_STOPPING' },
    ]);
    expect(address.port).toBe(server.port);
    expect(openHandles().length).toBeLessThanOrEqual(before);
  });

  it('does not wait for half a handshake, nor for who never spoke', async () => {
    const server = await listen();
    await using silent = await RawWebSocket.connect(server.port);
    await using half = await RawWebSocket.connect(server.port);
    half.write('GET /ws HTTP/1.1\r\nHost: x\r\nUpgr');
    await using refused = await RawWebSocket.upgrade(server.port, '/nowhere');

    await server.application.stop();
    await Promise.all([silent.closed, half.closed, refused.closed]);

    expect(half.received).toBe('');
  });

  it('lets a handler in progress finish, and its receipt out', async () => {
    const { BusyController, begun, finish } = busyController();
    const server = await listen({ controllers: [BusyController] });
    await using client = await WebSocketClient.connect(server.url);
    client.type('SEND\ndestination:/app/busy\nreceipt:done\n\n\0');
    await begun;

    const stopped = server.application.stop();
    await using late = await RawWebSocket.connect(server.port).catch(() => undefined);
    finish();
    await stopped;

    expect((await client.next('RECEIPT')).headers['receipt-id']).toBe('done');
    expect((await client.closed).code).toBe(1001);
    expect(late).toBeUndefined();
  });

  it('stops services when the last session has ended and everybody was told', async () => {
    const log: string[] = [];
    const later = (text: string): Promise<unknown> => new Promise(setImmediate).then(() => log.push(text));
    class Store {
      onApplicationStop(): void {
        log.push('service stopped');
      }
    }
    const handledLater = {
      preSend: async (message: Message) => {
        if (message.type === 'DISCONNECT') await later('DISCONNECT handled');
        return message;
      },
    };
    const application = quiet({ services: [Store], interceptors: { clientInbound: [handledLater] } });
    application.events.on(SessionDisconnectEvent, () => later('listener done'));
    await connect(application);

    await application.stop();

    expect(log).toEqual(['DISCONNECT handled', 'listener done', 'service stopped']);
  });

  it('waits for a handler no longer than stopTimeMs', async () => {
    const { BusyController, begun } = busyController();
    const clock = new FakeClock();
    const application = quiet({ controllers: [BusyController], clock, limits: { stopTimeMs: 3000 } });
    const client = await connect(application);
    client.sendWithoutReceipt('/app/busy');
    await begun;

    let isStopped = false;
    const stopped = application.stop().then(() => (isStopped = true));
    await clock.advance(2999);
    const before = isStopped;
    await clock.advance(1);
    await stopped;

    expect(before).toBe(false);
    expect((await client.closed).code).toBe(1001);
    expect(clock.timerCount).toBe(0);
  });

  it('while services start leaves nothing listening, and whoever listens is told', async () => {
    let start: () => void = () => undefined;
    class SlowService {
      onApplicationStart(): Promise<void> {
        return new Promise((resolve) => (start = resolve));
      }
    }
    const application = quiet({ services: [SlowService] });
    const listening = application.listen(0, '127.0.0.1');
    await new Promise(setImmediate);

    const stopped = application.stop();
    start();

    await expect(listening).rejects.toThrow(ConfigurationError);
    await stopped;
    expect(process.getActiveResourcesInfo()).not.toContain('TCPServerWrap');
  });

  it('keeps the process alive until services have stopped, be everybody else gone', async () => {
    const { BusyController, begun } = busyController();
    const clock = new FakeClock();
    const application = quiet({ controllers: [BusyController], clock });
    const client = await connect(application);
    client.sendWithoutReceipt('/app/busy');
    await begun;
    const timers = (): number => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const before = timers();

    const stopped = application.stop();
    const meanwhile = timers();
    await clock.advance(DEFAULTS.limits.stopTimeMs);
    await stopped;

    expect(meanwhile).toBe(before + 1);
    expect(timers()).toBe(before);
  });

  it('waits for a client that does not take its close no longer than stopTimeMs', async () => {
    const server = await listen({ limits: { stopTimeMs: 50 } });
    await using client = await WebSocketClient.connect(server.url);
    client.webSocket.pause();

    await server.application.stop();

    expect(server.application.sessionCount).toBe(0);
  });

  it('is done once, however often it is asked for, also before any start', async () => {
    const application = quiet();

    await Promise.all([application.stop(), application.stop()]);

    await expect(application.start()).rejects.toThrow('An application that was stopped cannot be started again');
  });

  it('refuses later connections', async () => {
    const application = quiet();
    await application.start();
    await application.stop();

    await expect(connect(application)).rejects.toThrow('stopped');
  });
});

describe('options', () => {
  it('have the documented defaults', () => {
    const application = quiet();

    expect(application.limits).toEqual(DEFAULTS.limits);
    expect(quiet({ limits: { sessions: 7, sendTimeMs: undefined } }).limits).toEqual({
      ...DEFAULTS.limits,
      sessions: 7,
    });
  });

  it.each<[ApplicationOptions, string]>([
    [{ endpoints: ['ws'] }, "endpoint 'ws': its path does not begin with a slash; write endpoints: ['/ws']"],
    [
      { endpoints: ['/ws?x'] },
      "endpoint '/ws?x': requests are compared without their query, and it has one; write the path alone",
    ],
    [{ endpoints: ['/ws', { path: '/ws' }] }, "endpoint '/ws': it is given twice; leave one out"],
    [{ endpoints: [{ path: '/ws', allowedOrigins: ['*'] }] }, "write allowedOrigins: '*', without a list"],
    [{ endpoints: [{ path: '/ws', allowedOrigins: ['https://app.example/'] }] }, 'which no browser sends'],
    [
      { endpoints: [{ path: '/ws', allowedOrigins: ['app.example'] }] },
      "write an origin such as 'https://app.example.org'",
    ],
    [{ limits: { frameBodyOctets: 0 } }, 'limits.frameBodyOctets: it is 0; give a number from 1 on'],
    [{ limits: { sessions: Number.NaN } }, 'limits.sessions: it is NaN; give a number from 1 on'],
    [
      { limits: { sendTimeMs: Number.POSITIVE_INFINITY } },
      'limits.sendTimeMs: it is Infinity; give at most 2147483647 milliseconds',
    ],
    [{ heartBeat: { sends: -1 } }, 'heartBeat.sends: it is -1; give a whole number of milliseconds, 0 for none'],
    [{ heartBeat: { expects: 0.5 } }, 'heartBeat.expects: it is 0.5; give a whole number of milliseconds, 0 for none'],
  ])('that cannot be meant fail at once, with the cure: %j', (options, message) => {
    expect(() => quiet(options)).toThrow(ConfigurationError);
    expect(() => quiet(options)).toThrow(message);
  });

  it('may allow origins of any scheme', () => {
    const allowedOrigins = [
      'https://app.example',
      'http://localhost:3000',
      'chrome-extension://abcdef',
      'capacitor://localhost',
    ];

    expect(() => quiet({ endpoints: [{ path: '/ws', allowedOrigins }] })).not.toThrow();
  });
});

describe('what the application sends to a destination that nobody serves', () => {
  it('is refused, so that neither a promise nor a receipt says that it went anywhere', async () => {
    @Controller()
    class Lost {
      @MessageMapping('/lost')
      @SendTo('/topics/typo')
      answer(): string {
        return 'x';
      }
    }
    await using application = quiet({ controllers: [Lost] });
    const client = await connect(application);

    const code = 'DESTINATION_UNSERVED';
    await expect(application.template.convertAndSend('/topics/typo', 'x')).rejects.toMatchObject({ code });
    await expect(application.template.convertAndSend('/app/lost', 'x')).rejects.toMatchObject({ code });
    await expect(client.send('/app/lost')).rejects.toMatchObject({ code: 'HANDLER_FAILED' });
  });

  it('below a user prefix is refused when the user is there and the rest is no destination of the broker', async () => {
    await using application = quiet({ authenticate: ({ login }) => ({ name: login ?? '' }) });
    await connect(application, { login: 'alice' });

    await expect(application.template.convertAndSendToUser('alice', '/queues/typo', 'x')).rejects.toMatchObject({
      code: 'DESTINATION_UNSERVED',
    });
    const reached = application.template.convertAndSendToUser('alice', '/queue/right', 'x');
    await expect(reached).resolves.toEqual({ sessions: 0 });
  });
});

describe('two applications in one process', () => {
  it('are independent: neither hears what is said in the other', async () => {
    @Controller()
    class EchoController {
      @MessageMapping('/echo')
      echo(@Payload(String) text: string): string {
        return text;
      }
    }
    await using one = quiet({ controllers: [EchoController] });
    await using other = quiet({ controllers: [EchoController] });
    const [alice, bob] = [await connect(one), await connect(other)];
    const inbox = await alice.subscribe('/topic/echo');
    const otherInbox = await bob.subscribe('/topic/echo');

    await alice.send('/app/echo', 'in one');
    await one.template.convertAndSend('/topic/echo', 'from the template');

    expect([await inbox.next(), await inbox.next()]).toEqual(['in one', 'from the template']);
    await otherInbox.expectNothing();
    expect([one.sessionCount, other.sessionCount]).toEqual([1, 1]);
    expect(one.container).not.toBe(other.container);
  });
});

/** Sockets and servers that keep the process alive; the test runner's own included. */
function openHandles(): string[] {
  return process.getActiveResourcesInfo().filter((each) => /TCP|Timeout/.test(each));
}

import 'reflect-metadata';
import { connect, FakeClock, type TestClient } from '@treadle/testing';
import { IsArray } from 'class-validator';
import { Observable } from 'rxjs';
import {
  type Application,
  type ApplicationStats,
  Controller,
  createApplication,
  type LimitOptions,
  MemoryConnection,
  MessageMapping,
  Payload,
  SendTo,
  silentLogger,
  SubscribeMapping,
} from 'treadle';
import { DEFAULTS } from '../src/options';
import { deferred, settled, until } from './session/session-fixture';

class Numbers {
  @IsArray()
  numbers!: number[];
}

let work = deferred();

@Controller()
class Busy {
  @MessageMapping('/work')
  async work(): Promise<void> {
    await work.promise;
  }

  @MessageMapping('/numbers')
  numbers(@Payload(Numbers) _numbers: Numbers): void {}

  @SubscribeMapping('/endless')
  async *endless(signal: AbortSignal): AsyncGenerator<string> {
    yield 'begun';
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  }

  @MessageMapping('/fast')
  @SendTo('/topic/fast')
  fast(): Observable<number> {
    return new Observable((subscriber) => {
      for (let item = 0; item < 100; item += 1) subscriber.next(item);
    });
  }
}

/** What a client does to a limit of an application. */
interface Breach {
  readonly limit: keyof LimitOptions;
  readonly limits: Partial<LimitOptions>;
  readonly breach: (client: TestClient, application: Application, clock: FakeClock) => unknown;
  /** The number that shows it. */
  readonly number: (stats: ApplicationStats) => number | undefined;
}

const ended =
  (code: string) =>
  ({ sessions }: ApplicationStats): number | undefined =>
    sessions.endedByCode[code];
const refused =
  (code: string) =>
  ({ sessions }: ApplicationStats): number | undefined =>
    sessions.refusedByCode[code];

const send = (headers: string, body = ''): string => `SEND\ndestination:/topic/a\n${headers}\n${body}\0`;
const subscribe = (client: TestClient, id: string, destination = '/topic/a'): void =>
  client.sendFrame('SUBSCRIBE', { id, destination });
const begin = (client: TestClient, transaction: string): void => client.sendFrame('BEGIN', { transaction });
const sendIn = (client: TestClient, transaction: string, body: string): void =>
  client.sendFrame('SEND', { transaction, destination: '/topic/a' }, Buffer.from(body));

async function workTwice(client: TestClient, application: Application): Promise<void> {
  const second = await connect(application);
  const third = await connect(application);
  for (const each of [client, second, third]) each.sendWithoutReceipt('/app/work');
}

function stall(client: TestClient, application: Application, octets: number): void {
  subscribe(client, '1');
  client.stopReading();
  for (let count = 0; count < 3; count += 1) {
    void application.template.convertAndSend('/topic/a', 'x'.repeat(octets));
  }
}

const BREACHES: readonly Breach[] = [
  {
    limit: 'frameHeaders',
    limits: { frameHeaders: 5 },
    breach: (client) => client.sendOctets(send('a:1\nb:1\nc:1\nd:1\ne:1\n')),
    number: ended('STOMP_HEADER_COUNT_EXCEEDED'),
  },
  {
    limit: 'frameHeaderLineOctets',
    limits: { frameHeaderLineOctets: 50 },
    breach: (client) => client.sendOctets(send(`a:${'x'.repeat(50)}\n`)),
    number: ended('STOMP_HEADER_LINE_TOO_LONG'),
  },
  {
    limit: 'frameBodyOctets',
    limits: { frameBodyOctets: 10 },
    breach: (client) => client.sendOctets(send('', 'x'.repeat(11))),
    number: ended('STOMP_BODY_TOO_LARGE'),
  },
  {
    limit: 'payloadValues',
    limits: { payloadValues: 3 },
    breach: (client) => client.sendWithoutReceipt('/app/numbers', { numbers: [1, 2, 3] }),
    number: refused('PAYLOAD_INVALID'),
  },
  {
    limit: 'inboundQueueFrames',
    limits: { inboundQueueFrames: 2 },
    breach: (client) => {
      for (let count = 0; count < 4; count += 1) client.sendWithoutReceipt('/app/work');
    },
    number: ({ sessions }) => sessions.paused,
  },
  {
    limit: 'inboundQueueOctets',
    limits: { inboundQueueOctets: 100 },
    breach: (client) => {
      for (let count = 0; count < 2; count += 1) client.sendWithoutReceipt('/app/work', 'x'.repeat(100));
    },
    number: ({ sessions }) => sessions.paused,
  },
  {
    limit: 'framesPerSecond',
    limits: { framesPerSecond: 2 },
    breach: (client) => client.sendOctets(send('').repeat(3)),
    number: ended('FRAME_RATE_EXCEEDED'),
  },
  {
    limit: 'octetsPerSecond',
    limits: { octetsPerSecond: 200 },
    breach: (client) => client.sendOctets(send('', 'x'.repeat(200))),
    number: ended('OCTET_RATE_EXCEEDED'),
  },
  {
    limit: 'handlersInFlight',
    limits: { handlersInFlight: 2 },
    breach: workTwice,
    number: ({ handlers }) => handlers.waiting,
  },
  {
    limit: 'handlersWaiting',
    limits: { handlersInFlight: 1, handlersWaiting: 1 },
    breach: workTwice,
    number: refused('SERVER_BUSY'),
  },
  {
    limit: 'handlerTimeMs',
    limits: { handlerTimeMs: 100 },
    breach: async (client, _application, clock) => {
      client.sendWithoutReceipt('/app/work');
      await clock.advance(100);
    },
    number: refused('HANDLER_TIME_EXCEEDED'),
  },
  {
    limit: 'streams',
    limits: { streams: 1 },
    breach: (client) => {
      for (const id of ['1', '2']) subscribe(client, id, '/app/endless');
    },
    number: refused('STREAM_LIMIT_EXCEEDED'),
  },
  {
    limit: 'streamBufferItems',
    limits: { streamBufferItems: 3 },
    breach: (client) => client.sendWithoutReceipt('/app/fast'),
    number: refused('STREAM_OVERFLOW'),
  },
  {
    limit: 'sendBufferOctets',
    limits: { sendBufferOctets: 1_000 },
    breach: async (client, application) => {
      stall(client, application, 600);
      await settled();
      await application.template.convertAndSend('/topic/a', 'x');
    },
    number: ended('SLOW_CONSUMER'),
  },
  {
    limit: 'sendTimeMs',
    limits: { sendTimeMs: 500 },
    breach: async (client, application, clock) => {
      stall(client, application, 10);
      await clock.advance(2_000);
    },
    number: ended('SLOW_CONSUMER'),
  },
  {
    limit: 'subscriptions',
    limits: { subscriptions: 1 },
    breach: (client) => {
      for (const id of ['1', '2']) subscribe(client, id);
    },
    number: ended('SUBSCRIPTION_LIMIT_EXCEEDED'),
  },
  {
    limit: 'transactions',
    limits: { transactions: 1 },
    breach: (client) => {
      for (const id of ['1', '2']) begin(client, id);
    },
    number: ended('TRANSACTION_LIMIT_EXCEEDED'),
  },
  {
    limit: 'transactionFrames',
    limits: { transactionFrames: 1 },
    breach: (client) => {
      begin(client, '1');
      for (const body of ['a', 'b']) sendIn(client, '1', body);
    },
    number: ended('TRANSACTION_LIMIT_EXCEEDED'),
  },
  {
    limit: 'transactionOctets',
    limits: { transactionOctets: 100 },
    breach: (client) => {
      begin(client, '1');
      sendIn(client, '1', 'x'.repeat(101));
    },
    number: ended('TRANSACTION_LIMIT_EXCEEDED'),
  },
  {
    limit: 'connectTimeMs',
    limits: { connectTimeMs: 700 },
    breach: async (_client, application, clock) => {
      application.accept(silentConnection(application));
      await clock.advance(700);
    },
    number: ended('CONNECT_TIME_EXCEEDED'),
  },
  {
    limit: 'sessions',
    limits: { sessions: 1 },
    breach: (_client, application) => application.accept(silentConnection(application)),
    number: ended('SESSION_LIMIT_EXCEEDED'),
  },
  {
    limit: 'lingerTimeMs',
    limits: { lingerTimeMs: 300 },
    breach: async (client, _application, clock) => {
      client.sendWithoutReceipt('/app/work');
      client.drop();
      await clock.advance(300);
    },
    number: ({ sessions }) => sessions.abandoned,
  },
];

/** Where the rest is shown: before there is a session, or when there is nobody left to look. */
const SHOWN_ELSEWHERE: readonly (keyof LimitOptions)[] = ['handshakeTimeMs', 'stopTimeMs'];

function silentConnection({ limits, clock }: Application): MemoryConnection {
  return new MemoryConnection({ limits, clock, listener: { onOctets() {}, onClose() {} } });
}

describe('application.stats()', () => {
  beforeEach(() => {
    work = deferred();
  });
  afterEach(() => work.resolve());

  it.each(BREACHES)('shows that a client met limits.$limit', async ({ limits, breach, number }) => {
    const clock = new FakeClock();
    await using application = createApplication({ controllers: [Busy], logger: silentLogger, clock, limits });
    const client = await connect(application);
    const before = number(application.stats()) ?? 0;

    await breach(client, application, clock);
    await until(() => number(application.stats()) !== before && number(application.stats()) !== undefined);
    const after = number(application.stats());
    work.resolve();

    expect([before, after]).toEqual([0, 1]);
  });

  it('has a number for every limit', () => {
    const shown = [...BREACHES.map(({ limit }) => limit), ...SHOWN_ELSEWHERE];

    expect(shown.toSorted()).toEqual(Object.keys(DEFAULTS.limits).toSorted());
  });
});

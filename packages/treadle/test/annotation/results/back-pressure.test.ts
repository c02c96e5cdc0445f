import { connect, FakeClock } from '@treadle/testing';
import {
  type ApplicationOptions,
  type ChannelInterceptor,
  Controller,
  createApplication,
  MessageMapping,
  SendTo,
  SessionDisconnectEvent,
  silentLogger,
  SubscribeMapping,
} from '../../../src/index';
import { listen } from '../../transport/listening-application';
import { WebSocketClient } from '../../transport/web-socket-client';
import { turns } from './stream-fixture';

const ITEM = 'x'.repeat(1000);

/** Nobody pulls so many who waits for room; without an end, a stream that does not wait would hang its test. */
const FAR_TOO_MANY = 5_000;

/** A controller whose streams do not end; `pulled` is how many items were asked for. */
function endlessStream(item = ITEM) {
  @Controller()
  class Endless {
    static pulled = 0;

    @SubscribeMapping('/items') *items() {
      while (Endless.pulled < FAR_TOO_MANY) {
        Endless.pulled += 1;
        yield item;
      }
    }
    @MessageMapping('/publish') @SendTo('/topic/items') *published() {
      yield* this.items();
    }
  }
  return Endless;
}

function quiet(options: ApplicationOptions) {
  return createApplication({ logger: silentLogger, heartBeat: { sends: 0, expects: 0 }, ...options });
}

/** Resolves when a number has stayed the same for many turns of the event loop. */
async function settled(read: () => number, quietTurns = 50): Promise<number> {
  for (let round = 0; round < 100; round += 1) {
    const before = read();
    await turns(quietTurns);
    if (read() === before) return before;
  }
  throw new Error('it does not come to rest');
}

describe('a stream and a client that stops reading', () => {
  test('the next item is pulled when the client has room again; nothing is lost', async () => {
    const Endless = endlessStream();
    await using application = quiet({ controllers: [Endless], limits: { sendBufferOctets: 20_000 } });
    await using client = await connect(application);
    const inbox = await client.subscribe('/app/items');

    client.stopReading();
    const atRest = await settled(() => Endless.pulled);
    const missing = atRest - inbox.messages.length;
    client.readAgain();
    while (inbox.messages.length < atRest + 100) await inbox.next();

    // Half of the buffer, and what is under way within one turn.
    expect(missing).toBeGreaterThanOrEqual(9);
    expect(missing).toBeLessThan(20);
    expect(application.sessionCount).toBe(1);
  });

  test('the slowest receiver of a topic sets the pace, until its own limits end it', async () => {
    const Endless = endlessStream();
    const clock = new FakeClock();
    await using application = quiet({
      controllers: [Endless],
      clock,
      limits: { sendBufferOctets: 20_000, sendTimeMs: 3_000 },
    });
    await using fast = await connect(application);
    await using slow = await connect(application);
    const inbox = await fast.subscribe('/topic/items');
    await slow.subscribe('/topic/items');
    slow.stopReading();

    fast.sendWithoutReceipt('/app/publish');
    const atRest = await settled(() => inbox.messages.length);
    await clock.advance(3_000);
    while (inbox.messages.length < atRest + 100) await inbox.next();

    expect(atRest).toBeLessThan(20);
    expect((await slow.closed).code).toBe(1006);
  });

  test('an UNSUBSCRIBE ends a stream that waits for room', async () => {
    const Endless = endlessStream();
    await using application = quiet({ controllers: [Endless], limits: { sendBufferOctets: 20_000 } });
    await using client = await connect(application);
    const inbox = await client.subscribe('/app/items');
    client.stopReading();
    await settled(() => Endless.pulled);

    const unsubscribed = inbox.unsubscribe();
    await turns(2);
    client.readAgain();
    await unsubscribed;
    const pulled = Endless.pulled;
    await turns(10);

    expect(Endless.pulled).toBe(pulled);
  });

  test('messages that wait behind an asynchronous interceptor count too', async () => {
    const Endless = endlessStream();
    const held: (() => void)[] = [];
    const hold: ChannelInterceptor = {
      preSend: (message) =>
        message.destination === '/topic/items' ? new Promise((resolve) => held.push(() => resolve(message))) : message,
    };
    await using application = quiet({
      controllers: [Endless],
      interceptors: { clientOutbound: [hold] },
      limits: { sendBufferOctets: 20_000 },
    });
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/items');

    await client.send('/app/publish');
    const atRest = await settled(() => Endless.pulled);
    for (let count = 0; count < 100; count += 1) {
      while (held.length === 0) await turns(1);
      held.shift()?.();
    }
    while (inbox.messages.length < 100) await inbox.next();

    expect(atRest).toBe(1);
    expect(application.sessionCount).toBe(1);
  });
});

describe('over a real socket', () => {
  test.each([
    ['plain', false],
    ['compressed', true],
  ])(
    'a %s client that stops reading stops the stream, and gets the rest when it reads again',
    async (_name, compression) => {
      // Incompressible, so that the operating system's buffers fill.
      const Endless = endlessStream(Array.from({ length: 16_384 }, () => Math.random().toString(36).slice(2)).join(''));
      await using server = await listen({
        controllers: [Endless],
        endpoints: [{ path: '/ws', compression }],
        limits: { sendBufferOctets: 1024 * 1024 },
      });
      const ends: SessionDisconnectEvent[] = [];
      server.application.events.on(SessionDisconnectEvent, (event) => ends.push(event));
      await using client = await WebSocketClient.connect(server.url, '', { perMessageDeflate: compression });
      client.type('SUBSCRIBE\nid:1\ndestination:/app/items\n\n\0');

      client.webSocket.pause();
      const atRest = await settled(() => Endless.pulled, 2_000);
      client.webSocket.resume();
      while (client.frames.length < atRest + 20) await turns(1);

      expect(ends).toEqual([]);
      expect(Endless.pulled).toBeGreaterThan(atRest);
    },
  );
});

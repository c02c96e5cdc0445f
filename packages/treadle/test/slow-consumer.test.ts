import { connect, FakeClock, type TestClient } from '@treadle/testing';
import { type Application, createApplication } from '../src/application.js';
import { silentLogger } from '../src/foundation/logger.js';
import type { Message } from '../src/messaging/message.js';
import type { ApplicationOptions } from '../src/options.js';
import { SessionDisconnectEvent } from '../src/events/session-events.js';
import { listen, nextSessionEnd } from './transport/listening-application.js';
import { WebSocketClient } from './transport/web-socket-client.js';

const clock = new FakeClock();
const quiet = (options: ApplicationOptions = {}): Application =>
  createApplication({ logger: silentLogger, clock, heartBeat: { sends: 0, expects: 0 }, ...options });

/** Clients that subscribed to `/topic/x`, as many as asked for. */
async function subscribers(application: Application, count: number): Promise<TestClient[]> {
  const clients: TestClient[] = [];
  for (let index = 0; index < count; index += 1) {
    const client = await connect(application);
    await client.subscribe('/topic/x');
    clients.push(client);
  }
  return clients;
}

const messagesOf = (client: TestClient): number => client.frames.filter(({ command }) => command === 'MESSAGE').length;

describe('a client that has stalled', () => {
  it('costs only its own session: a hundred others get everything, and the publisher never waits', async () => {
    await using application = quiet({ limits: { sendBufferOctets: 10_000 } });
    const ends: SessionDisconnectEvent[] = [];
    application.events.on(SessionDisconnectEvent, (event) => ends.push(event));
    const [stalled, ...healthy] = await subscribers(application, 101);
    stalled?.stopReading();

    let isWaiting = false;
    for (let round = 0; round < 50; round += 1) {
      const sent: unknown = application.template.convertAndSend('/topic/x', 'x'.repeat(1000));
      isWaiting ||=
        sent instanceof Promise && (await Promise.race([sent.then(() => false), Promise.resolve().then(() => true)]));
      await clock.advance(1);
    }

    expect(isWaiting).toBe(false);
    expect(new Set(healthy.map(messagesOf))).toEqual(new Set([50]));
    expect(await stalled?.closed).toEqual({ code: 1006, reason: '' });
    expect(ends.map(({ code, reason }) => ({ code, reason }))).toEqual([{ code: 4500, reason: 'SLOW_CONSUMER' }]);
    expect(application.sessionCount).toBe(100);
  });

  it('is given up after sendTimeMs, though nothing more is sent to it', async () => {
    await using application = quiet({ limits: { sendTimeMs: 3000 } });
    const [stalled] = await subscribers(application, 1);
    stalled?.stopReading();
    await application.template.convertAndSend('/topic/x', 'unread');

    await clock.advance(2999);
    const before = application.sessionCount;
    await clock.advance(1);

    expect(before).toBe(1);
    expect(application.sessionCount).toBe(0);
  });

  it('is kept if it reads again in time, and has lost nothing', async () => {
    await using application = quiet({ limits: { sendTimeMs: 3000 } });
    const [slow] = await subscribers(application, 1);

    for (let round = 0; round < 20; round += 1) {
      slow?.stopReading();
      await application.template.convertAndSend('/topic/x', 'x'.repeat(1000));
      await clock.advance(2500);
      slow?.readAgain();
      await clock.advance(1);
    }

    expect(slow && messagesOf(slow)).toBe(20);
    expect(application.sessionCount).toBe(1);
  });

  it('is cleaned up while others are being delivered to: nobody is skipped and nobody gets a message twice', async () => {
    await using application = quiet({ limits: { sendBufferOctets: 1 } });
    const clients = await subscribers(application, 10);
    for (const [index, client] of clients.entries()) if (index % 2 === 0) client.stopReading();

    for (let round = 0; round < 3; round += 1) {
      await application.template.convertAndSend('/topic/x', 'tick');
      await clock.advance(1);
    }

    expect(clients.filter((_, index) => index % 2 === 1).map(messagesOf)).toEqual([3, 3, 3, 3, 3]);
    expect(application.sessionCount).toBe(5);
  });

  it.each([false, true])(
    'over a real socket is cut off, and the others get everything; compression %s',
    async (compression) => {
      await using server = await listen({
        endpoints: [{ path: '/ws', compression }],
        limits: { sendBufferOctets: 100_000 },
      });
      await using stalled = await WebSocketClient.connect(server.url, '', { perMessageDeflate: compression });
      await using healthy = await WebSocketClient.connect(server.url, '', { perMessageDeflate: compression });
      await stalled.subscribe('1', '/topic/x');
      await healthy.subscribe('1', '/topic/x');
      const ended = nextSessionEnd(server.application);
      stalled.webSocket.pause();

      let rounds = 0;
      while (server.application.sessionCount === 2 && rounds < 2000) {
        // Random text does not compress.
        await server.application.template.convertAndSend('/topic/x', randomText(50_000));
        await healthy.next('MESSAGE');
        rounds += 1;
      }

      expect((await ended).reason).toBe('SLOW_CONSUMER');
      expect(healthy.frames.filter(({ command }) => command === 'MESSAGE')).toHaveLength(rounds);
      expect(server.application.sessionCount).toBe(1);
    },
  );

  it('over a compressed socket is given up after sendTimeMs too', async () => {
    await using server = await listen({
      endpoints: [{ path: '/ws', compression: true }],
      limits: { sendBufferOctets: 100_000_000, sendTimeMs: 200 },
    });
    await using stalled = await WebSocketClient.connect(server.url, '', { perMessageDeflate: true });
    await stalled.subscribe('1', '/topic/x');
    const ended = nextSessionEnd(server.application);
    stalled.webSocket.pause();

    for (let count = 0; count < 400; count += 1) {
      await server.application.template.convertAndSend('/topic/x', randomText(60_000));
    }

    expect((await ended).reason).toBe('SLOW_CONSUMER');
  });
});

describe('a client behind an interceptor that does not keep up', () => {
  it('gets what came before and then ERROR: nothing is left out in a session that lives on', async () => {
    const held: (() => void)[] = [];
    const preSend = (message: Message): Promise<Message> => new Promise((resolve) => held.push(() => resolve(message)));
    await using application = quiet({
      limits: { sendBufferOctets: 10_000 },
      interceptors: { clientOutbound: [{ preSend }] },
    });
    const client = await connect(application);
    await client.subscribe('/topic/x');

    for (let round = 0; round < 50; round += 1) void application.template.convertAndSend('/topic/x', 'x'.repeat(1000));
    await client.closed;
    for (const letGo of held) letGo();

    expect(client.errorFrame?.headers['code']).toBe('SLOW_CONSUMER');
    expect(messagesOf(client)).toBe(0);
    expect(application.sessionCount).toBe(0);
  });
});

describe('a client that reads', () => {
  it('gets one message larger than the whole buffer limit', async () => {
    await using server = await listen({ limits: { sendBufferOctets: 1000, frameBodyOctets: 8_000_000 } });
    await using client = await WebSocketClient.connect(server.url);
    await client.subscribe('1', '/topic/x');

    await server.application.template.convertAndSend('/topic/x', 'x'.repeat(5_000_000));

    expect((await client.next('MESSAGE')).body).toHaveLength(5_000_000);
  });
});

function randomText(length: number): string {
  return Array.from({ length: length / 10 }, () => Math.random().toString(36).slice(2, 12).padEnd(10, 'x')).join('');
}

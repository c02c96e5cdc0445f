import { Client } from '@stomp/stompjs';
import { createApplication, silentLogger, simpleBroker } from 'treadle';
import { WebSocket } from 'ws';
import { RecoveringSubscription } from './client';
import { application } from './server';

beforeAll(() => {
  // The examples log to the console, as applications do.
  for (const level of ['warn', 'error', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterAll(() => application.stop());

const ROOM = '/topic/rooms/tea';

interface Recovered extends AsyncDisposable {
  readonly shown: string[];
  readonly reloads: () => number;
  /** Resolves when so many were shown. */
  until(count: number): Promise<void>;
  /** Loses the connection without a word and comes back when `meanwhile` is done. */
  loseConnection(meanwhile: () => Promise<void>): Promise<void>;
}

async function start(url: () => string): Promise<Recovered> {
  const shown: string[] = [];
  let reloads = 0;
  let noticed: () => void = () => undefined;
  const room = new RecoveringSubscription(
    ROOM,
    ({ body }) => {
      shown.push(body);
      noticed();
    },
    () => (reloads += 1),
  );
  const client = new Client({ reconnectDelay: 0, webSocketFactory: () => new WebSocket(url(), ['v12.stomp']) });
  const connected = (): Promise<void> =>
    new Promise((resolve) => {
      client.onConnect = () => {
        room.subscribe(client);
        const receipt = String(Math.random());
        client.watchForReceipt(receipt, () => resolve());
        client.publish({ destination: '/topic/other', headers: { receipt } });
      };
      client.activate();
    });
  await connected();
  return {
    shown,
    reloads: () => reloads,
    async until(count) {
      while (shown.length < count) await new Promise<void>((resolve) => (noticed = resolve));
    },
    async loseConnection(meanwhile) {
      await client.deactivate({ force: true });
      await meanwhile();
      await connected();
    },
    [Symbol.asyncDispose]: () => client.deactivate(),
  };
}

test('a client of the page misses nothing across a lost connection', async () => {
  const { url } = await application.listen(0, '127.0.0.1');
  await using client = await start(() => url);
  await application.template.convertAndSend(ROOM, 'a');
  await client.until(1);

  await client.loseConnection(async () => {
    await application.template.convertAndSend(ROOM, 'b');
    await application.template.convertAndSend(ROOM, 'c');
  });
  await application.template.convertAndSend(ROOM, 'd');
  await client.until(4);

  expect(client.shown).toEqual(['a', 'b', 'c', 'd']);
  expect(client.reloads()).toBe(0);
});

test('a client of the page reloads when the server has begun anew, and then goes on', async () => {
  const create = () =>
    createApplication({
      logger: silentLogger,
      broker: simpleBroker({ policies: [{ destinations: '/topic/rooms/*', history: { messages: 200 } }] }),
    });
  await using before = create();
  await using after = create();
  let { url } = await before.listen(0, '127.0.0.1');
  await using client = await start(() => url);
  await before.template.convertAndSend(ROOM, 'a');
  await client.until(1);

  await client.loseConnection(async () => {
    ({ url } = await after.listen(0, '127.0.0.1'));
    await after.template.convertAndSend(ROOM, 'b');
  });
  await client.until(2);

  expect([client.shown, client.reloads()]).toEqual([['a', 'b'], 1]);
});

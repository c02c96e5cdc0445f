import { Client } from '@stomp/stompjs';
import { connect } from '@treadle/testing';
import { WebSocket } from 'ws';
import { watchCheapRedCars, watchOthers } from './client';
import { application, withRabbitWildcards } from './subscriptions';

beforeAll(() => {
  // The examples log to the console, as applications do.
  for (const level of ['warn', 'error', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterAll(async () => {
  await application.stop();
  await withRabbitWildcards.stop();
});

const cars = [
  { color: 'red', price: 4000 },
  { color: 'red', price: 9000 },
  { color: 'blue', price: 2000 },
];

test('a stock client asks with a selector, and leaves out its own', async () => {
  const { url } = await application.listen(0, '127.0.0.1');
  const client = new Client({ webSocketFactory: () => new WebSocket(url, ['v12.stomp']), reconnectDelay: 0 });
  const selected: unknown[] = [];
  const ofOthers: unknown[] = [];
  await new Promise<void>((resolve) => {
    client.onConnect = () => resolve();
    client.activate();
  });
  await using other = await connect(application);
  watchCheapRedCars(client, ({ body }) => selected.push(JSON.parse(body)));
  watchOthers(client, ({ body }) => ofOthers.push(JSON.parse(body)));
  await receipt(client);

  for (const car of cars) await other.send('/app/cars/york', car);
  client.publish({ destination: '/app/cars/leeds', body: JSON.stringify({ color: 'red', price: 1000 }) });
  await receipt(client);

  expect(selected).toEqual([cars[0], { color: 'red', price: 1000 }]);
  expect(ofOthers).toEqual(cars);
  await client.deactivate();
});

test('words of RabbitMQ', async () => {
  await using client = await connect(withRabbitWildcards);
  const inbox = await client.subscribe('/topic/cars.#');

  await client.send('/topic/cars.york.red', 'x');

  expect(await inbox.next()).toBe('x');
});

/** Resolves when everything that the client sent before has been handled. */
function receipt(client: Client): Promise<void> {
  return new Promise((resolve) => {
    client.watchForReceipt('all', () => resolve());
    client.publish({ destination: '/topic/unheard', headers: { receipt: 'all' } });
  });
}

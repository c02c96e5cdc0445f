import { Client } from '@stomp/stompjs';
import { connect } from '@treadle/testing';
import { WebSocket } from 'ws';
import { moveCups } from './client';
import { application } from './transactions';

beforeAll(() => {
  // The example logs to the console, as applications do.
  for (const level of ['warn', 'error', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterAll(() => application.stop());

test('cups move at COMMIT, and not before', async () => {
  await using client = await connect(application);
  const stock = await client.subscribe('/topic/stock');

  const transaction = await client.begin();
  await transaction.send('/app/stock/shelf', -2);
  await transaction.send('/app/stock/table', 2);
  await stock.expectNothing();
  await transaction.commit();

  expect(await stock.next()).toEqual({ place: 'shelf', cups: 3 });
  expect(await stock.next()).toEqual({ place: 'table', cups: 2 });
});

test('a message that fails is the answer to COMMIT', async () => {
  await using client = await connect(application);

  const transaction = await client.begin();
  await transaction.send('/app/stock/shelf', -7);
  const error: unknown = await transaction.commit().catch((reason: unknown) => reason);

  expect(error).toMatchObject({ code: 'TOO_FEW_CUPS' });
});

test('a stock client moves cups, and learns of failures at its error destination', async () => {
  const { url } = await application.listen(0, '127.0.0.1');
  const client = new Client({ webSocketFactory: () => new WebSocket(url, ['v12.stomp']), reconnectDelay: 0 });
  const received: unknown[] = [];
  await new Promise<void>((resolve) => {
    client.onConnect = () => resolve();
    client.activate();
  });
  client.subscribe('/topic/stock', ({ body }) => received.push(JSON.parse(body)));
  client.subscribe('/user/queue/errors', ({ body }) => received.push(JSON.parse(body)));

  moveCups(client, 'table', 'shelf', 2);
  moveCups(client, 'table', 'shelf', 9);
  await receipt(client);

  expect(received).toMatchObject([
    { place: 'table', cups: 0 },
    { place: 'shelf', cups: 5 },
    { code: 'TOO_FEW_CUPS', destination: '/app/stock/table' },
    { place: 'shelf', cups: 14 },
  ]);
  await client.deactivate();
});

/** Resolves when everything that the client sent before has been handled. */
function receipt(client: Client): Promise<void> {
  return new Promise((resolve) => {
    client.watchForReceipt('all', () => resolve());
    client.publish({ destination: '/topic/unheard', headers: { receipt: 'all' } });
  });
}

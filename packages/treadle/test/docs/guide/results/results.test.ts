import { connect } from '@treadle/testing';
import { application, store } from './results';

afterAll(() => application.stop());

test('results go where the annotations say', async () => {
  await using client = await connect(application);
  const [one, all] = [await client.subscribe('/topic/trades/ACME'), await client.subscribe('/topic/trades')];
  const position = await client.subscribe('/user/queue/position');

  await client.send('/app/trades/ACME', 5, { 'trace-id': 't1' });
  await client.send('/app/trades/position');

  expect(await one.nextMessage()).toMatchObject({
    payload: { symbol: 'ACME', amount: 5 },
    headers: { 'trace-id': 't1' },
  });
  expect(await all.next()).toEqual({ symbol: 'ACME', amount: 5 });
  expect(await position.next()).toEqual({ shares: 7 });
  expect(await (await client.subscribe('/app/trades/open')).next()).toEqual(['ACME', 'INIT']);
});

test('a reply says where it goes itself', async () => {
  await using client = await connect(application);
  const orders = await client.subscribe('/topic/orders');
  const refusals = await client.subscribe('/user/queue/refusals');
  const thanks = await client.subscribe('/user/queue/thanks');

  await client.send('/app/orders', 'cake');
  await client.send('/app/orders', 'tea');
  await client.send('/app/orders/both', 'milk');

  expect(await orders.nextMessage()).toMatchObject({ payload: { item: 'cake' }, headers: { priority: '9' } });
  expect(await refusals.next()).toEqual({ refused: 'tea' });
  expect([await orders.next(), await thanks.next()]).toEqual([{ item: 'milk' }, 'thank you']);
});

test('a view of an instance is made by the handler', async () => {
  await using client = await connect(application);

  expect(await (await client.subscribe('/app/account')).next()).toEqual({ owner: 'alice' });
});

test('own return value handlers take what they support', async () => {
  await using client = await connect(application);

  await client.send('/app/notes', 'milk');

  expect(store.get('notes')).toEqual(['milk']);
});

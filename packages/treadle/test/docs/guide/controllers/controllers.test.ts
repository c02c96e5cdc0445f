import { connect } from '@treadle/testing';
import { application, dotted, shop } from './controllers';

afterAll(() => Promise.all([application, dotted, shop].map((each) => each.stop())));

test('a trade is published with its number', async () => {
  await using client = await connect(application);
  const trades = await client.subscribe('/topic/trades');

  await client.send('/app/trades/execute', { action: 'buy', ticker: 'TEA', shares: 3 });

  expect(await trades.next()).toEqual({ number: 1, action: 'buy', ticker: 'TEA', shares: 3 });
});

test('a trade beyond the limit, and one that breaks the rules, are refused to the one who sent them', async () => {
  await using client = await connect(application);
  const refusals = await client.subscribe('/user/queue/refusals');

  await client.send('/app/trades/execute', { action: 'buy', ticker: 'TEA', shares: 3_000 });
  await client.send('/app/trades/execute', { action: 'lend', ticker: 'TEA', shares: 3 });

  expect(await refusals.next()).toEqual({ reason: '3000 shares are more than 1000' });
  expect(await refusals.next()).toMatchObject({ reason: expect.stringContaining('action') as string });
});

test('variables are taken from the destination and put into others', async () => {
  await using client = await connect(application);
  const room = await client.subscribe('/topic/rooms/tea');
  const seats = await client.subscribe('/user/queue/seats');

  await client.send('/app/rooms/tea/messages', 'hi');
  await client.send('/app/rooms/tea/seats.7');

  expect(await room.next()).toEqual({ text: 'hi', from: 'somebody' });
  expect(await seats.next()).toEqual({ room: 'tea', seat: 7 });
});

test('placeholders have the values of the properties, or their defaults', async () => {
  await using client = await connect(shop);
  const orders = await client.subscribe('/topic/orders/7');

  await client.send('/app/orders/7', undefined, { trace: 't1' });

  expect(await orders.next()).toEqual({ id: '7', trace: 't1' });
});

test('dots part segments when they are told to', async () => {
  await using client = await connect(dotted);
  const colours = await client.subscribe('/topic/red.*.*');

  await client.send('/app/red.blue.tea');

  expect(await colours.next()).toEqual({ green: 'tea' });
});

test('a composed decorator is all of its decorators', async () => {
  await using client = await connect(application);
  const news = await client.subscribe('/topic/news');

  await client.send('/app/news', 'it rains');

  expect(await news.next()).toEqual({ headline: 'it rains' });
});

test('headers are taken one by one, all together and with the message', async () => {
  await using client = await connect(application);
  const echoes = await client.subscribe('/user/queue/echo');

  await client.send('/app/echo', undefined, { tag: 'a', 'correlation-id': '17' });

  expect(await echoes.next()).toEqual({ priority: 5, correlationId: '17', tags: ['a'], octets: 0 });
});

test('a subscription is answered once', async () => {
  await using client = await connect(application);

  const inbox = await client.subscribe('/app/now');

  expect(await inbox.next()).toEqual({ now: expect.any(String) as string });
});

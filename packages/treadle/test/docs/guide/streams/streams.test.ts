import { connect } from '@treadle/testing';
import { application } from './streams';

beforeAll(() => {
  jest.spyOn(console, 'info').mockImplementation(() => {}); // the example logs to the console, as applications do
});
afterAll(() => application.stop());

test('a generator gives one MESSAGE per item until the subscription ends', async () => {
  await using client = await connect(application);
  const quotes = await client.subscribe('/app/quotes/ACME');

  const prices = [await quotes.next(), await quotes.next(), await quotes.next()];
  await quotes.unsubscribe();

  expect(prices).toEqual([100, 101, 102].map((price) => ({ symbol: 'ACME', price })));
});

test('a stream is published like any result', async () => {
  await using client = await connect(application);
  const rows = await client.subscribe('/topic/rows');

  await client.send('/app/export');

  expect([await rows.next(), await rows.next()]).toEqual(['first row', 'second row']);
});

test('an Observable is a stream', async () => {
  await using client = await connect(application);
  const countdown = await client.subscribe('/app/countdown');

  for (const count of [3, 2, 1, 0]) expect(await countdown.next()).toBe(count);
});

test('the last item may say that it is the last', async () => {
  await using client = await connect(application);
  const pages = await client.subscribe('/app/pages');

  const [first, second, last] = [await pages.next(), await pages.next(), await pages.nextMessage()];

  expect([first, second]).toEqual([{ page: 1 }, { page: 2 }]);
  expect(last).toMatchObject({ payload: { pages: 2 }, headers: { 'stream-end': 'true' } });
});

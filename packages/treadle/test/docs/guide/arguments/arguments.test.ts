import { connect } from '@treadle/testing';
import { application } from './arguments';

afterAll(() => application.stop());

/** What an answer to one SEND is. */
async function answerTo(
  destination: string,
  { inbox, payload, headers }: { inbox: string; payload?: unknown; headers?: Readonly<Record<string, string>> },
): Promise<unknown> {
  await using client = await connect(application, { login: 'ada' });
  const answers = await client.subscribe(`/user/queue/${inbox}`);
  await client.send(destination, payload, headers);
  return await answers.next();
}

test('arguments become the types of their parameters', async () => {
  const payload = { article: 'tea', amount: 2 };
  const headers = { priority: 'express', voucher: 'X' };

  expect(await answerTo('/app/orders/ulm/lines/2026-01-31', { inbox: 'orders', payload, headers })).toEqual({
    article: 'tea',
    amount: 2,
    shop: 'ulm',
    day: '2026-01-31T00:00:00.000Z',
    priority: 'express',
    voucher: 'X',
  });
});

test('schemas give their output', async () => {
  const headers = { page: '3' };

  expect(await answerTo('/app/search/music', { inbox: 'found', payload: { text: ' fado ' }, headers })).toEqual({
    text: 'fado',
    limit: 20,
    category: 'music',
    page: 3,
  });
});

test('parts of a payload may be arguments of their own', async () => {
  const payload = { basket: { lines: [{ article: 'tea', amount: 2 }] } };

  expect(await answerTo('/app/basket', { inbox: 'basket', payload, headers: { tag: 'a' } })).toEqual({
    articles: ['tea'],
    note: '',
    tags: ['a'],
  });
});

test('attributes, signals, decorators and resolvers of the application do as the page says', async () => {
  expect(await answerTo('/app/count', { inbox: 'count' })).toEqual({ count: 1 });
  expect(await answerTo('/app/forecast/ulm', { inbox: 'forecast' })).toEqual({ sky: 'blue above ulm' });
  expect(await answerTo('/app/greet', { inbox: 'greetings', headers: { 'accept-language': 'de' } })).toEqual({
    greeting: 'Guten Tag',
  });
  expect(await answerTo('/app/invoices', { inbox: 'invoices', headers: { tenant: 'acme' } })).toEqual({
    invoicesOf: 'acme',
  });
});

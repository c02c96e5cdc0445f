import 'reflect-metadata';
import { LISTED_STOCKS } from '../src/quotes/stock.js';
import { type PriceAlert, PriceAlerts } from '../src/quotes/price-alerts.js';
import type { PriceChange, Quote } from '../src/quotes/quote.js';
import { PortfolioFixture } from './kit/portfolio-fixture.js';

let portfolio: PortfolioFixture;

beforeEach(() => {
  portfolio = new PortfolioFixture();
});
afterEach(() => portfolio[Symbol.asyncDispose]());

describe('quotes', () => {
  test('a subscription to /app/quotes is answered with every stock', async () => {
    await using harbour = await portfolio.connect('harbour');

    const quotes = await (await harbour.subscribe('/app/quotes')).next<Quote[]>();

    expect(quotes.map(({ ticker }) => ticker)).toEqual(LISTED_STOCKS.map(({ ticker }) => ticker));
    expect(quotes[0]).toEqual({ ...LISTED_STOCKS[0], price: 13_240, history: [13_240] });
  });

  test('a wildcard subscription gets the change of every price', async () => {
    await using harbour = await portfolio.connect('harbour');
    const changes = await harbour.subscribe('/topic/price.stock.*');

    await portfolio.move({ LOOM: 13_300, FLAX: 4_000 });

    expect(await changes.next<PriceChange>()).toMatchObject({ ticker: 'LOOM', price: 13_300 });
    expect(await changes.nextMessage()).toMatchObject({
      headers: { destination: '/topic/price.stock.FLAX', 'content-type': 'application/json' },
      payload: { ticker: 'FLAX', price: 4_000 },
    });
    await changes.expectNothing();
  });

  test('a subscription to one stock gets no other', async () => {
    await using harbour = await portfolio.connect('harbour');
    const changes = await harbour.subscribe('/topic/price.stock.FLAX');

    await portfolio.move({ LOOM: 13_300, FLAX: 4_000 });

    expect(await changes.next<PriceChange>()).toMatchObject({ ticker: 'FLAX' });
    await changes.expectNothing();
  });

  test('a price that stays is not published', async () => {
    await using harbour = await portfolio.connect('harbour');
    const changes = await harbour.subscribe('/topic/price.stock.*');

    await portfolio.move({ LOOM: 13_240 });

    await changes.expectNothing();
  });

  test('a late page gets the recent past, at most sixty prices', async () => {
    await using harbour = await portfolio.connect('harbour');
    for (let step = 1; step <= 70; step += 1) await portfolio.move({ LOOM: 13_240 + step });

    const [loom] = await (await harbour.subscribe('/app/quotes')).next<Quote[]>();

    expect(loom?.price).toBe(13_310);
    expect(loom?.history).toHaveLength(60);
    expect(loom?.history.at(-1)).toBe(13_310);
  });

  test('the market stands still when the application has stopped', async () => {
    await portfolio.connect('harbour');

    await portfolio.server.stop();
    await portfolio.move({ LOOM: 1 });

    expect(portfolio.quotes.require('LOOM').price).toBe(13_240);
    expect(portfolio.clock.timerCount).toBe(0);
  });
});

describe('price alerts', () => {
  test('each crossing of the limit is one message, in both directions', async () => {
    await using harbour = await portfolio.connect('harbour');
    const alerts = await harbour.subscribe('/app/alerts/LOOM/133.50');

    for (const price of [13_300, 13_350, 13_400, 13_349]) await portfolio.move({ LOOM: price });

    expect(await alerts.next<PriceAlert>()).toMatchObject({
      side: 'above',
      limit: 13_350,
      price: 13_350,
      message: 'LOOM has reached $133.50: now $133.50.',
    });
    expect(await alerts.next<PriceAlert>()).toMatchObject({
      side: 'below',
      message: 'LOOM has fallen below $133.50: now $133.49.',
    });
    await alerts.expectNothing();
  });

  test('a change right after the receipt is not missed', async () => {
    await using harbour = await portfolio.connect('harbour');
    const alerts = await harbour.subscribe('/app/alerts/LOOM/140');

    portfolio.market.set('LOOM', 14_000);
    await portfolio.quotes.sendQuotes();

    expect(await alerts.next<PriceAlert>()).toMatchObject({ side: 'above' });
  });

  test('are watched for from the call on, not from the first item on', async () => {
    await portfolio.server.application.start();
    const alerts = portfolio.server.application.container.resolve(PriceAlerts);
    const controller = new AbortController();

    const watched = alerts.watch('LOOM', 140, controller.signal);
    await portfolio.move({ LOOM: 14_000 });

    for await (const alert of watched) {
      expect(alert).toMatchObject({ side: 'above', price: 14_000 });
      break;
    }
    controller.abort();
  });

  test('other stocks do not set it off', async () => {
    await using harbour = await portfolio.connect('harbour');
    const alerts = await harbour.subscribe('/app/alerts/LOOM/140');

    await portfolio.move({ FLAX: 14_100 });

    await alerts.expectNothing();
  });

  test.each(['UNSUBSCRIBE', 'the end of the session'])('%s ends the stream', async (end) => {
    await using harbour = await portfolio.connect('harbour');
    const alerts = await harbour.subscribe('/app/alerts/LOOM/140');
    const listeners = () => portfolio.quotes.listenerCount('LOOM');
    expect(listeners()).toBe(1);

    if (end === 'UNSUBSCRIBE') await alerts.unsubscribe();
    else await harbour.disconnect();
    await portfolio.clock.advance(0);

    expect(listeners()).toBe(0);
    await portfolio.move({ LOOM: 14_100 });
    await alerts.expectNothing();
  });

  test.each([
    ['XYZ', '10', 'TICKER_UNKNOWN', 'Nothing is traded here as XYZ.'],
    ['LOOM', '0', 'LIMIT_INVALID', 'The limit of an alert is a price from $0.01 to $1,000,000.00.'],
    ['LOOM', '1.2.3', 'ARGUMENT_INVALID', expect.stringMatching(/./)],
  ])('for %s at %s are refused with %s', async (ticker, limit, code, message) => {
    await using harbour = await portfolio.connect('harbour');
    const errors = await harbour.subscribe('/user/queue/errors');

    await harbour.subscribe(`/app/alerts/${ticker}/${limit}`);

    expect(await errors.next()).toMatchObject({ code, message });
  });
});

import { TradeJournal } from '../src/trades/trade-journal.js';
import type { PortfolioSnapshot } from '../src/trades/portfolio.js';
import type { PositionUpdate } from '../src/trades/trade-service.js';
import { order, PortfolioFixture } from './kit/portfolio-fixture.js';

let portfolio: PortfolioFixture;

beforeEach(() => {
  portfolio = new PortfolioFixture();
});
afterEach(() => portfolio[Symbol.asyncDispose]());

describe('positions', () => {
  test('a subscription to /app/positions is answered with the portfolio of the one who asks', async () => {
    await using meadow = await portfolio.connect('meadow');

    const snapshot = await (await meadow.subscribe('/app/positions')).next();

    expect(snapshot).toEqual({
      cash: 320_000,
      positions: [
        { ticker: 'SHTL', shares: 75, cost: 648_750 },
        { ticker: 'SELV', shares: 200, cost: 412_000 },
      ],
    });
  });
});

describe('a trade', () => {
  test('is executed at the present price and told to all windows of the trader, and to nobody else', async () => {
    await using harbour = await portfolio.connect('harbour');
    await using harbourElsewhere = await portfolio.connect('harbour');
    await using meadow = await portfolio.connect('meadow');
    const updates = await harbour.subscribe('/user/queue/position-updates');
    const updatesElsewhere = await harbourElsewhere.subscribe('/user/queue/position-updates');
    const updatesOfKofi = await meadow.subscribe('/user/queue/position-updates');
    await portfolio.move({ LOOM: 13_000 });

    await harbour.send('/app/trade', order('buy', 'LOOM', 10), { 'correlation-id': 'order-1' });

    const { headers, payload } = await updates.nextMessage();
    expect(headers['correlation-id']).toBe('order-1');
    expect(payload).toEqual({
      trade: { action: 'buy', ticker: 'LOOM', shares: 10, price: 13_000, fee: 490, executedAt: expect.any(String) },
      position: { ticker: 'LOOM', shares: 50, cost: 628_000 },
      cash: 1_250_000 - 130_000 - 490,
    });
    expect(await updatesElsewhere.next()).toEqual(payload);
    await updatesOfKofi.expectNothing();
  });

  test('that sells all shares ends the position', async () => {
    await using harbour = await portfolio.connect('harbour');
    const updates = await harbour.subscribe('/user/queue/position-updates');

    await harbour.send('/app/trade', order('sell', 'INDG', 12));

    expect(await updates.next<PositionUpdate>()).toMatchObject({ position: { ticker: 'INDG', shares: 0, cost: 0 } });
    const { positions } = await (await harbour.subscribe('/app/positions')).next<PortfolioSnapshot>();
    expect(positions.map(({ ticker }) => ticker)).toEqual(['LOOM', 'FLAX']);
  });

  test('that sells a part takes that part of the cost along', async () => {
    await using harbour = await portfolio.connect('harbour');
    const updates = await harbour.subscribe('/user/queue/position-updates');

    await harbour.send('/app/trade', order('sell', 'LOOM', 10));

    expect(await updates.next<PositionUpdate>()).toMatchObject({
      position: { ticker: 'LOOM', shares: 30, cost: 373_500 },
      cash: 1_250_000 + 132_400 - 490,
    });
  });

  test('is noted in the journal', async () => {
    await using harbour = await portfolio.connect('harbour');

    await harbour.send('/app/trade', order('buy', 'LOOM', 2));

    const { lines } = portfolio.server.application.container.resolve(TradeJournal);
    expect(lines).toEqual([expect.stringMatching(/^\d{4}-.*Z harbour bought 2 LOOM at \$132\.40$/)]);
  });
});

describe('a trade that is not possible', () => {
  test.each([
    ['buy', 'LOOM', 1_000, 'NOT_ENOUGH_CASH', 'That is $119,904.90 more than your cash.', { missing: 11_990_490 }],
    ['sell', 'LOOM', 41, 'NOT_ENOUGH_SHARES', 'You own 40 of LOOM, not 41.', { held: 40 }],
    ['sell', 'BOBN', 1, 'NOT_ENOUGH_SHARES', 'You own no BOBN.', { held: 0 }],
    ['buy', 'WOOL', 1, 'TICKER_UNKNOWN', 'Nothing is traded here as WOOL.', { ticker: 'WOOL' }],
  ])('%s %s %i: %s', async (action, ticker, shares, code, message, details) => {
    await using harbour = await portfolio.connect('harbour');
    const errors = await harbour.subscribe('/user/queue/errors');
    const updates = await harbour.subscribe('/user/queue/position-updates');

    await harbour.send('/app/trade', order(action, ticker, shares), { 'correlation-id': 'order-1' });

    const { headers, payload } = await errors.nextMessage();
    expect(headers['correlation-id']).toBe('order-1');
    expect(payload).toEqual({ code, message, details });
    await updates.expectNothing();
  });

  test('is told to the window that asked and to no other', async () => {
    await using harbour = await portfolio.connect('harbour');
    await using harbourElsewhere = await portfolio.connect('harbour');
    const errors = await harbour.subscribe('/user/queue/errors');
    const errorsElsewhere = await harbourElsewhere.subscribe('/user/queue/errors');

    await harbour.send('/app/trade', order('sell', 'BOBN', 1));

    expect(await errors.next()).toMatchObject({ code: 'NOT_ENOUGH_SHARES' });
    await errorsElsewhere.expectNothing();
  });

  test('changes nothing', async () => {
    await using harbour = await portfolio.connect('harbour');
    const before = await (await harbour.subscribe('/app/positions')).next();

    await harbour.send('/app/trade', order('buy', 'LOOM', 1_000));

    expect(await (await harbour.subscribe('/app/positions')).next()).toEqual(before);
  });

  test.each([
    [order('buy', 'LOOM', 0), 'shares', 'Trade at least one share.'],
    [order('buy', 'LOOM', 10_001), 'shares', 'Trade at most 10,000 shares at a time.'],
    [order('buy', 'LOOM', 1.5), 'shares', 'Shares are traded in whole numbers.'],
    [order('buy', 'loom', 1), 'ticker', 'A ticker has two to five capitals.'],
    [order('give', 'LOOM', 1), 'action', 'Choose whether to buy or to sell.'],
  ])('an order that breaks a rule is answered with the rule: %j', async (payload, property, message) => {
    await using harbour = await portfolio.connect('harbour');
    const errors = await harbour.subscribe('/user/queue/errors');

    await harbour.send('/app/trade', payload);

    expect(await errors.next()).toMatchObject({
      code: 'PAYLOAD_INVALID',
      message,
      issues: [{ path: [property], message }],
    });
  });

  test('a broken rule is told to the window that asked and to no other', async () => {
    await using harbour = await portfolio.connect('harbour');
    await using harbourElsewhere = await portfolio.connect('harbour');
    const errors = await harbour.subscribe('/user/queue/errors');
    const errorsElsewhere = await harbourElsewhere.subscribe('/user/queue/errors');

    await harbour.send('/app/trade', order('buy', 'LOOM', 0));

    expect(await errors.next()).toMatchObject({ code: 'PAYLOAD_INVALID' });
    await errorsElsewhere.expectNothing();
  });

  test('an order that is no JSON is refused, and the session goes on', async () => {
    await using harbour = await portfolio.connect('harbour');
    const errors = await harbour.subscribe('/user/queue/errors');

    await harbour.send('/app/trade', 'no json', { 'content-type': 'application/json' });
    await harbour.send('/app/trade', undefined);

    expect(await errors.next()).toMatchObject({ code: 'PAYLOAD_UNREADABLE' });
    expect(await errors.next()).toMatchObject({ code: 'PAYLOAD_MISSING' });
  });
});

describe('what a trade would cost', () => {
  const request = { 'reply-to': '/user/queue/replies', 'correlation-id': 'preview-1' };

  test('is answered where the request says, under its correlation id', async () => {
    await using harbour = await portfolio.connect('harbour');
    const replies = await harbour.subscribe('/user/queue/replies');

    await harbour.send('/app/trade/preview', order('buy', 'LOOM', 10), request);

    const { headers, payload } = await replies.nextMessage();
    expect(headers['correlation-id']).toBe('preview-1');
    expect(payload).toEqual({ price: 13_240, fee: 490, cashAfter: 1_250_000 - 132_400 - 490, refusal: null });
  });

  test('says what stands in the way, and executes nothing', async () => {
    await using meadow = await portfolio.connect('meadow');
    const replies = await meadow.subscribe('/user/queue/replies');
    const updates = await meadow.subscribe('/user/queue/position-updates');

    await meadow.send('/app/trade/preview', order('buy', 'INDG', 12), request);

    expect(await replies.next()).toMatchObject({
      cashAfter: 320_000 - 345_780 - 490,
      refusal: { code: 'NOT_ENOUGH_CASH', message: 'That is $262.70 more than your cash.' },
    });
    await updates.expectNothing();
  });

  test('is not answered to other windows', async () => {
    await using harbour = await portfolio.connect('harbour');
    await using harbourElsewhere = await portfolio.connect('harbour');
    await harbour.subscribe('/user/queue/replies');
    const repliesElsewhere = await harbourElsewhere.subscribe('/user/queue/replies');

    await harbour.send('/app/trade/preview', order('buy', 'LOOM', 10), request);

    await repliesElsewhere.expectNothing();
  });

  test('is answered to the asking window alone when the request does not say where', async () => {
    await using harbour = await portfolio.connect('harbour');
    await using harbourElsewhere = await portfolio.connect('harbour');
    const previews = await harbour.subscribe('/user/queue/trade-previews');
    const previewsElsewhere = await harbourElsewhere.subscribe('/user/queue/trade-previews');

    await harbour.send('/app/trade/preview', order('buy', 'LOOM', 10));

    expect(await previews.next()).toMatchObject({ price: 13_240 });
    await previewsElsewhere.expectNothing();
  });

  test('comes where the request says when it is refused too, and says so in a header', async () => {
    await using harbour = await portfolio.connect('harbour');
    const replies = await harbour.subscribe('/user/queue/replies');
    const errors = await harbour.subscribe('/user/queue/errors');

    harbour.sendWithoutReceipt('/app/trade/preview', order('buy', 'NONE', 10), request);

    expect(await replies.nextMessage()).toMatchObject({
      payload: { code: 'TICKER_UNKNOWN' },
      headers: { code: 'TICKER_UNKNOWN', 'correlation-id': 'preview-1' },
    });
    await errors.expectNothing();
  });
});

describe('an observer', () => {
  test('sees a portfolio', async () => {
    await using visitor = await portfolio.connect('visitor');

    const { positions } = await (await visitor.subscribe('/app/positions')).next();

    expect(positions).toEqual([{ ticker: 'DYEW', shares: 10, cost: 61_000 }]);
  });

  test('cannot trade, and is told so before the order is read', async () => {
    await using visitor = await portfolio.connect('visitor');
    const errors = await visitor.subscribe('/user/queue/errors');

    await visitor.send('/app/trade', 'no order at all');

    expect(await errors.next()).toEqual({
      code: 'ROLE_MISSING',
      message: 'Your account may look on, but only a trader may do this.',
    });
  });
});

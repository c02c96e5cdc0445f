import 'reflect-metadata';
import { silentLogger } from 'treadle';
import { chromium, describeWith } from '../../../scripts/testing/require-server.js';
import { PortfolioServer } from '../src/portfolio-server.js';
import { QuoteService } from '../src/quotes/quote-service.js';
import { type PortfolioWindow, PortfolioWindows } from './kit/portfolio-windows.js';
import { ScriptedMarket } from './kit/scripted-market.js';

jest.setTimeout(60_000);

describeWith(chromium, 'the page in Chromium', (executablePath) => {
  const market = new ScriptedMarket();
  let server: PortfolioServer;
  let address: string;
  let windows: PortfolioWindows;
  let harbour: PortfolioWindow;

  beforeAll(async () => {
    await start(0);
    windows = await PortfolioWindows.launch(executablePath);
  });

  beforeEach(async () => {
    harbour = await windows.open(address, 'Harbour Fund');
  });

  afterEach(async () => {
    await windows.closeWindows();
    expect(windows.faults).toEqual([]);
    await startAgain();
  });

  afterAll(async () => {
    await windows?.close();
    await server?.stop();
  });

  /** The machine's clock for the heart-beats of the browsers; the market moves when a test says so. */
  async function start(port: number): Promise<void> {
    const properties = { QUOTE_INTERVAL_MS: '3600000' };
    server = new PortfolioServer({ movement: market, logger: silentLogger, properties });
    address = await server.start(port, '127.0.0.1');
  }

  /** A new day at the same address. */
  async function startAgain(): Promise<void> {
    await server.stop();
    await start(Number(new URL(address).port));
  }

  async function move(prices: Readonly<Record<string, number>>): Promise<void> {
    for (const [ticker, price] of Object.entries(prices)) market.set(ticker, price);
    await server.application.container.resolve(QuoteService).sendQuotes();
  }

  test('a price that moves is shown in every window, with its change of the day', async () => {
    const meadow = await windows.open(address, 'Meadow Fund');
    await move({ LOOM: 13_902 });

    for (const stock of [harbour.stock('LOOM'), meadow.stock('LOOM')]) {
      await stock.getByText('$139.02').waitFor();
      expect(await stock.locator('.change').textContent()).toBe('▲ +5.00%');
      expect(await stock.locator('.sparkline').getAttribute('data-direction')).toBe('up');
    }
    await move({ LOOM: 12_578 });
    await harbour.stock('LOOM').getByText('▼ -5.00%').waitFor();
  });

  test('what one owns moves with the price', async () => {
    const meadow = await windows.open(address, 'Meadow Fund');
    await move({ LOOM: 15_000 });

    await harbour.position('LOOM').getByText('$6,000.00').waitFor();
    await harbour.position('LOOM').getByText('+$1,020.00').waitFor();
    expect(await meadow.position('LOOM').count()).toBe(0);
  });

  test('a dialog says what a trade would cost, and executes it', async () => {
    await harbour.prepareOrder('Buy', 'HEDL', '10');
    await harbour.dialog('$178.50').waitFor();
    await harbour.dialog('$12,316.60').waitFor();

    await harbour.order();

    await harbour.position('HEDL').getByText('10 shares').waitFor();
    await harbour.activity('Bought 10 shares of HEDL at $17.85.').waitFor();
    await harbour.page.locator('#summary').getByText('$12,316.60').waitFor();
    expect(await harbour.page.locator('#trade-dialog').isVisible()).toBe(false);
  });

  test('two people trade, and each sees only their own', async () => {
    const meadow = await windows.open(address, 'Meadow Fund');
    await harbour.prepareOrder('Sell', 'FLAX', '150');
    await meadow.prepareOrder('Buy', 'FLAX', '5');
    await Promise.all([harbour.order(), meadow.order()]);

    await meadow.position('FLAX').getByText('5 shares').waitFor();
    await harbour.position('FLAX').waitFor({ state: 'detached' });
    await harbour.activity('Sold 150 shares of FLAX').waitFor();
    await meadow.activity('Bought 5 shares of FLAX').waitFor();
    expect(await harbour.activity('Bought').count()).toBe(0);
    expect(await meadow.activity('Sold').count()).toBe(0);
  });

  test("a trade of one window appears in the same person's other window", async () => {
    const harbourElsewhere = await windows.open(address, 'Harbour Fund');

    await harbour.prepareOrder('Buy', 'HEDL', '1');
    await harbour.order();

    await harbourElsewhere.position('HEDL').getByText('1 share').waitFor();
  });

  test('the dialog says why a trade is refused, before and after it is sent, and stays open', async () => {
    const meadow = await windows.open(address, 'Meadow Fund');
    await meadow.prepareOrder('Buy', 'INDG', '20');
    await meadow.dialog('That is $2,567.90 more than your cash.').waitFor();

    await meadow.order();

    await meadow.dialog('That is $2,567.90 more than your cash.').waitFor();
    expect(await meadow.page.getByLabel('Shares', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await meadow.page.getByLabel('Shares', { exact: true }).fill('2');
    await meadow.dialog('$2,618.80').waitFor();
    await meadow.order();
    await meadow.position('INDG').getByText('2 shares').waitFor();
  });

  test.each([
    ['0', 'Trade at least one share.'],
    ['1.5', 'Shares are traded in whole numbers.'],
    ['10001', 'Trade at most 10,000 shares at a time.'],
  ])('%s shares are answered with the rule', async (shares, rule) => {
    await harbour.prepareOrder('Buy', 'HEDL', shares);

    await harbour.order();

    await harbour.dialog(rule).waitFor();
    expect(await harbour.position('HEDL').count()).toBe(0);
  });

  test('the cost in an open dialog follows the price', async () => {
    await harbour.prepareOrder('Buy', 'HEDL', '10');
    await harbour.dialog('$178.50').waitFor();

    await move({ HEDL: 2_000 });

    await harbour.dialog('$200.00').waitFor();
    await harbour.dialog('$20.00 now; you own 0').waitFor();
  });

  test('an alert tells of a crossed limit until it is removed', async () => {
    const meadow = await windows.open(address, 'Meadow Fund');
    await harbour.stock('DYEW').getByRole('button', { name: 'Set a price alert for DYEW' }).click();
    await harbour.page.getByLabel('Tell me when the price crosses, in dollars').fill('61');
    await harbour.page.getByRole('button', { name: 'Set alert' }).click();
    const chip = harbour.page.locator('#alerts').getByText('DYEW at $61.00');
    await chip.waitFor();
    const quotes = server.application.container.resolve(QuoteService);
    await expectSoon(() => quotes.listenerCount('DYEW') === 1);

    await move({ DYEW: 6_150 });

    await harbour.activity('DYEW has reached $61.00: now $61.50.').waitFor();
    await harbour.page.getByRole('button', { name: 'Remove the alert for DYEW at $61.00' }).click();
    await chip.waitFor({ state: 'detached' });
    await expectSoon(() => quotes.listenerCount('DYEW') === 0);
    expect(await meadow.activity('DYEW').count()).toBe(0);
  });

  test('an observer sees the market and no button to trade', async () => {
    const visitor = await windows.open(address, 'Gallery Visitor');

    expect(await visitor.page.getByRole('button', { name: /^Trade/ }).count()).toBe(0);
    await visitor.page.getByText('Observer', { exact: true }).waitFor();
    await visitor.position('DYEW').getByText('10 shares').waitFor();
  });

  test('how many are online is shown, and changes', async () => {
    const meadow = await windows.open(address, 'Meadow Fund');
    await harbour.page.getByText('2 traders online').waitFor();

    await meadow.page.getByRole('button', { name: 'Sign out' }).click();

    await harbour.page.getByText('Only you online').waitFor();
    await meadow.page.getByRole('heading', { name: 'Sign in as' }).waitFor();
  });

  test('a lost connection is shown, and what was missed is there after it comes back', async () => {
    const meadow = await windows.open(address, 'Meadow Fund');
    let isAway = false;
    let breakConnection = (): Promise<void> => Promise.resolve();
    const other = await windows.open(address, 'Meadow Fund', (context) =>
      context.routeWebSocket(/\/portfolio$/, (socket) => {
        if (isAway) {
          void socket.close();
          return;
        }
        socket.connectToServer();
        breakConnection = () => socket.close();
      }),
    );
    isAway = true;
    await breakConnection();
    await other.connectionState(/Reconnecting in \d+ s/).waitFor();
    await other.prepareOrder('Buy', 'HEDL', '1');
    await other.dialog('There is no connection just now.').waitFor();
    await other.page.getByRole('button', { name: 'Cancel' }).click();
    await move({ SELV: 3_000 });
    await meadow.prepareOrder('Sell', 'SELV', '50');
    await meadow.order();

    isAway = false;
    await other.page.getByRole('button', { name: 'Try now' }).click();

    await other.connectionState('Live').waitFor();
    await other.stock('SELV').getByText('$30.00').waitFor();
    await other.position('SELV').getByText('150 shares').waitFor();
  });

  test('after the server was started anew the page asks who one is', async () => {
    await startAgain();

    await harbour.page.getByText('The server has been restarted. Please choose again who you are.').waitFor();
    await harbour.signIn('Meadow Fund');
    await harbour.position('SHTL').waitFor();
  });

  test('on a phone everything fits its width', async () => {
    await harbour.page.setViewportSize({ width: 360, height: 740 });

    const width = await harbour.page.evaluate('document.documentElement.scrollWidth');
    await harbour.prepareOrder('Buy', 'LOOM', '1');
    await harbour.order();

    expect(width).toBe(360);
    // The list of activity is further down.
    await harbour.page.locator('#toasts').getByText('Bought 1 share of LOOM at $132.40.').waitFor();
  });
});

/** Looks again until it is so: for what the page's frames have yet to do on the server. */
async function expectSoon(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!isSo() && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
  expect(isSo()).toBe(true);
}

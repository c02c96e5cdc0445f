import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium whose windows are different traders. */
export class PortfolioWindows {
  /** Script errors and breaches of the content security policy, in any window. */
  readonly faults: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(executablePath: string): Promise<PortfolioWindows> {
    return new PortfolioWindows(await chromium.launch({ executablePath, args: FLAGS }));
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Closes all windows; the browser stays. */
  async closeWindows(): Promise<void> {
    await Promise.all(this.#browser.contexts().map((context) => context.close()));
  }

  /** Opens the page, signs in and waits until it is connected. @param prepare runs before the page is loaded */
  async open(
    address: string,
    fullName: string,
    prepare: (context: BrowserContext) => Promise<void> = () => Promise.resolve(),
  ): Promise<PortfolioWindow> {
    const context = await this.#browser.newContext({ locale: 'en-GB', viewport: { width: 1200, height: 800 } });
    context.setDefaultTimeout(20_000);
    await prepare(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.faults.push(message.text());
    });
    await page.goto(address);
    const window = new PortfolioWindow(page);
    await window.signIn(fullName);
    return window;
  }
}

/** What a trader does and sees in one window. */
export class PortfolioWindow {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async signIn(fullName: string): Promise<void> {
    await this.page.getByRole('button', { name: fullName }).click();
    await this.connectionState('Live').waitFor();
    await this.stock('LOOM').waitFor();
    await this.page.locator('#summary dd').first().waitFor();
  }

  /** The badge in the header, when it says this. */
  connectionState(text: string | RegExp): Locator {
    return this.page.locator('#connection').getByText(text);
  }

  /** A stock's row in the market. */
  stock(ticker: string): Locator {
    return this.page.locator(`#market tr[data-ticker=${ticker}]`);
  }

  /** A row of the trader's positions. */
  position(ticker: string): Locator {
    return this.page.locator(`#positions tr[data-ticker=${ticker}]`);
  }

  /** Opens the dialog for a stock, with this order in it. */
  async prepareOrder(action: 'Buy' | 'Sell', ticker: string, shares: string): Promise<void> {
    await this.stock(ticker)
      .getByRole('button', { name: `Trade ${ticker}` })
      .click();
    await this.page.getByText(action, { exact: true }).click();
    await this.page.getByLabel('Shares', { exact: true }).fill(shares);
  }

  /** Orders what is in the dialog. */
  async order(): Promise<void> {
    await this.page.locator('#trade-dialog [type=submit]').click();
  }

  /** The dialog for trades, while it says this. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator('#trade-dialog[open]').getByText(text);
  }

  /** A line of the activity. */
  activity(text: string | RegExp): Locator {
    return this.page.locator('#activity').getByText(text);
  }
}

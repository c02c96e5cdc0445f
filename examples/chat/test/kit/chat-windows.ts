import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium whose windows are different people. */
export class ChatWindows {
  /** Script errors and breaches of the content security policy, in any window. */
  readonly faults: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(executablePath: string): Promise<ChatWindows> {
    return new ChatWindows(await chromium.launch({ executablePath, args: FLAGS }));
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Opens the page as somebody new and waits until they are in. @param prepare runs before the page is loaded */
  async open(
    address: string,
    name: string,
    prepare: (context: BrowserContext) => Promise<void> = () => Promise.resolve(),
  ): Promise<ChatWindow> {
    const context = await this.#browser.newContext({ locale: 'en-GB', viewport: { width: 1100, height: 700 } });
    context.setDefaultTimeout(20_000);
    await prepare(context);
    return this.openIn(context, address, name);
  }

  /** Opens one more window of a browser that has windows already. */
  async openIn(context: BrowserContext, address: string, name: string): Promise<ChatWindow> {
    const page = await context.newPage();
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.faults.push(message.text());
    });
    await page.goto(address);
    await page.getByLabel('Your name').fill(name);
    await page.getByRole('button', { name: 'Start chatting' }).click();
    const window = new ChatWindow(page, name);
    await window.waitUntilConnected();
    return window;
  }
}

/** What a person does and sees in one window. */
export class ChatWindow {
  readonly page: Page;
  readonly name: string;

  constructor(page: Page, name: string) {
    this.page = page;
    this.name = name;
  }

  /** @param timeout milliseconds; default that of the window */
  async waitUntilConnected(timeout?: number): Promise<void> {
    await this.connectionState('Connected').waitFor(timeout === undefined ? {} : { timeout });
  }

  /** The badge in the header, when it says this. */
  connectionState(text: string | RegExp) {
    return this.page.locator('#connection').getByText(text);
  }

  /** Opens a conversation of the list. */
  async choose(title: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: title }).click();
    await this.page.getByRole('heading', { level: 1, name: title }).waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** A message on the screen. @param status `sent`, `waiting`, `sending`, `refused` or any */
  message(text: string, status?: string) {
    return this.page.locator(`.message${status ? `[data-status=${status}]` : ''}`).filter({ hasText: text });
  }

  async sees(text: string, status?: string): Promise<void> {
    await this.message(text, status).waitFor();
  }
}

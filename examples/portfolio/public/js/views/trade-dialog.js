import { byId, element } from '../dom.js';
import { money } from '../format.js';
import { connectDialog } from './dialogs.js';

/** How long typing must rest before the server is asked what the trade would cost. */
const REST_MS = 150;

/** Buys or sells one stock. Rules and prices are the server's: the dialog shows what it answers. */
export class TradeDialog {
  #desk;
  #dialog = byId('trade-dialog');
  #form = this.#dialog.querySelector('form');
  #shares = byId('trade-shares');
  #ticker = '';
  #resting;
  /** Of the latest preview that was asked for: answers to earlier ones are not shown any more. */
  #asked = 0;
  /** Why the trade was refused; stands until the order is changed. */
  #refused = '';

  /** @param {import('../desk.js').Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    connectDialog(this.#dialog, () => this.#submit());
    this.#form.addEventListener('input', () => this.#onInput());
    desk.addEventListener('price', ({ detail: { quote } }) => {
      if (!this.#dialog.open || quote.ticker !== this.#ticker) return;
      // What moves by itself is not read out again and again.
      byId('trade-preview').ariaLive = 'off';
      this.#previewSoon();
    });
  }

  /** @param {string} ticker */
  open(ticker) {
    this.#ticker = ticker;
    const { company, price } = this.#desk.quotes.get(ticker);
    byId('trade-heading').textContent = `${ticker}, ${company}`;
    byId('trade-preview').replaceChildren();
    this.#showPrice(price);
    this.#form.reset();
    this.#dialog.showModal();
    this.#shares.select();
    this.#onInput();
  }

  get #order() {
    const { action, shares } = Object.fromEntries(new FormData(this.#form));
    return { action, ticker: this.#ticker, shares: Number(shares) };
  }

  async #submit() {
    try {
      await this.#desk.trade(this.#order);
    } catch (problem) {
      this.#refused = problem.message;
      this.#shares.ariaInvalid = String(isAboutShares(problem));
      throw problem;
    }
  }

  #onInput() {
    const { action, shares } = this.#order;
    const verb = action === 'buy' ? 'Buy' : 'Sell';
    this.#form.querySelector('[type=submit]').textContent = `${verb} ${shares} ${this.#ticker}`;
    this.#refused = '';
    byId('trade-preview').ariaLive = 'polite';
    this.#previewSoon();
  }

  #previewSoon() {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => void this.#preview(), REST_MS);
  }

  async #preview() {
    this.#asked += 1;
    const number = this.#asked;
    const order = this.#order;
    const preview = await this.#askFor(order);
    if (number !== this.#asked || !this.#dialog.open) return;
    const { refusal } = preview;
    this.#showCost(order, preview);
    this.#shares.ariaInvalid = String(isAboutShares(refusal));
    byId('trade-error').textContent = refusal?.message ?? this.#refused;
  }

  async #askFor(order) {
    try {
      return await this.#desk.preview(order);
    } catch (refusal) {
      return { refusal };
    }
  }

  #showCost({ action, shares }, { price, fee, cashAfter }) {
    if (price === undefined) {
      byId('trade-preview').replaceChildren();
      return;
    }
    this.#showPrice(price);
    byId('trade-preview').replaceChildren(
      ...line(action === 'buy' ? 'Shares cost' : 'Shares bring', money(shares * price)),
      ...line('Fee', money(fee)),
      ...line('Cash afterwards', money(cashAfter), cashAfter < 0 ? 'down' : ''),
    );
  }

  #showPrice(price) {
    const owned = this.#desk.positions.get(this.#ticker)?.shares ?? 0;
    byId('trade-price').textContent = `${money(price)} now; you own ${owned}`;
  }
}

/** Whether another number of shares could help. */
function isAboutShares(problem) {
  const issues = problem?.issues ?? [];
  return issues.some(({ path }) => path[0] === 'shares') || (problem?.code ?? '').startsWith('NOT_ENOUGH');
}

function line(name, amount, direction = '') {
  return [element('dt', {}, name), element('dd', { class: direction }, amount)];
}

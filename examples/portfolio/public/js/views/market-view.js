import { byId, element } from '../dom.js';
import { directionOf, money, signedPercent } from '../format.js';
import { sparkline } from './sparkline.js';

const ARROWS = { up: '▲', down: '▼', same: '' };
const FLASH_MS = 900;

/** The table of all stocks. Rows are made once; a change of price touches its own row and nothing else. */
export class MarketView {
  #desk;
  #actions;
  #rows = new Map();

  /**
   * @param {import('../desk.js').Desk} desk
   * @param {{ onTrade: (ticker: string) => void, onAlert: (ticker: string) => void }} actions
   */
  constructor(desk, actions) {
    this.#desk = desk;
    this.#actions = actions;
  }

  start() {
    this.#desk.addEventListener('market', () => this.#showAll());
    this.#desk.addEventListener('price', ({ detail: { quote, change } }) => {
      this.#show(quote);
      flash(this.#rows.get(quote.ticker).price, directionOf(change));
    });
  }

  #showAll() {
    for (const quote of this.#desk.quotes.values()) {
      if (!this.#rows.has(quote.ticker)) this.#addRow(quote);
      this.#show(quote);
    }
  }

  #show({ ticker, price, open, history }) {
    const row = this.#rows.get(ticker);
    const direction = directionOf(price - open);
    row.price.textContent = money(price);
    row.change.textContent = `${ARROWS[direction]} ${signedPercent(price / open - 1)}`.trim();
    row.change.className = `change ${direction}`;
    sparkline(history, row.sparkline);
    row.sparkline.dataset.direction = direction;
  }

  #addRow({ ticker, company, history }) {
    const price = element('span', { class: 'price' });
    const change = element('span', { class: 'change' });
    const line = sparkline(history);
    byId('market').append(
      element(
        'tr',
        { 'data-ticker': ticker },
        element('th', { scope: 'row' }, element('b', {}, ticker), element('small', {}, company)),
        element('td', { class: 'trend' }, line),
        element('td', { class: 'number' }, price, change),
        element('td', { class: 'actions' }, ...this.#buttons(ticker)),
      ),
    );
    this.#rows.set(ticker, { price, change, sparkline: line });
  }

  #buttons(ticker) {
    const { onTrade, onAlert } = this.#actions;
    const label = `Set a price alert for ${ticker}`;
    const bell = element('button', {
      type: 'button',
      class: 'icon-button bell',
      'aria-label': label,
      title: label,
      onclick: () => onAlert(ticker),
    });
    if (!this.#desk.mayTrade) return [bell];
    const trade = element(
      'button',
      { type: 'button', class: 'button small', 'aria-label': `Trade ${ticker}`, onclick: () => onTrade(ticker) },
      'Trade',
    );
    return [bell, trade];
  }
}

/** Lets a price light up for a moment in the colour of its change. */
function flash(cell, direction) {
  if (direction === 'same' || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const colour = getComputedStyle(cell).getPropertyValue(`--${direction}-soft`);
  cell.animate(
    [{ backgroundColor: colour }, { backgroundColor: colour, offset: 0.3 }, { backgroundColor: 'transparent' }],
    {
      duration: FLASH_MS,
    },
  );
}

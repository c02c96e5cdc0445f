import { byId, element } from '../dom.js';
import { directionOf, money, shareCount, signedMoney, signedPercent } from '../format.js';

/** The account in numbers, and the table of what is owned. Rows stay while their position does, so that a click never misses its button. */
export class PortfolioView {
  #desk;
  #onTrade;
  #tiles;
  #rows = new Map();
  #isDue = false;

  /** @param {import('../desk.js').Desk} desk @param {{ onTrade: (ticker: string) => void }} actions */
  constructor(desk, { onTrade }) {
    this.#desk = desk;
    this.#onTrade = onTrade;
  }

  start() {
    this.#desk.addEventListener('portfolio', () => this.#showSoon());
  }

  /** Prices come in bursts: one picture of each is enough. */
  #showSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      if (this.#desk.cash !== undefined && this.#desk.quotes.size > 0) this.#show();
    });
  }

  #show() {
    const { positions } = this.#desk;
    this.#showSummary();
    for (const [ticker, { row }] of this.#rows) {
      if (positions.has(ticker)) continue;
      row.remove();
      this.#rows.delete(ticker);
    }
    for (const position of positions.values()) this.#showPosition(position);
    byId('positions-empty').hidden = positions.size > 0;
  }

  #showSummary() {
    const { cash, totals } = this.#desk;
    const gain = totals.value - totals.cost;
    this.#tiles ??= ['Total', 'Cash', 'Shares', 'Gain'].map(addTile);
    const amounts = [money(cash + totals.value), money(cash), money(totals.value), signedMoney(gain)];
    for (const [index, tile] of this.#tiles.entries()) tile.textContent = amounts[index];
    this.#tiles[3].className = directionOf(gain);
  }

  #showPosition(position) {
    const { ticker, shares, cost } = position;
    if (!this.#rows.has(ticker)) this.#addRow(ticker);
    const cells = this.#rows.get(ticker);
    const value = this.#desk.valueOf(position);
    const gain = value - cost;
    cells.shares.textContent = shareCount(shares);
    cells.value.textContent = money(value);
    cells.gain.textContent = signedMoney(gain);
    cells.gain.className = directionOf(gain);
    cells.percent.textContent = signedPercent(gain / cost);
    cells.percent.className = `change ${directionOf(gain)}`;
  }

  #addRow(ticker) {
    const cells = Object.fromEntries(['value', 'gain', 'percent'].map((name) => [name, element('span')]));
    cells.shares = element('small');
    cells.row = element(
      'tr',
      { 'data-ticker': ticker },
      element('th', { scope: 'row' }, this.#name(ticker), cells.shares),
      element('td', { class: 'number' }, cells.value),
      element('td', { class: 'number' }, cells.gain, cells.percent),
    );
    this.#rows.set(ticker, cells);
    byId('positions').append(cells.row);
  }

  #name(ticker) {
    if (!this.#desk.mayTrade) return element('b', {}, ticker);
    const onclick = () => this.#onTrade(ticker);
    return element('button', { type: 'button', class: 'link', 'aria-label': `Trade ${ticker}`, onclick }, ticker);
  }
}

/** @returns {HTMLElement} where its amount is written */
function addTile(name) {
  const amount = element('dd');
  byId('summary').append(element('div', {}, element('dt', {}, name), amount));
  return amount;
}

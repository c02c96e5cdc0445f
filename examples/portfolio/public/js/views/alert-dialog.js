import { byId } from '../dom.js';
import { connectDialog } from './dialogs.js';

/** Asks for the limit of a price alert. */
export class AlertDialog {
  #desk;
  #ticker = '';

  /** @param {import('../desk.js').Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    connectDialog(byId('alert-dialog'), () => this.#submit());
  }

  /** @param {string} ticker */
  open(ticker) {
    this.#ticker = ticker;
    const { company, price } = this.#desk.quotes.get(ticker);
    byId('alert-heading').textContent = `${ticker}, ${company}`;
    byId('alert-limit').value = (price / 100).toFixed(2);
    byId('alert-dialog').showModal();
    byId('alert-limit').select();
  }

  #submit() {
    const cents = Math.round(Number(byId('alert-limit').value) * 100);
    // What is no such number would not even make a destination.
    if (!(cents >= 1 && cents <= 100_000_000)) throw new Error('Enter a price from 0.01 to 1,000,000.');
    this.#desk.addAlert(this.#ticker, cents);
  }
}

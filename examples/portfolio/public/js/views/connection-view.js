import { byId, element } from '../dom.js';

const TEXTS = { connecting: 'Connecting …', connected: 'Live', closed: 'Not connected' };

/** Shows the state of the connection in the header, always. */
export class ConnectionView {
  #connection;
  #countdown;

  /** @param {import('../desk.js').Desk} desk */
  constructor({ connection }) {
    this.#connection = connection;
  }

  start() {
    this.#connection.addEventListener('state', () => this.#show());
    this.#show();
  }

  #show() {
    const { state, retryAt } = this.#connection;
    clearTimeout(this.#countdown);
    document.body.dataset.connection = state;
    const badge = byId('connection');
    badge.dataset.state = state;
    if (state !== 'waiting') {
      badge.replaceChildren(dot(), element('span', {}, TEXTS[state]));
      return;
    }
    const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
    this.#countdown = setTimeout(() => this.#show(), 250);
    const shown = badge.querySelector('.countdown');
    const text = `Reconnecting in ${seconds} s`;
    // The seconds change in place: the button keeps its focus, and they are not read out one by one.
    if (shown) shown.textContent = text;
    else badge.replaceChildren(...this.#waitingParts(text));
  }

  #waitingParts(text) {
    return [
      dot(),
      element('span', { class: 'countdown', 'aria-hidden': 'true' }, text),
      element('span', { class: 'for-screen-readers' }, 'Connection lost, reconnecting'),
      element('button', { type: 'button', class: 'link', onclick: () => void this.#connection.reconnect() }, 'Try now'),
    ];
  }
}

function dot() {
  return element('span', { class: 'connection-dot', 'aria-hidden': 'true' });
}

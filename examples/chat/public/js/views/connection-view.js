import { byId, element } from '../dom.js';

const TEXTS = { connecting: 'Connecting …', connected: 'Connected', offline: 'Offline', closed: 'Not connected' };

/** Shows the state of the connection in the header, always. */
export class ConnectionView {
  #connection;
  #countdown;
  #shown = '';

  /** @param {import('../chat.js').Chat} chat */
  constructor({ connection }) {
    this.#connection = connection;
  }

  show() {
    const { state, retryAt } = this.#connection;
    clearTimeout(this.#countdown);
    const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
    if (state === 'waiting') this.#countdown = setTimeout(() => this.show(), 250);
    const text = state === 'waiting' ? `Reconnecting in ${seconds} s` : TEXTS[state];
    if (text === this.#shown) return;
    this.#shown = text;
    this.#write(state, text);
  }

  #write(state, text) {
    const badge = byId('connection');
    const wasWaiting = badge.dataset.state === 'waiting' && state === 'waiting';
    badge.dataset.state = state;
    document.body.dataset.connection = state;
    // The seconds change in place: the button keeps its focus, and they are not read out one by one.
    if (wasWaiting) badge.querySelector('.connection-text').textContent = text;
    else badge.replaceChildren(...this.#parts(state, text));
  }

  #parts(state, text) {
    const label = element('span', { class: 'connection-text', 'aria-hidden': state === 'waiting' }, text);
    const dot = element('span', { class: 'connection-dot', 'aria-hidden': 'true' });
    if (state !== 'waiting' && state !== 'offline') return [dot, label];
    const spoken =
      state === 'waiting' && element('span', { class: 'for-screen-readers' }, 'Connection lost, reconnecting');
    const now = element(
      'button',
      { type: 'button', class: 'link', onclick: () => void this.#connection.reconnect() },
      'Try now',
    );
    return [dot, label, spoken || '', now];
  }
}

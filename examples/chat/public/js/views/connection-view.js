import { byId, element } from '../dom.js';

const TEXTS = {
  connecting: 'Connecting …',
  connected: 'Connected',
  held: 'Message broker away',
  offline: 'Offline',
  closed: 'Not connected',
};

/** Shows the state of the connection in the header, always, and which server it is to, where there are several. */
export class ConnectionView {
  #chat;
  #connection;
  #countdown;
  #shown = '';

  /** @param {import('../chat.js').Chat} chat */
  constructor(chat) {
    this.#chat = chat;
    this.#connection = chat.connection;
  }

  show() {
    const { state, retryAt, isBrokerAway } = this.#connection;
    this.#showServer(state);
    clearTimeout(this.#countdown);
    const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
    if (state === 'waiting') this.#countdown = setTimeout(() => this.show(), 250);
    const what = isBrokerAway ? 'Message broker away, again' : 'Reconnecting';
    const text = state === 'waiting' ? `${what} in ${seconds} s` : TEXTS[state];
    if (text === this.#shown) return;
    this.#shown = text;
    this.#write(state, text);
  }

  #showServer(state) {
    const badge = byId('server');
    const { name = '', broker } = this.#chat.server;
    badge.textContent = name;
    badge.dataset.state = state;
    badge.title =
      state === 'connected' && broker
        ? `This window is connected to ${name}, which finds the others through ${broker}`
        : '';
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

import { Client, ReconnectionTimeMode, TickerStrategy } from '../vendor/stompjs/index.js';
import { Requests } from './requests.js';

const LONGEST_DELAY = 15_000;

/**
 * The STOMP session of this window. Comes back by itself when it is lost, with everything that was subscribed.
 *
 * Events: `state` (`state` and `retryAt` have changed), `refused` (`detail` is what came to `/user/queue/errors` and belongs to no request),
 * `rejected` (the server does not know this sign-in).
 */
export class Connection extends EventTarget {
  /** @type {'connecting' | 'connected' | 'waiting' | 'closed'} */
  state = 'closed';
  /** When the next attempt is made, in milliseconds since the epoch; while `waiting`. */
  retryAt = 0;
  #client;
  #firstDelay;
  #nextDelay;
  #subscriptions = new Set();
  #requests = new Requests();

  /** @param {import('./sign-in-store.js').SignIn} signIn */
  constructor({ trader, token }) {
    super();
    // A little chance keeps many windows from coming back in the same moment.
    this.#firstDelay = Math.round(700 + 600 * Math.random());
    this.#nextDelay = this.#firstDelay;
    this.#client = new Client({
      brokerURL: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/portfolio`,
      connectHeaders: { login: trader.name, passcode: token },
      reconnectDelay: this.#firstDelay,
      reconnectTimeMode: ReconnectionTimeMode.EXPONENTIAL,
      maxReconnectDelay: LONGEST_DELAY,
      connectionTimeout: 10_000,
      discardWebsocketOnCommFailure: true,
      // Hidden tabs slow their timers down; a worker's go on, so the heart-beats do.
      heartbeatStrategy: TickerStrategy.Worker,
      beforeConnect: () => this.#change('connecting'),
      onConnect: () => this.#onConnect(),
      onStompError: ({ headers }) => this.#onError(headers),
      onWebSocketClose: () => this.#onClose(),
    });
    this.subscribe('/user/queue/replies', (body, { code, 'correlation-id': id }) =>
      code ? this.#requests.refuse(id, body) : this.#requests.answer(id, body),
    );
    this.subscribe('/user/queue/errors', (body, { 'correlation-id': id }) => {
      if (!this.#requests.refuse(id, body)) this.#tell('refused', body);
    });
    window.addEventListener('online', () => void this.reconnect());
  }

  open() {
    this.#client.activate();
  }

  /** Tries again at once instead of waiting. */
  async reconnect() {
    if (this.state !== 'waiting') return;
    this.#nextDelay = this.#firstDelay;
    await this.#client.deactivate({ force: true });
    this.#client.activate();
  }

  /** Ends the session; nothing reconnects. */
  async close() {
    this.#change('closed');
    await this.#client.deactivate();
  }

  /**
   * Subscribes now or as soon as there is a connection, and again after each reconnect.
   *
   * @param {string} destination
   * @param {(body: any, headers: Record<string, string>) => void} onMessage gets the parsed JSON
   * @returns {() => void} ends it
   */
  subscribe(destination, onMessage) {
    const subscription = { destination, onMessage, stomp: undefined };
    this.#subscriptions.add(subscription);
    if (this.#client.connected) this.#subscribe(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
      if (this.#client.connected) subscription.stomp?.unsubscribe();
    };
  }

  /**
   * Sends a message and resolves with what answers it, by its correlation id: a reply, or whatever `settle` is told of.
   *
   * @param {string} destination
   * @param {unknown} body sent as JSON
   * @param {Record<string, string>} [headers]
   * @throws {import('./requests.js').RefusedError}
   */
  request(destination, body, headers = {}) {
    return this.#requests.start(this.#client.connected, (id) => {
      this.#client.publish({
        destination,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', 'correlation-id': id, ...headers },
      });
    });
  }

  /** Answers a request whose answer came to a subscription of its own. @param {string | undefined} correlationId */
  settle(correlationId, body) {
    this.#requests.answer(correlationId, body);
  }

  #subscribe(subscription) {
    const { destination, onMessage } = subscription;
    subscription.stomp = this.#client.subscribe(destination, ({ body, headers }) =>
      onMessage(JSON.parse(body), headers),
    );
  }

  #onConnect() {
    this.#nextDelay = this.#firstDelay;
    for (const subscription of this.#subscriptions) this.#subscribe(subscription);
    this.#change('connected');
  }

  #onError({ code }) {
    if (code !== 'AUTHENTICATION_FAILED') return;
    void this.close();
    this.dispatchEvent(new Event('rejected'));
  }

  #onClose() {
    this.#requests.refuseAll('The connection was lost before the answer came. Your positions will show what happened.');
    if (this.state === 'closed') return;
    this.retryAt = Date.now() + this.#nextDelay;
    // As the client counts: it doubles the delay until it has connected.
    this.#nextDelay = Math.min(this.#nextDelay * 2, LONGEST_DELAY);
    this.#change('waiting');
  }

  #change(state) {
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

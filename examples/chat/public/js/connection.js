import { Client, ReconnectionTimeMode, TickerStrategy } from '../vendor/stompjs/index.js';
import { Recovery } from './recovery.js';

const LONGEST_DELAY = 15_000;
/** Codes of the server that mean: nothing was wrong with the frame, the message broker is away or did not answer. */
const PASSING = new Set(['BROKER_UNAVAILABLE', 'OUTCOME_UNKNOWN']);

/** @param {string} code whether what it is about may be tried again as it is */
export function isPassing(code) {
  return PASSING.has(code);
}

/**
 * The STOMP session of this window. Comes back by itself when it is lost, with everything that was subscribed, and with what was missed meanwhile where
 * the server keeps that.
 *
 * Events: `state` (`state`, `retryAt` or `isBrokerAway` have changed), `connected` (all subscriptions are on their way, or back), `receipt` and
 * `refused` (`detail.receipt` is the id of a frame that took effect, or did not; `detail.sentence` says why), `rejected` (the login failed).
 */
export class Connection extends EventTarget {
  /** `held`: the server is there, but not the message broker behind it. @type {'connecting' | 'connected' | 'held' | 'waiting' | 'offline' | 'closed'} */
  state = 'closed';
  /** True from the first word that the message broker is away until everything is subscribed again. */
  isBrokerAway = false;
  /** When the next attempt is made, in milliseconds since the epoch; while `waiting`. */
  retryAt = 0;
  #client;
  #nextDelay;
  #subscriptions = new Map();
  #nextReceipt = 1;

  /** @param {import('./accounts.js').Account} account */
  constructor({ name, token }) {
    super();
    // A little chance keeps many windows from coming back in the same moment.
    const firstDelay = Math.round(700 + 600 * Math.random());
    this.#nextDelay = firstDelay;
    this.#client = new Client({
      brokerURL: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
      connectHeaders: { login: name, passcode: token },
      reconnectDelay: firstDelay,
      reconnectTimeMode: ReconnectionTimeMode.EXPONENTIAL,
      maxReconnectDelay: LONGEST_DELAY,
      connectionTimeout: 10_000,
      discardWebsocketOnCommFailure: true,
      // Hidden tabs slow their timers down; a worker's go on, so the heart-beats do.
      heartbeatStrategy: TickerStrategy.Worker,
      beforeConnect: () => this.#change('connecting'),
      onConnect: () => {
        this.#nextDelay = firstDelay;
        for (const subscription of this.#subscriptions.values()) this.#subscribe(subscription);
        // A server that holds its pages lets them in without a broker; that it is back is seen by the subscriptions.
        if (this.isBrokerAway) this.#change('held');
        else this.#begin();
      },
      onStompError: (frame) => this.#onError(frame),
      onWebSocketClose: () => this.#onClose(),
    });
    window.addEventListener('online', () => void this.reconnect());
    window.addEventListener('offline', () => this.#onOffline());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.reconnect();
    });
  }

  open() {
    this.#client.activate();
  }

  /** Tries again at once instead of waiting. */
  async reconnect() {
    if (this.state !== 'waiting' && this.state !== 'offline') return;
    this.#nextDelay = this.#client.reconnectDelay;
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
   * @param {(body: any) => void} onMessage gets the parsed JSON
   * @param {{ onLive?: (live: { isRecovered: boolean }) => void, onRefused?: (sentence: string) => void }} [callbacks]
   *   `onLive`: each time the server has confirmed it, so nothing published from then on is missed, and with `isRecovered` nothing since it was
   *   live before either; `onRefused`: it is given up
   * @returns {() => void} ends it
   */
  subscribe(destination, onMessage, callbacks = {}) {
    const subscription = { destination, onMessage, recovery: new Recovery(), ...callbacks };
    this.#subscriptions.set(destination, subscription);
    if (this.#client.connected) this.#subscribe(subscription);
    return () => {
      if (this.#subscriptions.get(destination) !== subscription) return;
      this.#subscriptions.delete(destination);
      if (this.#client.connected) subscription.stomp?.unsubscribe();
    };
  }

  /**
   * Sends a frame if there is a connection.
   *
   * @param {string} destination
   * @param {unknown} body sent as JSON
   * @param {string} [receipt] asks the server to confirm the frame by this id
   * @returns {boolean} false when it was not sent
   */
  send(destination, body, receipt) {
    if (this.state !== 'connected' || !this.#client.connected) return false;
    const headers = { 'content-type': 'application/json' };
    if (receipt) {
      headers.receipt = receipt;
      this.#client.watchForReceipt(receipt, () => this.#tell('receipt', { receipt }));
    }
    this.#client.publish({ destination, body: JSON.stringify(body), headers });
    return true;
  }

  /** The server has told that it lost the message broker; it keeps the session. */
  noteBrokerLost() {
    if (this.state !== 'connected') return;
    this.isBrokerAway = true;
    this.#change('held');
  }

  /** The server has told that the message broker is back, and so are the subscriptions; what was said meanwhile went nowhere. */
  noteBrokerBack() {
    if (this.state !== 'held') return;
    this.#begin();
    for (const { isLive, onLive } of this.#subscriptions.values()) if (isLive) onLive?.({ isRecovered: false });
  }

  #begin() {
    this.isBrokerAway = false;
    this.#change('connected');
    this.dispatchEvent(new Event('connected'));
  }

  #subscribe(subscription) {
    const { destination, onMessage, recovery } = subscription;
    const receipt = `subscribe-${this.#nextReceipt}`;
    this.#nextReceipt += 1;
    this.#client.watchForReceipt(receipt, ({ headers }) => {
      const isRecovered = recovery.subscribed(headers);
      subscription.isLive = true;
      subscription.onLive?.({ isRecovered });
      if (this.state === 'held' && [...this.#subscriptions.values()].every(({ isLive }) => isLive)) this.#begin();
    });
    const onStompMessage = ({ body, headers }) => {
      onMessage(JSON.parse(body));
      recovery.received(headers);
    };
    subscription.isLive = false;
    subscription.receipt = receipt;
    subscription.stomp = this.#client.subscribe(destination, onStompMessage, { receipt, ...recovery.begin() });
  }

  /** An ERROR frame says what was wrong and ends the session; `receipt-id` tells which frame it was about. */
  #onError({ headers }) {
    const receipt = headers['receipt-id'];
    const sentence = headers.message ?? 'The server refused this.';
    if (headers.code === 'AUTHENTICATION_FAILED') {
      void this.close();
      this.dispatchEvent(new Event('rejected'));
      return;
    }
    this.isBrokerAway = isPassing(headers.code);
    // Nothing was wrong with the frame: it is sent again after the reconnect.
    if (this.isBrokerAway || headers.code === 'SERVER_STOPPING') return;
    const subscription = [...this.#subscriptions.values()].find((each) => each.receipt === receipt);
    if (receipt !== undefined && subscription) {
      // Asking again after the reconnect would only be refused again.
      this.#subscriptions.delete(subscription.destination);
      subscription.onRefused?.(sentence);
      return;
    }
    this.#tell('refused', { receipt, sentence });
  }

  #onOffline() {
    if (this.state === 'waiting') this.#change('offline');
    // The socket would only fall silent, and the person believe for half a minute that everything has been said.
    if (this.state === 'connected' || this.state === 'held') this.#client.forceDisconnect();
  }

  #onClose() {
    if (this.state === 'closed') return;
    this.retryAt = Date.now() + this.#nextDelay;
    this.#change(navigator.onLine ? 'waiting' : 'offline');
    // As the client counts: it doubles the delay until it has connected.
    this.#nextDelay = Math.min(this.#nextDelay * 2, LONGEST_DELAY);
  }

  #change(state) {
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

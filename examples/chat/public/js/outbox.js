const AGAIN_AFTER_MS = 2_000;

/**
 * @typedef {object} Entry a message that the server has not confirmed
 * @property {string} id kept for all attempts, so that the server stores the message once however often it comes
 * @property {string} conversation key of its conversation
 * @property {string} destination
 * @property {string} text
 * @property {string} writtenAt ISO 8601
 * @property {'waiting' | 'sending' | 'refused'} status
 * @property {string} [reason] why it was refused
 */

/**
 * Keeps what a person has written until the server has confirmed it: over lost connections, and over a reload of the page.
 * Events: `change`, with the key of the entry's conversation as `detail`; `confirmed`, with the entry as `detail`.
 */
export class Outbox extends EventTarget {
  #prefix;
  #connection;
  /** @type {Map<string, Entry>} */
  #entries = new Map();

  /** @param {string} userName @param {import('./connection.js').Connection} connection */
  constructor(userName, connection) {
    super();
    // One storage key per message: two windows of one person never overwrite each other's.
    this.#prefix = `treadle-chat.outbox.${userName}.`;
    this.#connection = connection;
    for (const entry of this.#readStored()) this.#entries.set(entry.id, entry);
    connection.addEventListener('connected', () => this.#sendAll());
    connection.addEventListener('state', () => connection.state !== 'connected' && this.#waitAgain());
    connection.addEventListener('receipt', ({ detail }) => this.#onReceipt(detail.receipt));
    connection.addEventListener('refused', ({ detail }) => this.refuse(detail.receipt, detail.sentence));
  }

  /** What has not been confirmed in a conversation, oldest first. @param {string} conversation @returns {Entry[]} */
  entriesOf(conversation) {
    return [...this.#entries.values()].filter((entry) => entry.conversation === conversation);
  }

  /** @param {string} conversation @param {string} destination @param {string} text */
  add(conversation, destination, text) {
    const writtenAt = new Date().toISOString();
    this.#send({ id: createId(), conversation, destination, text, writtenAt, status: 'waiting' });
  }

  /** Sends a refused message once more. @param {string} id */
  retry(id) {
    const entry = this.#entries.get(id);
    if (entry) this.#send({ ...entry, reason: undefined });
  }

  /** The server has the message. @param {string} id */
  confirm(id) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.dispatchEvent(new CustomEvent('confirmed', { detail: entry }));
    this.discard(id);
  }

  /** The server will not take the message. @param {string | undefined} id @param {string} reason */
  refuse(id, reason) {
    const entry = this.#entries.get(id);
    if (entry) this.#put({ ...entry, status: 'refused', reason });
  }

  /** The server cannot deliver the message now: it is sent again after a while, without anybody asking for it. @param {string | undefined} id */
  postpone(id) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#put({ ...entry, status: 'waiting' });
    setTimeout(() => {
      const waiting = this.#entries.get(id);
      if (waiting?.status === 'waiting') this.#send(waiting);
    }, AGAIN_AFTER_MS);
  }

  /** Gives a message up. @param {string} id */
  discard(id) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    localStorage.removeItem(this.#prefix + id);
    this.#tell(entry);
  }

  /** A refusal comes before the receipt, which then only says that the frame has been dealt with. */
  #onReceipt(id) {
    if (this.#entries.get(id)?.status === 'sending') this.confirm(id);
  }

  #sendAll() {
    for (const entry of this.#entries.values()) if (entry.status !== 'refused') this.#send(entry);
  }

  #send(entry) {
    // Kept before it is sent: whatever happens then, it is not lost.
    this.#put({ ...entry, status: 'waiting' });
    const isSent = this.#connection.send(entry.destination, { id: entry.id, text: entry.text }, entry.id);
    if (isSent) this.#put({ ...entry, status: 'sending' });
  }

  #waitAgain() {
    for (const entry of this.#entries.values()) {
      if (entry.status === 'sending') this.#put({ ...entry, status: 'waiting' });
    }
  }

  #put(entry) {
    this.#entries.set(entry.id, entry);
    localStorage.setItem(this.#prefix + entry.id, JSON.stringify(entry));
    this.#tell(entry);
  }

  #tell({ conversation }) {
    this.dispatchEvent(new CustomEvent('change', { detail: conversation }));
  }

  #readStored() {
    const entries = Object.keys(localStorage)
      .filter((key) => key.startsWith(this.#prefix))
      .map((key) => JSON.parse(localStorage.getItem(key)))
      .map((entry) => (entry.status === 'sending' ? { ...entry, status: 'waiting' } : entry));
    return entries.toSorted((one, other) => one.writtenAt.localeCompare(other.writtenAt));
  }
}

/** `crypto.randomUUID` exists only where the page came by https or from this machine; random octets exist everywhere. */
function createId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

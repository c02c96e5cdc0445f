const TYPING_MS = 5_000;

/**
 * @typedef {object} Message
 * @property {string} id
 * @property {string} sender
 * @property {string} text
 * @property {string} sentAt ISO 8601
 * @property {number} [position] missing while only the receipt tells that the server has it
 */

/** A room or the talk with one person: what is known of it in this window. */
export class Conversation {
  /** What the address bar shows behind `#/`: `rooms/lobby`, `people/Alice`. */
  key;
  /** @type {'room' | 'person'} */
  kind;
  id;
  title;
  /** Empty in a public room. @type {string[]} */
  members = [];
  isPublic = false;
  /** False for what somebody only typed into the address bar. */
  isListed = false;
  /** True while its room is subscribed to. */
  isListening = false;
  /** Position of the newest message, loaded or not. */
  lastPosition = 0;
  isLoaded = false;
  hasEarlier = false;
  /** True while messages may be missing that nobody will send again: they have to be loaded. */
  hasGap = true;
  /** From the oldest message in this window on, all are here up to this position. */
  loadedUpTo = 0;
  /** Why the server does not let us in. @type {string | undefined} */
  refusal;
  /** Who is typing. @type {Map<string, number>} name → timer */
  typing = new Map();
  #messages = new Map();
  #positions = new Set();
  #readKey;

  /** @param {'room' | 'person'} kind @param {string} id @param {string} userName */
  constructor(kind, id, userName) {
    this.kind = kind;
    this.id = id;
    this.title = id;
    this.key = `${kind === 'room' ? 'rooms' : 'people'}/${id}`;
    this.#readKey = `treadle-chat.read.${userName}.${this.key}`;
  }

  /** Where its messages are read. */
  get historyPath() {
    const id = encodeURIComponent(this.id);
    return this.kind === 'room' ? `/api/chat-rooms/${id}/messages` : `/api/direct-messages/${id}/messages`;
  }

  /** Where messages and signs of typing are sent: `destination('messages')`. */
  destination(what) {
    return this.kind === 'room' ? `/app/chat-rooms/${this.id}/${what}` : `/app/direct/${this.id}/${what}`;
  }

  /** Position of the oldest message in this window, if there is one. */
  get oldestLoaded() {
    return this.messages().find(({ position }) => position !== undefined)?.position;
  }

  /** All messages in this window, in order. @returns {Message[]} */
  messages() {
    return [...this.#messages.values()].toSorted(
      (one, other) => (one.position ?? Infinity) - (other.position ?? Infinity) || 0,
    );
  }

  /** True when this message is here. */
  has({ sender, id }) {
    return this.#messages.has(`${sender}/${id}`);
  }

  /** Adds a message; one that comes again, as after a reconnect, is still one. @param {Message} message */
  add(message) {
    const key = `${message.sender}/${message.id}`;
    if (message.position === undefined && this.#messages.has(key)) return;
    this.#messages.set(key, message);
    this.#positions.add(message.position);
    this.lastPosition = Math.max(this.lastPosition, message.position ?? 0);
    this.#closeUp();
  }

  /** Everything up to this position has been loaded. @param {number} position */
  noteLoaded(position) {
    this.loadedUpTo = Math.max(this.loadedUpTo, position);
    this.#closeUp();
  }

  /** True when a message is here and one before it is not: it is on its way from another server, or died with it. */
  get isTorn() {
    return this.isLoaded && this.lastPosition > this.loadedUpTo && this.#positions.has(this.lastPosition);
  }

  /** Read in any window of this browser. */
  get readPosition() {
    return Number(localStorage.getItem(this.#readKey) ?? 0);
  }

  get unread() {
    return Math.max(0, this.lastPosition - this.readPosition);
  }

  markRead(position = this.lastPosition) {
    if (position > this.readPosition) localStorage.setItem(this.#readKey, String(position));
  }

  /** Somebody is typing; forgotten after a while. @param {string} name @param {() => void} onChange */
  noteTyping(name, onChange) {
    this.forgetTyping(name);
    const timer = setTimeout(() => {
      this.typing.delete(name);
      onChange();
    }, TYPING_MS);
    this.typing.set(name, timer);
    onChange();
  }

  forgetTyping(name) {
    clearTimeout(this.typing.get(name));
    this.typing.delete(name);
  }

  /** What came by itself counts as loaded as far as it follows without a gap. */
  #closeUp() {
    while (this.#positions.has(this.loadedUpTo + 1)) this.loadedUpTo += 1;
  }
}

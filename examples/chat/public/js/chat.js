import { Announcements } from './announcements.js';
import { Api } from './api.js';
import { Connection, isPassing } from './connection.js';
import { Conversation } from './conversation.js';
import { History } from './history.js';
import { Outbox } from './outbox.js';

const TYPING_INTERVAL_MS = 2_500;
/** Messages of several servers may overtake each other by so much. */
const TORN_MS = 1_000;
/** Codes of the API that mean: this conversation is not yours. */
const CLOSED = new Set(['NOT_A_MEMBER', 'ROOM_UNKNOWN', 'USER_UNKNOWN']);

/**
 * All that one window knows and does, without any looks.
 * Events: `change` (something shown may have changed; several changes give one event), `problem` (`detail` is a sentence),
 * `announcement` (`detail` as the server sent it), `expelled` (the server does not know this account).
 */
export class Chat extends EventTarget {
  name;
  api;
  connection;
  outbox;
  /** @type {Map<string, Conversation>} */
  conversations = new Map();
  /** Everybody who has an account. @type {Set<string>} */
  people = new Set();
  /** Who is here now. @type {Set<string>} */
  present = new Set();
  /** Which server this window is connected to, where there are several. @type {{ name?: string, broker?: string }} */
  server = {};
  /** The one on the screen. @type {Conversation | undefined} */
  current;
  #isChanging = false;
  #history;
  #announcements;
  #leaveTyping = () => {};
  #typingSentAt = 0;

  /** @param {import('./accounts.js').Account} account */
  constructor(account) {
    super();
    this.name = account.name;
    this.api = new Api(account.token);
    this.connection = new Connection(account);
    this.#announcements = new Announcements(this.connection, this.api, (each) => this.#tell('announcement', each));
    this.outbox = new Outbox(account.name, this.connection);
    this.#history = new History(this.api, {
      onLoaded: (conversation, messages) => this.#onLoaded(conversation, messages),
      onProblem: (error, conversation) => this.#onProblem(error, conversation),
    });
    this.#listen();
    this.#subscribe();
  }

  /** Opens the session; from then on everything arrives by itself. */
  start() {
    this.connection.open();
  }

  /** Shows a conversation. @param {'room' | 'person'} kind @param {string} id */
  open(kind, id) {
    this.#leaveTyping();
    this.current = this.#conversation(kind, id);
    if (kind === 'room') this.#enterRoom(this.current);
    void this.#history.load(this.current);
    this.markRead();
    this.changed();
  }

  /** Shows none, as a phone does with its list. */
  close() {
    this.#leaveTyping();
    this.current = undefined;
    this.changed();
  }

  /** Sends a text to the conversation on the screen. */
  say(text) {
    this.outbox.add(this.current.key, this.current.destination('messages'), text);
    this.#typingSentAt = 0;
  }

  /** Lets the others know that a text is being written; not more often than they need it. */
  tellTyping() {
    const now = Date.now();
    if (now - this.#typingSentAt < TYPING_INTERVAL_MS || this.current.refusal) return;
    if (this.connection.send(this.current.destination('typing'), {})) this.#typingSentAt = now;
  }

  /** Loads what was said before the oldest message on the screen. */
  loadEarlier() {
    return this.#history.loadEarlier(this.current);
  }

  /** The person has seen what is on the screen. */
  markRead() {
    if (this.current && document.visibilityState === 'visible') this.current.markRead();
  }

  /** Unread messages of all listed conversations. @param {Conversation} [except] one that does not count */
  unread(except) {
    const others = [...this.conversations.values()].filter((each) => each.isListed && each !== except);
    return others.reduce((sum, { unread }) => sum + unread, 0);
  }

  /** Something has changed; tells the views once, when this turn's changes are done. */
  changed() {
    if (this.#isChanging) return;
    this.#isChanging = true;
    queueMicrotask(() => {
      this.#isChanging = false;
      this.dispatchEvent(new Event('change'));
    });
  }

  #listen() {
    this.connection.addEventListener('state', () => this.changed());
    this.connection.addEventListener('connected', () => void this.#refresh());
    this.connection.addEventListener('rejected', () => this.dispatchEvent(new Event('expelled')));
    // What is about a message is shown at the message.
    this.connection.addEventListener('refused', ({ detail }) => {
      if (detail.receipt === undefined) this.#tell('problem', detail.sentence);
    });
    this.outbox.addEventListener('change', () => this.changed());
    this.outbox.addEventListener('confirmed', ({ detail }) => this.#onConfirmed(detail));
    // Another window of this browser has read something.
    window.addEventListener('storage', () => this.changed());
    document.addEventListener('visibilitychange', () => {
      this.markRead();
      this.changed();
    });
  }

  /** What every window listens to. */
  #subscribe() {
    const { connection } = this;
    connection.subscribe('/topic/presence', (presence) => this.#onPresence(presence));
    this.#announcements.listen();
    connection.subscribe('/app/server', (server) => this.#onServer(server));
    connection.subscribe('/user/queue/chat-rooms', (room) => this.#onRoom(room));
    connection.subscribe('/user/queue/direct', (message) => this.#onDirectMessage(message), {
      onLive: () => this.#loadMissedDirectMessages(),
    });
    connection.subscribe('/user/queue/typing', ({ name }) =>
      this.#conversation('person', name).noteTyping(name, () => this.changed()),
    );
    connection.subscribe('/user/queue/refusals', ({ receipt, code, message }) =>
      isPassing(code) ? this.outbox.postpone(receipt) : this.outbox.refuse(receipt, message),
    );
    connection.subscribe('/user/queue/errors', (notice) => this.#onNotice(notice));
  }

  /** Lists may have changed while there was no connection. */
  async #refresh() {
    try {
      const [rooms, partners, people] = await Promise.all([
        this.api.rooms(),
        this.api.directConversations(),
        this.api.users(),
      ]);
      this.people = new Set(people);
      for (const room of rooms) this.#onRoom(room);
      for (const partner of partners) this.#onPartner(partner);
      this.markRead();
      this.changed();
    } catch (error) {
      this.#onProblem(error);
    }
  }

  #onServer(server) {
    this.server = server;
    this.changed();
  }

  /** What went wrong in the server. Without a destination it is no frame of ours: the server tells how the message broker is. */
  #onNotice({ code, message, correlationId, destination }) {
    if (code === 'SUBSCRIPTIONS_RESTORED') this.connection.noteBrokerBack();
    else if (!isPassing(code)) this.#tell('problem', `${message} (${correlationId})`);
    else if (destination === undefined) this.connection.noteBrokerLost();
  }

  #conversation(kind, id) {
    const made = new Conversation(kind, id, this.name);
    const known = this.conversations.get(made.key);
    if (known) return known;
    this.conversations.set(made.key, made);
    return made;
  }

  #onRoom({ id, title, members, isPublic, lastPosition }) {
    const conversation = this.#conversation('room', id);
    const isNew = !conversation.isListed;
    Object.assign(conversation, { title, members, isPublic, isListed: true });
    conversation.lastPosition = Math.max(conversation.lastPosition, lastPosition);
    if (!isNew) return;
    conversation.refusal = undefined;
    if (conversation === this.current) this.#enterRoom(conversation);
    else this.#listenToRoom(conversation);
    this.changed();
  }

  #onPartner({ name, lastPosition }) {
    const conversation = this.#conversation('person', name);
    conversation.isListed = true;
    conversation.lastPosition = Math.max(conversation.lastPosition, lastPosition);
  }

  #listenToRoom(room) {
    if (room.isListening) return;
    room.isListening = true;
    this.connection.subscribe(`/topic/chat-rooms/${room.id}`, (message) => this.#onMessage(room, message), {
      onLive: ({ isRecovered }) => {
        if (!isRecovered) room.hasGap = true;
        // Live first, then what was missed: nothing falls in between.
        if (room.hasGap && this.#isWatched(room)) void this.#history.load(room);
      },
      onRefused: (sentence) => {
        room.isListening = false;
        room.refusal ??= sentence;
        this.#leaveTyping();
        this.changed();
      },
    });
  }

  #enterRoom(room) {
    if (room.refusal) return;
    this.#listenToRoom(room);
    // Only the room on the screen shows who is typing. A room that refuses its messages would refuse this as well.
    if (!room.isListed) return;
    this.#leaveTyping = this.connection.subscribe(`/topic/chat-rooms/${room.id}/typing`, ({ name }) => {
      if (name !== this.name) room.noteTyping(name, () => this.changed());
    });
  }

  #onMessage(conversation, message) {
    conversation.forgetTyping(message.sender);
    const isOwn = message.sender === this.name;
    // One's own message, perhaps from another window, is no news unless others have written before it.
    if (isOwn && conversation.unread === 0) conversation.markRead(message.position);
    if (conversation.isLoaded) {
      conversation.add(message);
      this.#mendSoon(conversation);
    }
    // The page that is on its way may have been read before this message was stored: ask once more behind it.
    else if (this.#isWatched(conversation)) void this.#history.load(conversation);
    conversation.lastPosition = Math.max(conversation.lastPosition, message.position);
    if (isOwn) this.outbox.confirm(message.id);
    if (conversation === this.current) this.markRead();
    this.changed();
  }

  /** Loads what is missing between messages that came, unless it comes by itself. */
  #mendSoon(conversation) {
    if (!conversation.isTorn) return;
    setTimeout(() => conversation.isTorn && void this.#history.load(conversation), TORN_MS);
  }

  #onDirectMessage({ addressee, ...message }) {
    const conversation = this.#conversation('person', message.sender === this.name ? addressee : message.sender);
    conversation.isListed = true;
    this.#onMessage(conversation, message);
  }

  /** The first message says who is here, the others who comes and goes. */
  #onPresence({ type, users, user }) {
    if (type === 'present') this.present = new Set(users);
    if (type === 'joined') {
      this.people.add(user);
      this.present.add(user);
    }
    if (type === 'left') this.present.delete(user);
    this.changed();
  }

  /** A receipt may come without the message: that of a repeated one, or while the server still sends what was missed. */
  #onConfirmed({ id, conversation: key, text, writtenAt }) {
    const conversation = this.conversations.get(key);
    const message = { id, sender: this.name, text, sentAt: writtenAt };
    if (!conversation || !this.#isWatched(conversation) || conversation.has(message)) return;
    if (conversation.isLoaded) conversation.add(message);
    // In a room it comes by itself, at the latest with what was missed.
    if (conversation.kind !== 'room' || !conversation.isLoaded) void this.#history.load(conversation);
  }

  #loadMissedDirectMessages() {
    for (const conversation of this.conversations.values()) {
      if (conversation.kind === 'person' && this.#isWatched(conversation)) void this.#history.load(conversation);
    }
  }

  /** Others are read when they are opened; until then their number of unread messages is enough. */
  #isWatched(conversation) {
    return conversation.isLoaded || conversation === this.current;
  }

  #onLoaded(conversation, messages) {
    for (const { sender, id } of messages) if (sender === this.name) this.outbox.confirm(id);
    if (conversation === this.current) this.markRead();
    this.changed();
  }

  /** Tells what went wrong with a request; a conversation one may not read says so in its place. */
  #onProblem(error, conversation) {
    if (error.code === 'TOKEN_UNKNOWN') this.dispatchEvent(new Event('expelled'));
    else if (conversation && CLOSED.has(error.code)) conversation.refusal = error.message;
    // Without a connection the header says so already, and everything is asked again after the reconnect.
    else if (this.connection.state === 'connected') this.#tell('problem', error.message);
    this.changed();
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

import { byId, element } from '../dom.js';
import { avatar } from './avatar.js';
import { Composer } from './composer.js';
import { MessageList } from './message-list.js';
import { unreadBadge } from './unread-badge.js';

/** The conversation on the screen: who it is with, what was said, who is typing, and where to write. */
export class ConversationView {
  #chat;
  #shown;
  #header = element('header', { class: 'conversation-header' });
  #notice = element('div', { class: 'notice', role: 'status', hidden: true });
  #typing = element('p', { class: 'typing', 'aria-live': 'polite' });
  #messages;
  #composer;

  /** @param {import('../chat.js').Chat} chat */
  constructor(chat) {
    this.#chat = chat;
    this.#composer = new Composer(chat);
    this.#messages = new MessageList(chat, (text) => this.#composer.takeBack(text));
  }

  show() {
    const { current } = this.#chat;
    document.body.dataset.place = current ? 'conversation' : 'list';
    if (current !== this.#shown) this.#change(current);
    if (!current) return;
    this.#showHeader(current);
    this.#messages.show(current);
    this.#showNotice(current);
    this.#typing.textContent = typingText([...current.typing.keys()]);
    this.#composer.show(current);
  }

  #change(current) {
    this.#shown = current;
    if (!current) {
      byId('conversation').replaceChildren(element('p', { class: 'empty' }, 'Choose a room or a person on the left.'));
      return;
    }
    this.#messages.begin(current);
    const footer = element('footer', { class: 'conversation-footer' }, this.#notice, this.#typing, this.#composer.node);
    byId('conversation').replaceChildren(this.#header, this.#messages.node, footer);
    this.#composer.begin(current);
  }

  #showHeader(conversation) {
    const { kind, title } = conversation;
    const subtitle = this.#subtitleOf(conversation);
    const unread = this.#chat.unread(conversation);
    const version = JSON.stringify([title, subtitle, unread]);
    if (this.#header.dataset.version === version) return;
    this.#header.dataset.version = version;
    const sign = kind === 'room' ? element('span', { class: 'room-sign', 'aria-hidden': 'true' }, '#') : avatar(title);
    this.#header.replaceChildren(
      backLink(unread),
      sign,
      element('div', { class: 'names' }, element('h1', {}, title), element('p', {}, subtitle)),
    );
  }

  #subtitleOf({ kind, id, isPublic, isListed, members }) {
    const { present, name } = this.#chat;
    if (kind === 'person' && id === name) return 'Your own notes';
    if (kind === 'person') return present.has(id) ? 'Here now' : 'Away, but gets your messages later';
    if (isPublic) return `Everybody · ${present.size} here`;
    if (!isListed) return '';
    return `${members.join(', ')} · ${members.filter((member) => present.has(member)).length} here`;
  }

  #showNotice({ refusal }) {
    const { state, isBrokerAway } = this.#chat.connection;
    const isAway = state === 'waiting' || state === 'offline' || state === 'held';
    this.#notice.hidden = !isAway || refusal !== undefined;
    const text = isBrokerAway
      ? 'The message broker is away. What you write waits here and is sent as soon as it is back.'
      : 'No connection. What you write waits here and is sent as soon as the server is back.';
    this.#notice.textContent = this.#notice.hidden ? '' : text;
  }
}

/** A phone shows either the list or a conversation: there the way back tells of what is unread elsewhere. */
function backLink(unread) {
  const count = unread > 0 ? `, ${unread} unread elsewhere` : '';
  return element(
    'a',
    { href: '#/', class: 'back', 'aria-label': `Back to the list${count}` },
    '‹',
    unread > 0 && unreadBadge(unread),
  );
}

function typingText(names) {
  if (names.length === 0) return '';
  if (names.length > 3) return 'Several people are typing …';
  const list = new Intl.ListFormat('en').format(names);
  return `${list} ${names.length === 1 ? 'is' : 'are'} typing …`;
}

import { element, showItems } from '../dom.js';
import { renderMessage } from './message.js';
import { dayOf } from './time.js';

const TOGETHER_MS = 5 * 60_000;

/** What was said in a conversation, and what is on its way. */
export class MessageList {
  node;
  #chat;
  #onEdit;
  #list = element('ol', { class: 'messages' });
  #earlier;
  #toNewest;
  /** Messages behind this position were new when the conversation was opened. */
  #readBefore = 0;
  #isAtEnd = true;

  /** @param {import('../chat.js').Chat} chat @param {(text: string) => void} onEdit puts a refused text back where it was written */
  constructor(chat, onEdit) {
    this.#chat = chat;
    this.#onEdit = onEdit;
    this.#earlier = element(
      'button',
      { type: 'button', class: 'button small', onclick: () => void this.#showEarlier() },
      'Show earlier messages',
    );
    this.#toNewest = element(
      'button',
      { type: 'button', class: 'to-newest', onclick: () => this.#scrollToEnd() },
      'New messages ↓',
    );
    this.node = element(
      'div',
      { class: 'scroller', tabindex: '0', role: 'log', 'aria-label': 'Messages', onscroll: () => this.#onScroll() },
      element('div', { class: 'earlier' }, this.#earlier),
      this.#list,
      this.#toNewest,
    );
    // A growing composer or a phone's keyboard takes room from the list.
    new ResizeObserver(() => this.#isAtEnd && this.#scrollToEnd()).observe(this.node);
  }

  /** Another conversation is shown. */
  begin(conversation) {
    this.#readBefore = conversation.unread > 0 ? conversation.readPosition : Infinity;
    this.#isAtEnd = true;
    this.#list.replaceChildren();
    this.#toNewest.hidden = true;
  }

  show(conversation) {
    const items = this.#itemsOf(conversation);
    this.#earlier.hidden = !conversation.hasEarlier;
    this.node.setAttribute('aria-busy', String(!conversation.isLoaded));
    const lastBefore = this.#list.lastElementChild?.dataset.key;
    showItems(this.#list, items, {
      key: (item) => item.key,
      version: (item) => JSON.stringify(item),
      render: (item) => this.#render(item),
    });
    const isOwnNew = items.at(-1)?.isOwn && items.at(-1)?.key !== lastBefore;
    if (this.#isAtEnd || isOwnNew) this.#scrollToEnd();
    else if (lastBefore !== undefined && lastBefore !== items.at(-1)?.key) this.#toNewest.hidden = false;
  }

  /** Messages in order with the lines between them, as plain data: what is equal is not drawn again. */
  #itemsOf(conversation) {
    const items = [];
    let before;
    for (const message of this.#messagesOf(conversation)) {
      const day = dayOf(message.sentAt);
      const isNewDay = before === undefined || dayOf(before.sentAt) !== day;
      if (isNewDay) items.push({ kind: 'line', key: `day/${day}`, text: day });
      const isFirstNew =
        message.position > this.#readBefore && !(before?.position > this.#readBefore) && !message.isOwn;
      if (isFirstNew) items.push({ kind: 'line', key: 'new', text: 'New', isNew: true });
      const isTogether = !isNewDay && !isFirstNew && before?.sender === message.sender && isSoonAfter(message, before);
      items.push({ kind: 'message', key: `${message.sender}/${message.id}`, ...message, isTogether });
      before = message;
    }
    return items.length > 0 ? items : [{ kind: 'empty', key: 'empty', text: emptyText(conversation) }];
  }

  #messagesOf(conversation) {
    const { name, outbox } = this.#chat;
    const stored = conversation
      .messages()
      .map((message) => ({ ...message, isOwn: message.sender === name, status: 'sent' }));
    const underWay = outbox
      .entriesOf(conversation.key)
      .map(({ id, text, writtenAt, status, reason }) => ({
        id,
        sender: name,
        text,
        sentAt: writtenAt,
        isOwn: true,
        status,
        reason,
      }))
      .filter((message) => !conversation.has(message));
    return [...stored, ...underWay];
  }

  #render(item) {
    if (item.kind === 'empty') return element('li', { class: 'empty' }, item.text);
    if (item.kind === 'line') {
      return element('li', { class: `line ${item.isNew ? 'new' : ''}` }, element('span', {}, item.text));
    }
    const { outbox } = this.#chat;
    const discard = () => outbox.discard(item.id);
    const edit = () => {
      discard();
      this.#onEdit(item.text);
    };
    return renderMessage(item, { retry: () => outbox.retry(item.id), edit, discard });
  }

  /** What was on the screen stays where it was, with the earlier messages above it. */
  async #showEarlier() {
    const fromEnd = this.node.scrollHeight - this.node.scrollTop;
    await this.#chat.loadEarlier();
    await Promise.resolve(); // the views are told at the end of this turn
    this.node.scrollTop = this.node.scrollHeight - fromEnd;
  }

  #onScroll() {
    const { scrollTop, clientHeight, scrollHeight } = this.node;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < 40;
    if (this.#isAtEnd) this.#toNewest.hidden = true;
  }

  #scrollToEnd() {
    this.node.scrollTop = this.node.scrollHeight;
    this.#isAtEnd = true;
    this.#toNewest.hidden = true;
  }
}

function isSoonAfter(message, before) {
  return new Date(message.sentAt) - new Date(before.sentAt) < TOGETHER_MS;
}

function emptyText({ isLoaded, refusal }) {
  if (refusal) return refusal;
  return isLoaded ? 'Nothing has been said here yet. Say hello!' : 'Loading …';
}

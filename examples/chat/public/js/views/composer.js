import { element } from '../dom.js';

/** Where messages are written. Keeps what was begun in each conversation. */
export class Composer {
  node;
  #chat;
  #drafts = new Map();
  #input;

  /** @param {import('../chat.js').Chat} chat */
  constructor(chat) {
    this.#chat = chat;
    this.#input = element('textarea', {
      id: 'composer',
      rows: 1,
      enterkeyhint: 'send',
      oninput: () => this.#onInput(),
      onkeydown: (event) => this.#onKey(event),
    });
    const button = element('button', { type: 'submit', class: 'button primary send', 'aria-label': 'Send' }, 'Send');
    const label = element('label', { for: 'composer', class: 'for-screen-readers' }, 'Message');
    const onsubmit = (event) => {
      event.preventDefault();
      this.#send();
    };
    this.node = element('form', { class: 'composer', onsubmit }, label, this.#input, button);
  }

  /** Another conversation is shown. */
  begin(conversation) {
    this.#input.value = this.#drafts.get(conversation.key) ?? '';
    this.#fit();
    // A phone's keyboard would cover what one came to read.
    if (matchMedia('(min-width: 720px)').matches) this.#input.focus();
  }

  show({ kind, title, refusal }) {
    this.#input.placeholder = kind === 'room' ? `Message #${title}` : `Message ${title}`;
    this.node.hidden = refusal !== undefined;
  }

  /** Puts a text back to be changed; what was begun meanwhile stays behind it. @param {string} text */
  takeBack(text) {
    this.#input.value = [text, this.#input.value].filter((part) => part !== '').join('\n');
    this.#onInput();
    this.#input.focus();
  }

  #onInput() {
    this.#drafts.set(this.#chat.current.key, this.#input.value);
    this.#fit();
    if (this.#input.value !== '') this.#chat.tellTyping();
  }

  #onKey(event) {
    // While an input method composes a character, Enter only accepts it.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#input.value.trim();
    if (text === '') return;
    this.#chat.say(text);
    this.#input.value = '';
    this.#drafts.delete(this.#chat.current.key);
    this.#fit();
    this.#input.focus();
  }

  /** As high as its text; the style sheet says how high at most. */
  #fit() {
    this.#input.style.height = 'auto';
    this.#input.style.height = `${this.#input.scrollHeight + 2}px`;
  }
}

import { byId, element, showItems } from '../dom.js';
import { avatar } from './avatar.js';
import { unreadBadge } from './unread-badge.js';

/** The list of rooms and people. */
export class SidebarView {
  #chat;

  /** @param {import('../chat.js').Chat} chat */
  constructor(chat) {
    this.#chat = chat;
  }

  show() {
    const { conversations } = this.#chat;
    const rooms = [...conversations.values()].filter(({ kind, isListed }) => kind === 'room' && isListed);
    this.#showList(
      'rooms',
      rooms.map((room) => this.#roomItem(room)),
    );
    const people = this.#people();
    const near = people.filter(({ isPresent, conversation }) => isPresent || conversation?.isListed);
    const far = people.filter((person) => !near.includes(person));
    this.#showList('people', near);
    this.#showList('absent-people', far);
    byId('people-empty').hidden = near.length > 0;
    byId('absent').hidden = far.length === 0;
    byId('absent').querySelector('summary').textContent = `Away (${far.length})`;
  }

  #roomItem({ key, title, isPublic, members, unread }) {
    return { key, title, unread, detail: isPublic ? 'Everybody' : members.join(', '), isRoom: true };
  }

  #people() {
    const { people, present, conversations, name: own } = this.#chat;
    const names = [...people].filter((name) => name !== own).toSorted((one, other) => one.localeCompare(other));
    const items = names.map((name) => {
      const key = `people/${name}`;
      const conversation = conversations.get(key);
      const unread = conversation?.unread ?? 0;
      return { key, title: name, unread, isPresent: present.has(name), conversation };
    });
    return items.toSorted((one, other) => Number(other.isPresent) - Number(one.isPresent));
  }

  #showList(id, items) {
    const current = this.#chat.current?.key;
    showItems(byId(id), items, {
      key: (item) => item.key,
      version: ({ key, title, detail, unread, isPresent }) =>
        JSON.stringify([title, detail, unread, isPresent, key === current]),
      render: (item) => this.#renderItem(item, item.key === current),
    });
  }

  #renderItem({ key, title, detail, unread, isPresent, isRoom }, isCurrent) {
    const [place, ...id] = key.split('/');
    const presence = isRoom ? '' : `, ${isPresent ? 'here' : 'away'}`;
    const count = unread > 0 ? `, ${unread} unread` : '';
    const link = element(
      'a',
      {
        href: `#/${place}/${encodeURIComponent(id.join('/'))}`,
        'aria-current': isCurrent && 'page',
        'aria-label': `${title}${presence}${count}`,
        class: unread > 0 && 'has-unread',
      },
      isRoom ? element('span', { class: 'room-sign', 'aria-hidden': 'true' }, '#') : avatar(title, isPresent),
      element(
        'span',
        { class: 'names' },
        element('span', { class: 'title' }, title),
        detail && element('small', {}, detail),
      ),
      unread > 0 && unreadBadge(unread),
    );
    return element('li', {}, link);
  }
}

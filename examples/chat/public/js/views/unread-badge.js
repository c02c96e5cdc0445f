import { element } from '../dom.js';

/** How many messages are unread. Links that hold it say the number in their label. @param {number} count */
export function unreadBadge(count) {
  return element('span', { class: 'unread' }, count > 99 ? '99+' : String(count));
}

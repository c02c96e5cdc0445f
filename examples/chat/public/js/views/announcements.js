import { byId, element } from '../dom.js';
import { timeOf } from './time.js';

/** Puts an announcement on top of the page, until it is put away. */
export function showAnnouncement({ text, sender, sentAt }) {
  const close = () => banner.remove();
  const banner = element(
    'div',
    { class: 'announcement' },
    element('p', {}, element('strong', {}, text), element('span', {}, `${sender}, ${timeOf(sentAt)}`)),
    element(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': 'Put the announcement away', onclick: close },
      '✕',
    ),
  );
  byId('announcements').prepend(banner);
}

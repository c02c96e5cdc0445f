import { leaveAccount } from '../accounts.js';
import { byId, element } from '../dom.js';
import { avatar } from './avatar.js';

/** Shows in the header who this window is, with what only they can do. @param {import('../chat.js').Chat} chat */
export function showAccount(chat) {
  const announce = element(
    'button',
    { type: 'button', onclick: () => byId('announcement-dialog').showModal() },
    'Announce something …',
  );
  const leave = element('button', { type: 'button', onclick: leavePage }, 'Be somebody else');
  const menu = element(
    'details',
    { class: 'menu' },
    element(
      'summary',
      { 'aria-label': `You are ${chat.name}; menu` },
      avatar(chat.name),
      element('span', { class: 'own-name' }, chat.name),
    ),
    element('div', { class: 'menu-items', onclick: () => menu.removeAttribute('open') }, announce, leave),
  );
  menu.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    menu.removeAttribute('open');
    menu.querySelector('summary').focus();
  });
  document.addEventListener('click', ({ target }) => !menu.contains(target) && menu.removeAttribute('open'));
  byId('account').replaceChildren(menu);
}

function leavePage() {
  leaveAccount();
  location.hash = '';
  location.reload();
}

import { byId, element } from '../dom.js';
import { timeOf } from '../format.js';

/** Lines that are kept. */
const LENGTH = 50;
const TOAST_MS = 6_000;
const KINDS = { trade: 'Trade', alert: 'Alert', refusal: 'Refused' };

/**
 * Shows what has happened, newest first; for a moment also in the corner while the list is out of sight. Screen readers are told by the list.
 *
 * @param {import('../desk.js').Desk} desk
 */
export function showActivity(desk) {
  const observer = new IntersectionObserver(([{ isIntersecting }]) => {
    byId('toasts').hidden = isIntersecting;
  });
  observer.observe(byId('activity-heading'));
  desk.addEventListener('notice', ({ detail }) => {
    const log = byId('activity');
    log.prepend(line(detail));
    while (log.children.length > LENGTH) log.lastElementChild.remove();
    byId('activity-empty').hidden = true;
    showToast(detail);
  });
}

function line({ kind, text, at }) {
  return element(
    'li',
    { 'data-kind': kind },
    element('span', { class: 'kind' }, KINDS[kind]),
    element('span', { class: 'text' }, text),
    element('time', { datetime: at.toISOString() }, timeOf(at)),
  );
}

function showToast({ kind, text }) {
  const toast = element('p', { class: 'toast', 'data-kind': kind, 'aria-hidden': 'true' }, text);
  byId('toasts').append(toast);
  setTimeout(() => toast.remove(), TOAST_MS);
}

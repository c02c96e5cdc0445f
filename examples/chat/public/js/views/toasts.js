import { byId, element } from '../dom.js';

const SHOWN_MS = 8_000;

/** Shows a sentence in the corner for a while. @param {string} sentence */
export function showToast(sentence) {
  const same = [...byId('toasts').children].find((toast) => toast.dataset.sentence === sentence);
  same?.remove();
  const toast = element('div', { class: 'toast', 'data-sentence': sentence }, element('p', {}, sentence));
  toast.append(
    element(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: () => toast.remove() },
      '✕',
    ),
  );
  byId('toasts').append(toast);
  setTimeout(() => toast.remove(), SHOWN_MS);
}

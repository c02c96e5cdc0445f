import { element } from '../dom.js';
import { avatar, colourOf } from './avatar.js';
import { timeOf } from './time.js';

const STATUS = { waiting: 'Waiting for the connection', sending: 'Sending …', sent: '✓', refused: 'Not sent' };

/**
 * A message as it stands in the list.
 *
 * @param {object} message with `status` as in the outbox, or `sent`
 * @param {{ retry: () => void, edit: () => void, discard: () => void }} actions for one that was refused
 */
export function renderMessage(message, actions) {
  const { sender, text, isOwn, isTogether, status, reason } = message;
  return element(
    'li',
    { class: `message ${isOwn ? 'own' : 'other'} ${isTogether ? 'together' : ''} ${status}`, 'data-status': status },
    !isOwn && avatar(sender),
    element(
      'div',
      { class: 'bubble' },
      // Spoken with every message, shown once for those that stand together.
      element(
        'span',
        { class: isOwn || isTogether ? 'for-screen-readers' : `sender colour-${colourOf(sender)}` },
        isOwn ? 'You' : sender,
      ),
      element('p', { class: 'text', dir: 'auto' }, text),
      renderMeta(message),
    ),
    status === 'refused' && renderRefusal(reason, actions),
  );
}

function renderMeta({ sentAt, isOwn, status }) {
  const time = element('time', { datetime: sentAt, title: new Date(sentAt).toLocaleString() }, timeOf(sentAt));
  if (!isOwn) return element('span', { class: 'meta' }, time);
  const isSent = status === 'sent';
  return element(
    'span',
    { class: 'meta' },
    time,
    element('span', { class: 'status', 'aria-hidden': isSent && 'true' }, STATUS[status]),
    isSent && element('span', { class: 'for-screen-readers' }, 'Sent'),
  );
}

function renderRefusal(reason, { retry, edit, discard }) {
  const button = (text, onclick) => element('button', { type: 'button', class: 'link', onclick }, text);
  return element(
    'div',
    { class: 'refusal', role: 'alert' },
    element('span', {}, `Not sent: ${reason}`),
    button('Try again', retry),
    button('Edit', edit),
    button('Discard', discard),
  );
}

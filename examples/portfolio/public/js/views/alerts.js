import { byId, element } from '../dom.js';
import { money } from '../format.js';

/** Shows the alerts that are set; each is a subscription, and its button ends it. @param {import('../desk.js').Desk} desk */
export function showAlerts(desk) {
  desk.addEventListener('alerts', () => {
    const alerts = [...desk.alerts.values()];
    byId('alerts').replaceChildren(...alerts.map(chip));
    byId('alerts-empty').hidden = alerts.length > 0;
  });
}

function chip({ ticker, limit, end }) {
  const text = `${ticker} at ${money(limit)}`;
  const remove = element(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': `Remove the alert for ${text}`, onclick: end },
    '✕',
  );
  return element('li', { class: 'chip' }, element('span', {}, text), remove);
}

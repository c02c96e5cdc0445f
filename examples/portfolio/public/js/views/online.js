import { byId } from '../dom.js';

/** Shows how many people have the page open. @param {import('../desk.js').Desk} desk */
export function showOnline(desk) {
  const line = byId('online');
  desk.addEventListener('online', () => {
    line.hidden = false;
    line.textContent = desk.online === 1 ? 'Only you online' : `${desk.online} traders online`;
  });
}

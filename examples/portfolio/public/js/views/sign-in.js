import { fetchTraders, signIn } from '../api.js';
import { byId, element } from '../dom.js';
import { keepSignIn } from '../sign-in-store.js';

const ROLES = { trader: 'Trades', observer: 'Looks on, cannot trade' };

/**
 * Asks who this window is.
 *
 * @param {(signIn: import('../sign-in-store.js').SignIn) => void} onSignedIn
 * @param {string} [notice] why it is asked again
 */
export async function showSignIn(onSignedIn, notice) {
  const page = byId('sign-in');
  const error = element('p', { class: 'form-error', role: 'alert' });
  const list = element('ul', { class: 'traders' });
  page.replaceChildren(
    element(
      'div',
      { class: 'card' },
      element('img', { src: 'favicon.svg', alt: '', width: 56, height: 56 }),
      element('h1', {}, 'Sign in as …'),
      element(
        'p',
        { class: 'hint' },
        notice ?? 'These are demo accounts without passwords. Open a second window as somebody else.',
      ),
      list,
      error,
    ),
  );
  page.hidden = false;
  const enter = async (name) => {
    error.textContent = '';
    try {
      const signedIn = await signIn(name);
      keepSignIn(signedIn);
      page.hidden = true;
      onSignedIn(signedIn);
    } catch (problem) {
      error.textContent = problem.message;
    }
  };
  try {
    list.replaceChildren(...(await fetchTraders()).map((trader) => choice(trader, enter)));
  } catch (problem) {
    error.textContent = problem.message;
  }
}

function choice({ name, fullName, role }, enter) {
  return element(
    'li',
    {},
    element(
      'button',
      { type: 'button', class: 'trader', onclick: () => void enter(name) },
      element('span', { class: 'initial', 'aria-hidden': 'true' }, fullName.slice(0, 1)),
      element('span', { class: 'names' }, element('b', {}, fullName), element('small', {}, ROLES[role])),
    ),
  );
}

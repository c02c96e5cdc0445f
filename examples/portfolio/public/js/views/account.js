import { signOut } from '../api.js';
import { byId, element } from '../dom.js';
import { forgetSignIn } from '../sign-in-store.js';

/**
 * Shows in the header who this window is, and lets them go.
 *
 * @param {import('../sign-in-store.js').SignIn} signIn
 * @param {import('../desk.js').Desk} desk
 */
export function showAccount({ trader, token }, { connection }) {
  const leave = async () => {
    forgetSignIn();
    await connection.close();
    // A token that the server has forgotten already is as good as signed out.
    await signOut(token).catch(() => undefined);
    location.reload();
  };
  byId('account').replaceChildren(
    element(
      'span',
      { class: 'account-name' },
      trader.fullName,
      trader.role === 'observer' && element('small', { class: 'badge' }, 'Observer'),
    ),
    element('button', { type: 'button', class: 'button small', onclick: () => void leave() }, 'Sign out'),
  );
}

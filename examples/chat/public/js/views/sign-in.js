import { knownAccounts, useAccount } from '../accounts.js';
import { Api } from '../api.js';
import { byId, element } from '../dom.js';
import { avatar } from './avatar.js';

/**
 * Asks who this window is: somebody this browser knows, or a new name.
 *
 * @param {(account: import('../accounts.js').Account) => void} onSignedIn
 * @param {string} [notice] why it is asked again
 */
export function showSignIn(onSignedIn, notice) {
  const page = byId('sign-in');
  const enter = (account) => {
    useAccount(account);
    page.hidden = true;
    onSignedIn(account);
  };
  page.replaceChildren(
    element(
      'div',
      { class: 'card' },
      element('img', { src: 'favicon.svg', alt: '', width: 56, height: 56 }),
      element('h1', {}, 'Who are you?'),
      element(
        'p',
        { class: 'hint' },
        notice ?? 'Pick a name and you are in. No password: this browser keeps your key.',
      ),
      newNameForm(enter),
      knownAccounts().length > 0 && knownNames(enter),
    ),
  );
  page.hidden = false;
  byId('name').focus();
}

function newNameForm(enter) {
  const input = element('input', {
    id: 'name',
    name: 'name',
    required: true,
    maxlength: 24,
    autocomplete: 'off',
    autocapitalize: 'words',
    spellcheck: 'false',
    placeholder: 'Ada',
    'aria-describedby': 'name-error',
  });
  const error = element('p', { id: 'name-error', class: 'form-error', role: 'alert' });
  const button = element('button', { class: 'button primary', type: 'submit' }, 'Start chatting');
  const submit = async () => {
    error.textContent = '';
    button.disabled = true;
    try {
      enter(await new Api().createUser(input.value));
    } catch (problem) {
      error.textContent = problem.message;
      input.focus();
    } finally {
      button.disabled = false;
    }
  };
  const onsubmit = (event) => {
    event.preventDefault();
    void submit();
  };
  return element('form', { onsubmit }, element('label', { for: 'name' }, 'Your name'), input, error, button);
}

function knownNames(enter) {
  const buttons = knownAccounts().map((account) =>
    element(
      'li',
      {},
      element(
        'button',
        { type: 'button', class: 'known-name', onclick: () => enter(account) },
        avatar(account.name),
        account.name,
      ),
    ),
  );
  return element(
    'section',
    { class: 'known-names', 'aria-labelledby': 'known-names-heading' },
    element('h2', { id: 'known-names-heading' }, 'Or go on as'),
    element('ul', {}, ...buttons),
  );
}

const ACCOUNTS = 'treadle-chat.accounts';
const CURRENT = 'treadle-chat.current';

/** @typedef {{ name: string, token: string }} Account */

/**
 * The accounts that this browser has made. They outlive the window, so nobody loses their name; which of them a window uses is
 * the window's own affair, so two windows can be two people.
 *
 * @returns {Account[]}
 */
export function knownAccounts() {
  return JSON.parse(localStorage.getItem(ACCOUNTS) ?? '[]');
}

/** Who this window is. @returns {Account | undefined} */
export function currentAccount() {
  const name = sessionStorage.getItem(CURRENT);
  return knownAccounts().find((account) => account.name === name);
}

/** Keeps an account and makes it this window's. @param {Account} account */
export function useAccount(account) {
  const others = knownAccounts().filter(({ name }) => name !== account.name);
  localStorage.setItem(ACCOUNTS, JSON.stringify([account, ...others]));
  sessionStorage.setItem(CURRENT, account.name);
}

/** This window is nobody any more; the account stays in the browser. */
export function leaveAccount() {
  sessionStorage.removeItem(CURRENT);
}

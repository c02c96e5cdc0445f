const KEY = 'treadle-portfolio.sign-in';

/** @typedef {{ trader: import('./api.js').Trader, token: string }} SignIn */

/** Who this window is; two windows can be two people. @returns {SignIn | undefined} */
export function currentSignIn() {
  return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? undefined;
}

/** @param {SignIn} signIn */
export function keepSignIn(signIn) {
  sessionStorage.setItem(KEY, JSON.stringify(signIn));
}

/** This window is nobody any more. */
export function forgetSignIn() {
  sessionStorage.removeItem(KEY);
}

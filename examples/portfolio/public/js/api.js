/** The server refused a request, or could not be reached; the message is a sentence for people. */
export class ApiError extends Error {}

/** @returns {Promise<Trader[]>} everybody who can sign in */
export async function fetchTraders() {
  return (await request('GET', '/api/traders')).traders;
}

/** @param {string} name @returns {Promise<import('./sign-in-store.js').SignIn>} */
export function signIn(name) {
  return request('POST', '/api/sign-ins', { body: JSON.stringify({ name }) });
}

/** Makes the token worthless. @param {string} token */
export function signOut(token) {
  return request('DELETE', '/api/sign-ins', { token });
}

/** @typedef {{ name: string, fullName: string, role: 'trader' | 'observer' }} Trader */

async function request(method, path, { body, token } = {}) {
  const headers = { accept: 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body) headers['content-type'] = 'application/json';
  const response = await fetch(path, { method, headers, body }).catch(() => {
    throw new ApiError('The server cannot be reached. Please try again in a moment.');
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new ApiError(answer.message ?? `The server answered with status ${response.status}.`);
}

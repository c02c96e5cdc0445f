import { AuthenticationError, type ConnectRequest, type Principal } from 'treadle';
import type { UserDirectory } from './user-directory.js';

/** Answers who opens a STOMP session: login is the name, passcode the token. Nobody is anonymous here. */
export async function authenticateUser(users: UserDirectory, request: ConnectRequest): Promise<Principal> {
  const { login = '', passcode = '' } = request;
  if (await users.isTokenOf(login, passcode)) return { name: login };
  throw new AuthenticationError(`login ${JSON.stringify(login)} came without its token`);
}

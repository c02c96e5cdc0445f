import { createHash, randomBytes } from 'node:crypto';
import { injectable } from 'tsyringe';
import { AuthenticationError, type ConnectRequest } from 'treadle';
import { DEMO_ACCOUNTS } from './demo-accounts.js';
import type { Trader } from './trader.js';

/** Who has signed in, by the token they got for it. Kept in memory: after a restart everybody signs in again. */
@injectable()
export class SignIns {
  readonly #traders = new Map<string, Trader>();

  /** @returns the account and a new token for it; `undefined` when there is no such account */
  signIn(name: unknown): { trader: Trader; token: string } | undefined {
    const account = DEMO_ACCOUNTS.find(({ trader }) => trader.name === name);
    if (!account) return undefined;
    const token = randomBytes(32).toString('base64url');
    this.#traders.set(hash(token), account.trader);
    return { trader: account.trader, token };
  }

  /** Makes a token worthless. @returns whether it was worth something */
  signOut(token: string): boolean {
    return this.#traders.delete(hash(token));
  }

  /**
   * Answers who opens a STOMP session: login is the name, passcode the token. Nobody is anonymous here.
   * @throws AuthenticationError
   */
  authenticate({ login, passcode = '' }: ConnectRequest): Trader {
    const trader = this.#traders.get(hash(passcode));
    if (trader && trader.name === login) return trader;
    throw new AuthenticationError(`login ${JSON.stringify(login)} came without its token`);
  }
}

/** Looked up by the hash, so the time it takes tells nothing about tokens. SHA-256 is enough for 256 random bits. */
function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

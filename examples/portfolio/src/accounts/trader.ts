import type { Principal } from 'treadle';
import type { Cents } from '../money.js';

/** What an account may do: observers see everything of their own and the market, but trade nothing. */
export type Role = 'trader' | 'observer';

/** Who has an account; the user of their sessions. */
export interface Trader extends Principal {
  readonly fullName: string;
  readonly role: Role;
}

/** A holding that an account begins with. */
export interface Holding {
  readonly ticker: string;
  readonly shares: number;
  /** What all of them together had cost. */
  readonly cost: Cents;
}

/** A trader and what they begin with. */
export interface DemoAccount {
  readonly trader: Trader;
  readonly cash: Cents;
  readonly holdings: readonly Holding[];
}

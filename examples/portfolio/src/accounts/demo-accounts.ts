import type { DemoAccount } from './trader.js';

/** Everybody who can sign in. A real application keeps them in a database, with passwords. */
export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  {
    trader: { name: 'harbour', fullName: 'Harbour Fund', role: 'trader' },
    cash: 1_250_000,
    holdings: [
      { ticker: 'LOOM', shares: 40, cost: 498_000 },
      { ticker: 'INDG', shares: 12, cost: 331_200 },
      { ticker: 'FLAX', shares: 150, cost: 603_000 },
    ],
  },
  {
    trader: { name: 'meadow', fullName: 'Meadow Fund', role: 'trader' },
    cash: 320_000,
    holdings: [
      { ticker: 'SHTL', shares: 75, cost: 648_750 },
      { ticker: 'SELV', shares: 200, cost: 412_000 },
    ],
  },
  {
    trader: { name: 'visitor', fullName: 'Gallery Visitor', role: 'observer' },
    cash: 0,
    holdings: [{ ticker: 'DYEW', shares: 10, cost: 61_000 }],
  },
];

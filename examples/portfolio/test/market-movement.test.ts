import { RandomWalk } from '../src/quotes/market-movement.js';
import { LISTED_STOCKS } from '../src/quotes/stock.js';

/** Numbers that look random and are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pricesOfADay(walk: RandomWalk, open: number): number[] {
  const prices = [open];
  for (let step = 0; step < 20_000; step += 1) {
    const price = prices.at(-1) ?? open;
    prices.push(walk.nextPrice({ ticker: 'LOOM', company: 'Loom & Warp', open, price, history: [] }));
  }
  return prices;
}

describe('the random walk', () => {
  test('goes where its random source sends it', () => {
    expect(pricesOfADay(new RandomWalk(seeded(7)), 10_000)).toEqual(pricesOfADay(new RandomWalk(seeded(7)), 10_000));
  });

  test.each(LISTED_STOCKS)('keeps $ticker near the price the day began with', ({ open }) => {
    const prices = pricesOfADay(new RandomWalk(seeded(open)), open);

    expect(Math.min(...prices)).toBeGreaterThan(open * 0.75);
    expect(Math.max(...prices)).toBeLessThan(open * 1.25);
    expect(prices.every(Number.isInteger)).toBe(true);
  });

  test('lets some stocks rest at each step', () => {
    const walk = new RandomWalk(() => 0.1);

    expect(pricesOfADay(walk, 10_000).at(-1)).toBe(10_000);
  });

  test('never falls below one dollar', () => {
    const answers = [0.5, 0, 0, 0];
    let index = 0;
    const walk = new RandomWalk(() => answers[index++ % 4] ?? 0);

    expect(Math.min(...pricesOfADay(walk, 110))).toBe(100);
  });
});

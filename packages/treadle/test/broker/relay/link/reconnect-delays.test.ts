import { ReconnectDelays } from '../../../../src/broker/relay/link/reconnect-delays.js';

const LIMITS = { reconnectDelayMs: 500, maxReconnectDelayMs: 30_000 };

/** A generator of numbers that gives the same ones each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('delays between attempts to connect', () => {
  it('double from the first to the longest, which stays', () => {
    const delays = new ReconnectDelays({ ...LIMITS, random: () => 0 });

    const taken = Array.from({ length: 9 }, () => delays.next());

    expect(taken).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('are finite after any number of attempts', () => {
    const delays = new ReconnectDelays({ ...LIMITS, random: () => 0 });

    for (let attempt = 0; attempt < 5_000; attempt += 1) delays.next();

    expect(delays.next()).toBe(30_000);
  });

  it('are shortened by up to a half at random, so that no two servers keep step', () => {
    const random = seeded(7);
    const firsts = Array.from({ length: 1_000 }, () => new ReconnectDelays({ ...LIMITS, random }).next());

    expect(Math.min(...firsts)).toBeGreaterThan(250);
    expect(Math.min(...firsts)).toBeLessThan(260);
    expect(Math.max(...firsts)).toBeGreaterThan(490);
    expect(Math.max(...firsts)).toBeLessThanOrEqual(500);
    expect(new Set(firsts).size).toBeGreaterThan(990);
  });

  it('begin anew after a link that stood as long as the longest delay, and not after a shorter one', () => {
    const delays = new ReconnectDelays({ ...LIMITS, random: () => 0 });
    for (let attempt = 0; attempt < 3; attempt += 1) delays.next();

    delays.stood(29_999);
    expect(delays.next()).toBe(4_000);
    delays.stood(30_000);
    expect(delays.next()).toBe(500);
  });
});

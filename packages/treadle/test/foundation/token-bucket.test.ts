import { TokenBucket } from '../../src/foundation/token-bucket.js';

describe('a token bucket', () => {
  it('gives what one second is worth at once, and not more', () => {
    const bucket = new TokenBucket(3, 0);

    const given = [0, 0, 0, 0].map((now) => bucket.take(1, now));

    expect(given).toEqual([true, true, true, false]);
  });

  it('fills as time goes on, in parts of a second too', () => {
    const bucket = new TokenBucket(10, 0);
    bucket.take(10, 0);

    const given = [99, 100, 100, 300, 300, 300].map((now) => bucket.take(1, now));

    expect(given).toEqual([false, true, false, true, true, false]);
  });

  it('holds no more than one second is worth, however long nobody takes anything', () => {
    const bucket = new TokenBucket(2, 0);

    const given = [60_000, 60_000, 60_000].map((now) => bucket.take(1, now));

    expect(given).toEqual([true, true, false]);
  });

  it('that is told to keeps all that comes for a time, and has it until it is taken', () => {
    const bucket = new TokenBucket(10, 0);

    bucket.keepAll(5_000);
    const meanwhile = bucket.take(20, 6_000);
    bucket.overflow(8_000);
    const given = [60_000, 60_000, 60_000].map((now) => bucket.take(10, now));

    expect(meanwhile).toBe(true);
    expect(given).toEqual([true, true, false]);
  });

  it('holds no more than one second is worth again when what it had kept is taken', () => {
    const bucket = new TokenBucket(10, 0);
    bucket.keepAll(0);
    bucket.overflow(1_000);
    bucket.take(20, 1_000);

    const given = [bucket.take(10, 60_000), bucket.take(1, 60_000)];

    expect(given).toEqual([true, false]);
  });

  it('takes nothing when there is not enough', () => {
    const bucket = new TokenBucket(10, 0);

    const given = [bucket.take(11, 0), bucket.take(10, 0)];

    expect(given).toEqual([false, true]);
  });

  it('of less than one per second gives one at a time', () => {
    const bucket = new TokenBucket(0.5, 0);

    const given = [0, 1999, 2000].map((now) => bucket.take(1, now));

    expect(given).toEqual([true, false, true]);
  });
});

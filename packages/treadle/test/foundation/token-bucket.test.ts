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

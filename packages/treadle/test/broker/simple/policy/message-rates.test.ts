import { FakeClock } from '@treadle/testing';
import { MessageRates } from '../../../../src/broker/simple/policy/message-rates.js';

const take = (rates: MessageRates, count: number, perSecond: number, destination = '/topic/x'): number =>
  Array.from({ length: count }, () => rates.take(destination, perSecond)).filter(Boolean).length;

describe('MessageRates', () => {
  it('lets one second’s worth through at once, then as many as time brings', async () => {
    const clock = new FakeClock();
    const rates = new MessageRates(clock);

    const taken = [take(rates, 20, 10)];
    await clock.advance(300);
    taken.push(take(rates, 20, 10));
    await clock.advance(60_000);
    taken.push(take(rates, 20, 10));

    expect(taken).toEqual([10, 3, 10]);
  });

  it('counts each destination by itself', () => {
    const rates = new MessageRates(new FakeClock());

    const taken = ['/topic/a', '/topic/b', '/topic/a'].map((destination) => take(rates, 2, 1, destination));

    expect(taken).toEqual([1, 1, 0]);
  });

  it('remembers a slow rate for as long as it takes, whatever others do meanwhile', async () => {
    const clock = new FakeClock();
    const rates = new MessageRates(clock);

    const taken = [take(rates, 1, 0.1, '/topic/slow')];
    for (let second = 0; second < 9; second += 1) {
      await clock.advance(1000);
      take(rates, 1, 0.1, '/topic/other');
    }
    taken.push(take(rates, 1, 0.1, '/topic/slow'));
    await clock.advance(1000);
    taken.push(take(rates, 1, 0.1, '/topic/slow'));

    expect(taken).toEqual([1, 0, 1]);
  });

  it('does not forget a destination whose rate is less than one per second', async () => {
    const clock = new FakeClock();
    const rates = new MessageRates(clock);
    const taken: number[] = [];

    for (let second = 0; second < 25; second += 1) {
      taken.push(take(rates, 1, 0.1));
      await clock.advance(1000);
    }

    expect(taken.reduce((sum, each) => sum + each)).toBe(3);
  });
});

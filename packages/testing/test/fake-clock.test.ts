import { FakeClock } from '../src/index.js';

describe('the fake clock', () => {
  it('stands still until it is moved', async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    clock.setTimeout(() => fired.push('timeout'), 10);

    await clock.advance(9);
    const before = [...fired];
    await clock.advance(1);

    expect(before).toEqual([]);
    expect(fired).toEqual(['timeout']);
    expect(clock.now()).toBe(10);
  });

  it('fires what falls due in the order of time, then of setting, each at its own time', async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    const note = (name: string) => (): void => void fired.push(`${name} at ${clock.now()}`);
    clock.setTimeout(note('late'), 30);
    clock.setInterval(note('often'), 10);
    clock.setTimeout(note('early'), 10);

    await clock.advance(30);

    expect(fired).toEqual(['often at 10', 'early at 10', 'often at 20', 'late at 30', 'often at 30']);
  });

  it('fires timers that fired ones have set', async () => {
    const clock = new FakeClock();
    const fired: number[] = [];
    clock.setTimeout(() => {
      clock.setTimeout(() => fired.push(clock.now()), 5);
    }, 10);

    await clock.advance(20);

    expect(fired).toEqual([15]);
  });

  it('lets promises and the event loop go on between firings', async () => {
    const clock = new FakeClock();
    const order: string[] = [];
    clock.setTimeout(() => {
      order.push('first');
      setImmediate(() => order.push('what the first caused'));
    }, 1);
    clock.setTimeout(() => order.push('second'), 2);

    await clock.advance(2);

    expect(order).toEqual(['first', 'what the first caused', 'second']);
  });

  it('knows what still runs', async () => {
    const clock = new FakeClock();
    const interval = clock.setInterval(() => undefined, 10);
    const timeout = clock.setTimeout(() => undefined, 10);
    const before = clock.timerCount;

    await clock.advance(10);
    const after = clock.timerCount;
    interval.cancel();
    timeout.cancel();

    expect([before, after, clock.timerCount]).toEqual([2, 1, 0]);
  });

  it('tells a date that moves with it, from the one it was given', async () => {
    const clock = new FakeClock('2026-03-06T08:00:00Z');

    await clock.advance(1_500);

    expect(new Date(clock.wallTime()).toISOString()).toBe('2026-03-06T08:00:01.500Z');
    expect(clock.now()).toBe(1_500);
    expect(new Date(new FakeClock().wallTime()).toISOString()).toBe('2000-01-01T00:00:00.000Z');
  });

  it('does not begin at what is no date', () => {
    expect(() => new FakeClock('tomorrow')).toThrow("FakeClock: 'tomorrow' is no date");
  });
});

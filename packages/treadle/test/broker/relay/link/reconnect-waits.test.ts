import { FakeClock } from '@treadle/testing';
import { BrokerReturns } from '../../../../src/broker/relay/link/broker-returns.js';
import { type ReconnectWait, ReconnectWaits } from '../../../../src/broker/relay/link/reconnect-waits.js';

/** The waits of one link, and the clock they run on. */
function start(random = 0): { clock: FakeClock; returns: BrokerReturns; waits: ReconnectWaits } {
  const [clock, returns] = [new FakeClock(), new BrokerReturns()];
  const delays = { reconnectDelayMs: 20_000, maxReconnectDelayMs: 20_000, random: () => random };
  return { clock, returns, waits: new ReconnectWaits({ ...delays, clock, returns }) };
}

/** How long it was from now to its end. */
async function length(wait: ReconnectWait, clock: FakeClock): Promise<number> {
  const from = clock.now();
  const seen = { isOver: false };
  void wait.over.then(() => (seen.isOver = true));
  while (!seen.isOver) await clock.advance(100);
  return clock.now() - from;
}

describe('the wait of a link before it tries again', () => {
  it('is its delay while no other finds the broker', async () => {
    const { clock, waits } = start();
    const wait = waits.begin();

    expect(wait.delayMs).toBe(20_000);
    expect(await length(wait, clock)).toBe(20_000);
  });

  it('is over within a second, at random, when another link is connected', async () => {
    const { clock, returns, waits } = start(0.5);
    const wait = waits.begin();
    await clock.advance(1_000);

    returns.tell();

    expect(await length(wait, clock)).toBe(500);
    expect(clock.timerCount).toBe(0);
  });

  it('is not made longer by that', async () => {
    const { clock, returns, waits } = start(0.5);
    const wait = waits.begin();
    await clock.advance(wait.delayMs - 100);

    returns.tell();

    expect(await length(wait, clock)).toBe(100);
  });

  it('is whole behind one that was cut short, so that nobody tries at the pace of the others', async () => {
    const { clock, returns, waits } = start();
    const [first] = [waits.begin()];
    returns.tell();
    await length(first, clock);

    const second = waits.begin();
    returns.tell();

    expect(await length(second, clock)).toBe(20_000);
    const third = waits.begin();
    returns.tell();
    expect(await length(third, clock)).toBeLessThanOrEqual(1_000);
  });

  it('that is ended leaves no timer, and hears of nothing any more', async () => {
    const { clock, returns, waits } = start();
    const wait = waits.begin();

    wait.end();
    returns.tell();

    await wait.over;
    expect(clock.timerCount).toBe(0);
  });
});

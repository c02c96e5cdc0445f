import { FakeClock } from '@treadle/testing';
import { Histories } from '../../../../src/broker/simple/history/histories.js';
import { History } from '../../../../src/broker/simple/history/history.js';
import type { HistoryPolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import { publish, textOf } from '../../broker-under-test.js';

const NO_LIMITS = { destinations: 1000, octets: 1_000_000 };

function keep(history: History, texts: readonly string[], now = 0): History {
  for (const text of texts) history.append(publish('/topic/x', text), now);
  return history;
}

/** What is kept, as `offset text`. */
function contents(history: History): string[] {
  const found: string[] = [];
  for (let offset = history.firstOffset; offset < history.nextOffset; offset += 1) {
    const message = history.get(offset);
    found.push(`${offset} ${message && textOf(message)}`);
  }
  return found;
}

describe('History', () => {
  it('keeps so many messages', () => {
    expect(contents(keep(new History('e', { messages: 2 }), ['a', 'b', 'c']))).toEqual(['2 b', '3 c']);
  });

  it('keeps no more octets than it may, be it nothing', () => {
    const history = keep(new History('e', { messages: 9, octets: 2 * 512 + 6 }), ['12345', '12345', '1']);
    const before = contents(history);
    keep(history, ['x'.repeat(2 * 512)]);

    expect(before).toEqual(['2 12345', '3 1']);
    expect([contents(history), history.nextOffset, history.octets]).toEqual([[], 5, 0]);
  });

  it('counts 512 octets for each message beside what is in it, so that empty ones are bounded too', () => {
    const history = new History('e', { forMs: 1000, octets: 3 * 512 });

    expect(contents(keep(history, ['', '', '', '', '']))).toEqual(['3 ', '4 ', '5 ']);
    expect(history.octets).toBe(3 * 512);
  });

  it('keeps at most a mebibyte unless it is told otherwise', () => {
    const history = new History('e', { messages: 100 });
    const large = 'x'.repeat(100_000);

    expect(
      contents(
        keep(
          history,
          Array.from({ length: 20 }, () => large),
        ),
      ),
    ).toHaveLength(10);
  });

  it('keeps messages so long', () => {
    const history = new History('e', { forMs: 100 });
    keep(history, ['a'], 0);
    keep(history, ['b'], 50);
    history.trim(99);
    const before = contents(history);
    history.trim(100);

    expect(before).toEqual(['1 a', '2 b']);
    expect(contents(history)).toEqual(['2 b']);
  });

  it('finds messages by their numbers over many rounds, and what is gone or to come is not there', () => {
    const history = new History('e', { messages: 300 });
    keep(
      history,
      Array.from({ length: 5000 }, (_none, index) => String(index + 1)),
    );

    expect(contents(history)).toHaveLength(300);
    expect(contents(history).every((each) => each.split(' ')[0] === each.split(' ')[1])).toBe(true);
    expect([history.get(4700), history.get(5001)]).toEqual([undefined, undefined]);
  });
});

describe('Histories', () => {
  const POLICY: HistoryPolicy = { messages: 10 };

  it('forget the one published to longest ago, and what begins afterwards has another epoch', () => {
    const histories = new Histories(new FakeClock(), { ...NO_LIMITS, destinations: 2 });
    const first = histories.open('/topic/a', POLICY);
    histories.open('/topic/b', POLICY);
    histories.open('/topic/a', POLICY);
    histories.open('/topic/c', POLICY);

    expect(histories.find('/topic/a')).toBe(first);
    expect(histories.find('/topic/b')).toBeUndefined();
    expect(histories.open('/topic/b', POLICY).epoch).not.toBe(first.epoch);
  });

  it('hold no more octets together than they may, but never forget the one at hand', () => {
    const histories = new Histories(new FakeClock(), { ...NO_LIMITS, octets: 2 * 512 + 100 });
    const append = (destination: string, text: string): void =>
      histories.append(histories.open(destination, POLICY), publish(destination, text));
    append('/topic/a', 'x'.repeat(30));
    append('/topic/b', 'x'.repeat(30));
    const before = histories.find('/topic/a') !== undefined;
    append('/topic/b', 'x'.repeat(30));
    const a = histories.find('/topic/a');
    append('/topic/c', 'x'.repeat(2000));

    expect([before, a, histories.find('/topic/b')]).toEqual([true, undefined, undefined]);
    expect(histories.find('/topic/c')?.size).toBe(1);
  });

  it('count what was let go of as free again', () => {
    const histories = new Histories(new FakeClock(), { ...NO_LIMITS, octets: 2 * 512 + 100 });
    for (let round = 0; round < 50; round += 1) {
      for (const destination of ['/topic/a', '/topic/b']) {
        histories.append(histories.open(destination, { messages: 1 }), publish(destination, 'x'.repeat(20)));
      }
    }

    expect(['/topic/a', '/topic/b'].map((each) => histories.find(each)?.size)).toEqual([1, 1]);
    expect(histories.nextEpoch).toMatch(/-0$/);
  });

  it('let go of what is too old though nobody publishes, and leave no timer behind', async () => {
    const clock = new FakeClock();
    const histories = new Histories(clock, NO_LIMITS);
    const history = histories.open('/topic/a', { forMs: 1000 });
    histories.append(history, publish('/topic/a', 'a'));

    await clock.advance(10_000);
    const { size } = history;
    histories.clear();

    expect([size, clock.timerCount]).toEqual([0, 0]);
  });

  it('have a timer only while something is kept that gets too old', async () => {
    const clock = new FakeClock();
    const histories = new Histories(clock, NO_LIMITS);
    const publishTo = (destination: string, policy: HistoryPolicy): void =>
      histories.append(histories.open(destination, policy), publish(destination, 'a'));
    publishTo('/topic/for-ever', { messages: 1 });
    const counts = [clock.timerCount];
    for (let round = 0; round < 2; round += 1) {
      publishTo('/topic/a', { forMs: 6000 });
      counts.push(clock.timerCount);
      await clock.advance(5000);
      counts.push(clock.timerCount);
      await clock.advance(5000);
      counts.push(clock.timerCount);
    }

    expect(counts).toEqual([0, 1, 1, 0, 1, 1, 0]);
  });

  it('of another start of the server have other epochs', () => {
    const [one, other] = [new Histories(new FakeClock(), NO_LIMITS), new Histories(new FakeClock(), NO_LIMITS)];

    expect(one.nextEpoch).not.toBe(other.nextEpoch);
  });
});

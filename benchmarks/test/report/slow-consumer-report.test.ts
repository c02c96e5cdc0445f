import { slowConsumerReport } from '../../src/report/slow-consumer-report.js';
import type { SlowConsumerCase } from '../../src/trials/slow-consumer-case.js';

const none: SlowConsumerCase = {
  policy: 'disconnect',
  offender: 'none',
  p50: 1,
  p99: 4,
  heldKibibytes: 0,
  outcome: 'kept',
};

function stalled(p99: number, heldKibibytes: number): SlowConsumerCase {
  return { policy: 'disconnect', offender: 'stalled', p50: 1, p99, heldKibibytes, outcome: 'session ended' };
}

describe('the report about slow consumers', () => {
  it('compares each case with the same policy beside none, round by round', () => {
    const report = slowConsumerReport([
      [none, stalled(6, 100)],
      [{ ...none, p99: 8 }, stalled(8, 300)],
    ]);

    expect(report.split('\n')).toEqual([
      expect.stringMatching(/p50 ms +p99 ms +p99 ratio +held KiB +what the one got$/),
      expect.stringMatching(/disconnect, none .* 6\.0 \(4\.0-8\.0\) +1\.00 \(1\.00-1\.00\) +0 \(0-0\) +kept$/),
      expect.stringMatching(
        /disconnect, stalled .* 7\.0 \(6\.0-8\.0\) +1\.25 \(1\.00-1\.50\) +200 \(100-300\) +session ended$/,
      ),
      '  target: p99 ratio at most 2; the worst has 1.25: reached',
      '  target: held KiB at most 2048; the worst has 200: reached',
    ]);
  });

  it('says when a target is missed', () => {
    const report = slowConsumerReport([[none, stalled(10, 5_000)]]);

    expect(report).toContain('target: p99 ratio at most 2; the worst has 2.50: NOT reached');
    expect(report).toContain('target: held KiB at most 2048; the worst has 5,000: NOT reached');
  });
});

import type { Cost, Way } from '../../src/costs/cost.js';
import { takeTurnsAtCost } from '../../src/costs/cost-rounds.js';
import { costReport, costTitle } from '../../src/report/cost-report.js';

function wayOf(name: string): Way {
  return { name, description: `does it ${name}`, prepare: () => Promise.reject(new Error('not prepared by a report')) };
}

const cost: Cost = {
  name: 'payload',
  description: 'JSON in, JSON out',
  ways: [wayOf('by hand'), wayOf('by treadle')],
  comparisons: [['by treadle', 'by hand']],
};

describe('the report of a cost', () => {
  it('shows medians, spread, and the ratios round by round', async () => {
    const times = [1, 4, 2, 6, 3, 15];
    const measured = await takeTurnsAtCost(cost, { rounds: 3, seconds: 1, warmUpSeconds: 1 }, () =>
      Promise.resolve(times.shift() ?? NaN),
    );

    expect(costReport(cost, measured)).toBe(
      [
        '  way                   CPU of each              ratio',
        '  by hand       2.00 (1.00-3.00) µs   1.00 (1.00-1.00)',
        '  by treadle   6.00 (4.00-15.00) µs   4.00 (3.00-5.00)',
        '  by treadle is 4.00 (3.00-5.00) times by hand: 4.00 (3.00-12.00) µs more',
      ].join('\n'),
    );
  });

  it('stands under the name of the work and what its ways do', () => {
    expect(costTitle(cost).split('\n')).toEqual([
      "payload: JSON in, JSON out (CPU time of each, divided by the first way's of the same round)",
      '  by hand: does it by hand',
      '  by treadle: does it by treadle',
    ]);
  });
});

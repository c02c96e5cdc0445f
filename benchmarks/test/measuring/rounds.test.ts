import type { Contestant } from '../../src/contestants/contestant.js';
import { type MeasureOnce, takeTurns } from '../../src/measuring/rounds.js';
import { fanOut100 } from '../../src/scenarios/fan-out.js';

const servers: readonly Contestant[] = ['first', 'second'].map((name) => ({
  name,
  description: name,
  program: () => '',
}));
const plan = { rounds: 3, seconds: 1, warmUpSeconds: 1 };
const measurement = { rate: 1, cpuMicroseconds: 1, loadCores: 1 };

describe('takeTurns', () => {
  it('asks the servers in turns, round by round', async () => {
    const order: string[] = [];
    const measureOnce: MeasureOnce = (_, { name }) => {
      order.push(name);
      return Promise.resolve(measurement);
    };

    await takeTurns(fanOut100, servers, plan, measureOnce);

    expect(order).toEqual(['first', 'second', 'first', 'second', 'first', 'second']);
  });

  it('asks a server that failed no more and goes on with the others', async () => {
    const measureOnce: MeasureOnce = (_, { name }) =>
      name === 'second' ? Promise.reject(new Error('it fell over')) : Promise.resolve(measurement);

    const [first, second] = await takeTurns(fanOut100, servers, plan, measureOnce);

    expect(first?.measurements).toHaveLength(3);
    expect(second).toMatchObject({ measurements: [], failures: ['it fell over'] });
  });
});

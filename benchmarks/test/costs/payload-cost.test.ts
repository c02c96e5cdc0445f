import { payloadCost } from '../../src/costs/payload-cost.js';

describe('the ways of the payload cost', () => {
  it.each(payloadCost.ways.map((way) => [way.name, way] as const))('%s does the work', async (_, way) => {
    const work = await way.prepare();

    await expect(work(130)).resolves.toBeUndefined();
  });

  it('are compared with ways that exist', () => {
    const names = payloadCost.ways.map(({ name }) => name);

    expect(names).toEqual(expect.arrayContaining(payloadCost.comparisons.flat()));
  });
});

import { recordedTitles } from '../../obligations/recorded-titles.js';
import { describeBroker } from './broker-conformance.js';

const start = (): Promise<never> => Promise.reject(new Error('nothing is run here'));

describe('what an implementation lacks', () => {
  const whole = recordedTitles(() => describeBroker('a whole one', { start }));
  const partial = recordedTitles(() =>
    describeBroker('one without selectors', { start, lacks: { selectors: 'its engine has none' } }),
  );
  const skipped = partial.filter((title) => title.startsWith('skipped: '));

  it('is skipped, and the titles say why', () => {
    expect(skipped.length).toBeGreaterThan(0);
    expect(skipped.filter((title) => !title.endsWith('(skipped: its engine has none)'))).toEqual([]);
  });

  it('is all that is skipped', () => {
    expect(whole.filter((title) => title.startsWith('skipped: '))).toEqual([]);
    expect(partial).toHaveLength(whole.length);
    expect(partial.filter((title) => !title.startsWith('skipped: ')).every((title) => whole.includes(title))).toBe(
      true,
    );
  });
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StompVersion } from '@treadle/stomp';
import { OBLIGATIONS } from './obligations.js';
import { recordedTitles } from './recorded-titles.js';

/** `STOMP F3b (1.1): …`, the version only where it matters. */
const TITLE = /^STOMP ([A-Z]\d+b?)(?: \((1\.\d)\))?: ./;

const files = readdirSync(__dirname).filter((name) => name.endsWith('.test.ts') && name !== 'every-obligation.test.ts');
const titles = recordedTitles(() => {
  for (const name of files) jest.isolateModules(() => void jest.requireActual(join(__dirname, name)));
});
const numbered = titles.flatMap((title) => {
  const [, number, version] = TITLE.exec(title) ?? [];
  return number === undefined ? [] : [{ number, version }];
});

function isTested(number: string, version?: StompVersion): boolean {
  return numbered.some((one) => one.number === number && (version === undefined || one.version === version));
}

describe('the suite of obligations', () => {
  it('has a test for every obligation, in every version it concerns', () => {
    const missing = Object.entries(OBLIGATIONS).flatMap(([number, versions]) => {
      if (versions.length === 0) return isTested(number) ? [] : [number];
      return versions.filter((version) => !isTested(number, version)).map((version) => `${number} (${version})`);
    });

    expect(missing).toEqual([]);
  });

  it('names an obligation, or another suite, in every title', () => {
    const unknown = titles.filter((title) => {
      const [, number = ''] = TITLE.exec(title) ?? [];
      return !(number in OBLIGATIONS) && !title.startsWith('as in ');
    });

    expect(unknown).toEqual([]);
  });
});

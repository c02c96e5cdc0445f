import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'));

describe('the README', () => {
  test.each([...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => [code.trim()]))(
    'prints code as it stands in the sources: %.50s',
    (code) => {
      expect(sources.some((source) => source.includes(code))).toBe(true);
    },
  );

  test('names files that exist', () => {
    const named = [...readme.matchAll(/\b(?:src|public|test)\/[\w./-]*/g)].map(([path]) => path);

    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test.each(['NOT_ENOUGH_CASH', 'NOT_ENOUGH_SHARES', 'TICKER_UNKNOWN', 'LIMIT_INVALID', 'ROLE_MISSING'])(
    'explains a code that the sources have: %s',
    (code) => {
      expect(readme).toContain(`\`${code}\``);
      expect(sources.some((source) => source.includes(`'${code}'`))).toBe(true);
    },
  );
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeRows, readDocument, ROOT } from './documents';

const SOURCES = join(ROOT, 'packages/treadle/src');

const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(SOURCES, path), 'utf8'))
  .join('\n');

const [, section = ''] = readDocument('docs/guide/start-up-checks.md').split('## Errors');
const [tables = ''] = section.split('## Notes');

describe('the findings of docs/guide/start-up-checks.md', () => {
  const texts = codeRows(tables).map(([text = '']) => text);

  test('the table has rows', () => {
    expect(texts.length).toBeGreaterThan(0);
  });

  test.each(texts)('"%s" is what the sources say', (text) => {
    const isThere = sources.includes(text);

    expect(isThere).toBe(true);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { codeBlocks, documentsIn, readDocument } from './documents';

/** Documents outside the guide print an example of a page. */
const PACKAGES: Readonly<Record<string, string>> = {
  'packages/testing/README.md': 'getting-started',
  'packages/treadle/README.md': 'getting-started',
};

/** `guide/{page}/*.ts` are compiled with the tests; those named `*.test.ts` run. */
function examplesOf(page: string): string[] {
  const folder = join(__dirname, 'guide', PACKAGES[page] ?? basename(page, '.md'));
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
}

const pages = [...documentsIn('docs/guide'), ...Object.keys(PACKAGES)].map((page) => ({
  page,
  blocks: codeBlocks(readDocument(page), 'ts'),
}));

describe('the code of the guide and of the packages', () => {
  test.each(pages.filter(({ blocks }) => blocks.length > 0))(
    'every block of $page stands word for word in a compiled example',
    ({ page, blocks }) => {
      const examples = examplesOf(page);

      const missing = blocks.filter((block) => !examples.some((example) => example.includes(block)));

      expect(missing).toEqual([]);
    },
  );
});

import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documentsIn, readDocument, ROOT } from './documents';

const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'packages/stomp/README.md',
  'packages/testing/README.md',
  'packages/treadle/README.md',
  'benchmarks/README.md',
  'examples/chat/README.md',
  'examples/lab/README.md',
  'examples/portfolio/README.md',
  ...documentsIn('docs'),
];

/** Where the relative links and images of a document lead, from the root, and the heading they name. */
function linksOf(document: string): { target: string; heading: string | undefined }[] {
  const links = readDocument(document).matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]*))?\)/g);
  return [...links].map(([, path = '', heading]) => ({
    target: path === '' ? document : join(dirname(document), path),
    heading,
  }));
}

/** The headings of a document, as GitHub names them in addresses. */
function headingsOf(document: string): string[] {
  const headings = readDocument(document).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken({ target, heading }: ReturnType<typeof linksOf>[number]): boolean {
  const path = join(ROOT, target);
  if (!existsSync(path)) return true;
  return heading !== undefined && statSync(path).isFile() && !headingsOf(target).includes(heading);
}

describe('links in the documents', () => {
  test.each(DOCUMENTS)('every link of %s leads somewhere', (document) => {
    const broken = linksOf(document)
      .filter(isBroken)
      .map(({ target, heading }) => [target, heading].filter(Boolean).join('#'));

    expect(broken).toEqual([]);
  });
});

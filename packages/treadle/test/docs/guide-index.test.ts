import { basename } from 'node:path';
import { documentsIn, readDocument } from './documents';

const INDEX = readDocument('docs/guide/README.md');
const pages = documentsIn('docs/guide').map((path) => basename(path));

describe('the index of the guide', () => {
  test.each(pages.filter((page) => page !== 'README.md'))('%s is there, once', (page) => {
    expect(INDEX.split(`](${page})`)).toHaveLength(2);
  });
});

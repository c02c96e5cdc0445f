import { STOMP_ERRORS } from '@treadle/stomp';
import { ERRORS } from 'treadle';
import { codeRows, readDocument } from './documents';

/** Code and sentence of the rows whose first cell looks like a code. */
function documentedCodes(path: string): Record<string, string | undefined> {
  const rows = codeRows(readDocument(path)).filter(([code = '']) => /^[A-Z][A-Z0-9_]+$/.test(code));
  return Object.fromEntries(rows.map(([code = '', sentence]) => [code, sentence] as const));
}

describe('the codes of docs/guide/errors.md', () => {
  test('each code of the framework is there with its sentence, and no other', () => {
    const documented = documentedCodes('docs/guide/errors.md');

    expect(documented).toEqual(ERRORS);
  });

  test('each code of the codec is in the table it refers to', () => {
    const documented = documentedCodes('packages/stomp/README.md');

    expect(documented).toEqual(STOMP_ERRORS);
  });
});

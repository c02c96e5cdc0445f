import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument, ROOT } from './documents';
import { hasTest, linksOf, type ProvenRow, provenSections } from './proofs';

const DOCUMENT = 'docs/reference/spring-differences.md';
const TESTS = 'packages/treadle/test';
const VERDICT = /^\*\*(Same|Better|Different|Later)\.\*\*/;

const sections = provenSections(DOCUMENT);
const ruleSections = sections.filter(({ title }) => !/users of Spring|own tests/.test(title));
const rules = ruleSections.flatMap(({ rows }) => rows);
const ids = sections.flatMap(({ rows }) => rows.map(({ id }) => id)).filter((id) => /^[A-Z]\d+$/.test(id));

/** What is wrong with the proofs of a row; nothing when each names a test that is there. */
function faultsOf(row: ProvenRow): string[] {
  const { id, proof } = row;
  if (proof.startsWith('No test')) return [];
  const links = linksOf(row);
  const references = proof.split(', ').filter((reference) => /^[A-Z]\d+$/.test(reference));
  if (links.length + references.length === 0) return [`${id}: neither a test nor a reason`];
  return [
    ...references.filter((reference) => !ids.includes(reference)).map((reference) => `${id}: there is no ${reference}`),
    ...links.filter(({ title, path }) => !hasTest(path, title)).map(({ title }) => `${id}: ${title}`),
  ];
}

/** The ids that titles of tests name, as in `Spring L3` and `Spring D5, D9`. */
function idsInTests(): string[] {
  const files = readdirSync(join(ROOT, TESTS), { recursive: true, encoding: 'utf8' });
  const texts = files.filter((path) => path.endsWith('.test.ts')).map((path) => readDocument(`${TESTS}/${path}`));
  const lists = texts.flatMap((text) => [...text.matchAll(/Spring ((?:[A-Z]\d+(?:, | and )?)+)/g)]);
  return lists.flatMap(([, list = '']) => list.match(/[A-Z]\d+/g) ?? []);
}

describe('docs/reference/spring-differences.md', () => {
  test('every id stands once', () => {
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('every rule has four cells and a verdict', () => {
    const wrong = rules.filter(({ cells }) => cells.length !== 4 || !VERDICT.test(cells[2] ?? ''));

    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  test.each(sections)('$title: every line names tests that are there, or says why there is none', ({ rows }) => {
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.flatMap(faultsOf)).toEqual([]);
  });

  test('an id that a test names is there, when its area is', () => {
    const areas = new Set(rules.filter(({ id }) => id !== 'A8' && id !== 'A9').map(({ id }) => id[0]));

    const missing = idsInTests().filter((id) => areas.has(id[0]) && !ids.includes(id));

    expect(missing).toEqual([]);
  });
});

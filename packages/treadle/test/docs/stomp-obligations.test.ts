import { OBLIGATIONS } from '../obligations/obligations.js';
import { hasTest, linksOf, provenSections } from './proofs';

const sections = provenSections('docs/reference/stomp-obligations.md').filter(({ rows }) => rows.length > 0);
const rows = sections.flatMap((section) => section.rows);

describe('docs/reference/stomp-obligations.md', () => {
  test('every number of the suite stands there once, and no other', () => {
    expect(rows.map(({ id }) => id).toSorted((a, b) => a.localeCompare(b))).toEqual(
      Object.keys(OBLIGATIONS).toSorted((a, b) => a.localeCompare(b)),
    );
  });

  test('every line has four cells', () => {
    expect(rows.filter(({ cells }) => cells.length !== 4)).toEqual([]);
  });

  test('what STOMP leaves open is told as a decision, here and in the title of a test', () => {
    const undecided = rows
      .filter(({ cells }) => cells[1]?.includes('*open'))
      .filter(({ cells, proof }) => !cells[2]?.includes('**Decision:**') || !proof.includes('(our decision'));

    expect(undecided.map(({ id }) => id)).toEqual([]);
  });

  test.each(sections)('$title: every line names tests of its number that are there', ({ rows: lines }) => {
    const faults = lines.flatMap((line) => {
      const links = linksOf(line);
      if (links.length === 0) return [`${line.id}: no test`];
      const wrong = links.filter(({ title, path }) => !hasTest(path, title) || !namesNumber(title, line.id));
      return wrong.map(({ title }) => `${line.id}: ${title}`);
    });

    expect(faults).toEqual([]);
  });
});

function namesNumber(title: string, number: string): boolean {
  return title.startsWith(`STOMP ${number}:`) || title.startsWith(`STOMP ${number} (`);
}

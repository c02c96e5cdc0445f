import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument, ROOT } from './documents';

/** A line of a table whose first cell is an id and whose last one names the tests that prove what it says. */
export interface ProvenRow {
  readonly id: string;
  readonly cells: readonly string[];
  readonly proof: string;
}

/** A section of a reference and the lines of its table. */
export interface ProvenSection {
  readonly title: string;
  readonly rows: readonly ProvenRow[];
}

/** The sections of a document. @param path from the root */
export function provenSections(path: string): ProvenSection[] {
  return readDocument(path)
    .split(/^## /m)
    .slice(1)
    .map((text) => ({ title: text.split('\n', 1)[0] ?? '', rows: rowsOf(text) }));
}

/** The table rows of a section: a header, a line of dashes, then these. */
function rowsOf(section: string): ProvenRow[] {
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) => {
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { id: cells[0] ?? '', cells, proof: cells.at(-1) ?? '' };
  });
}

/** The links of a proof: the title of a test, and its file from `docs/reference`. */
export function linksOf({ proof }: ProvenRow): { readonly title: string; readonly path: string }[] {
  const links = proof.matchAll(/\[((?:[^\]\\]|\\.)+)\]\(([^)]+)\)/g);
  return [...links].map(([, title = '', path = '']) => ({ title, path }));
}

/** Whether a file, from `docs/reference`, has a test of this title. */
export function hasTest(link: string, title: string): boolean {
  const path = join(ROOT, 'docs/reference', link);
  return existsSync(path) && withoutEscapes(readFileSync(path, 'utf8')).includes(withoutEscapes(title));
}

/** What stands in a title cannot stand in a link as it is: Markdown and quotes are escaped differently. */
function withoutEscapes(text: string): string {
  return text.replaceAll(/\\([^\w\s])/g, '$1');
}

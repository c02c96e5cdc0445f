import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository's root. */
export const ROOT = join(__dirname, '../../../..');

/** A document's text. @param path from the root, such as `docs/guide/errors.md` */
export function readDocument(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** All documents below a folder. @param folder from the root */
export function documentsIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `${folder}/${path}`)
    .toSorted();
}

/** The fenced code blocks of one language. */
export function codeBlocks(document: string, language: string): string[] {
  const blocks = document.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...blocks].filter(([, name]) => name === language).map(([, , code = '']) => code.trim());
}

/** The cells of every table row whose first cell is one piece of code; that cell without its backticks. */
export function codeRows(document: string): string[][] {
  return document
    .split('\n')
    .filter((line) => /^\| `[^`]+` +\|/.test(line))
    .map((line) => {
      const [first = '', ...cells] = line.split(/(?<!\\)\|/).slice(1, -1);
      return [first.trim().slice(1, -1), ...cells.map((cell) => cell.trim())];
    });
}

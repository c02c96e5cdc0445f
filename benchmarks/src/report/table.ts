import type { Summary } from './statistics.js';

/** Lines of text in columns, the first row the heading: names to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_none, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows.map((cells) => {
    const padded = cells.map((text, column) => align(text, widths[column] ?? 0, column));
    return `  ${padded.join('   ')}`;
  });
}

/** The median, with the least and the most in brackets. */
export function spread({ median, least, most }: Summary, format: (value: number) => string): string {
  return `${format(median)} (${format(least)}-${format(most)})`;
}

function align(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}

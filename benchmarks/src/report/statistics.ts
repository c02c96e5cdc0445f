/** The middle of several values and how far they spread. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws RangeError without values. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((left, right) => left - right);
  const [least] = sorted;
  const most = sorted.at(-1);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (least === undefined || most === undefined || upper === undefined || lower === undefined) {
    throw new RangeError('there is no median of no values');
  }
  return { median: (lower + upper) / 2, least, most };
}

/** Each value divided by the reference's of the same round; rounds that only one of them finished are left out. */
export function ratiosByRound(values: readonly number[], reference: readonly number[]): number[] {
  return values.flatMap((value, round) => {
    const divisor = reference[round];
    return divisor === undefined ? [] : [value / divisor];
  });
}

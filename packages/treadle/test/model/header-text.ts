/** Headers as text, in the order of their names. */
export function textOf(headers: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(headers).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

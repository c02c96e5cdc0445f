/** Something in the way an application is put together that is wrong, or probably not meant. */
export interface Finding {
  /** Where to look: `ChatController.say, parameter 0`, `limits.sessions`; empty where the problem names it. */
  readonly location: string;
  /** What is wrong there, and why. */
  readonly problem: string;
  /** What to do; empty where only the author of the check could know. */
  readonly cure: string;
  /**
   * `error`: the application is not made. `warning`: it works, but probably not as meant. `note`: it works as configured, and whoever
   * answers for its security should know.
   */
  readonly severity: 'error' | 'warning' | 'note';
}

/** A finding as a check tells it; the severity follows from how it is told. */
export interface FindingDetails {
  /** Left out, it is where the check was asked. */
  readonly location?: string;
  readonly problem: string;
  readonly cure: string;
}

/** Takes one finding. */
export type Report = (finding: FindingDetails) => unknown;

/** A finding on one line: where, what, and the cure. */
export function findingText({ location = '', problem, cure }: FindingDetails): string {
  const what = location === '' ? problem : `${location}: ${problem}`;
  return cure === '' ? what : `${what}; ${cure}`;
}

/** One finding on one line, several as a numbered list. */
export function findingsText(findings: readonly FindingDetails[]): string {
  const [only] = findings;
  if (only && findings.length === 1) return findingText(only);
  return [`${findings.length} mistakes keep the application from starting:`, ...findings.map(listItem)].join('\n');
}

function listItem({ location = '', problem, cure }: FindingDetails, index: number): string {
  const number = `${index + 1}. `;
  const lines = [location, problem, cure && `→ ${cure}`].filter((line) => line !== '');
  return `\n${number}${lines.join(`\n${' '.repeat(number.length)}`)}`;
}

/** What one piece of work costs, done in several ways; a new one is a file in this folder and a line in `cost-list.ts`. */
export interface Cost {
  /** Short name, for `--only` and the table. */
  readonly name: string;
  /** What is done, in a line. */
  readonly description: string;
  /** The first is the reference. */
  readonly ways: readonly Way[];
  /** Ways to compare besides, each as `[dearer, cheaper]`. */
  readonly comparisons: readonly (readonly [way: string, against: string])[];
}

/** One way to do the work. */
export interface Way {
  readonly name: string;
  /** What it does, in a line. */
  readonly description: string;
  /** Gets ready in the process that will be measured. */
  prepare(): Promise<Work>;
}

/** Does the work so many times. @throws Error when a result is not the expected one */
export type Work = (times: number) => Promise<void>;

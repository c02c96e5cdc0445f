/** A question whose answer is no rate. */
export interface Trial {
  /** Short name, for `--only` and the table. */
  readonly name: string;
  /** What happens, in a line. */
  readonly description: string;
  /** Seconds that all cases take once, roughly. */
  takes(durations: TrialDurations): number;
  /** Why it cannot run on this machine; left out or `undefined` when it can. */
  readonly missing?: () => string | undefined;
  /** What its columns mean, below the heading. */
  readonly legend: string;
  /** Rounds that take turns; nothing has been run yet. */
  begin(): TrialRounds;
}

/** The rounds of a trial. */
export interface TrialRounds {
  /** All cases once. @throws Error when a message is lost or doubled, or what was promised did not come about */
  run(durations: TrialDurations): Promise<void>;
  /** The rounds that ended, as a table; there was at least one. */
  report(): string;
}

/** Keeps the cases of each round, and reports them together. */
export function gatherRounds<Case>(
  run: (durations: TrialDurations) => Promise<readonly Case[]>,
  report: (rounds: readonly (readonly Case[])[]) => string,
): TrialRounds {
  const rounds: (readonly Case[])[] = [];
  return {
    run: async (durations) => void rounds.push(await run(durations)),
    report: () => report(rounds),
  };
}

/** How long one case is driven. */
export interface TrialDurations {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

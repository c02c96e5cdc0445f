import { cpus } from 'node:os';
import { reference } from './contestants/contestant-list.js';
import type { Contestant } from './contestants/contestant.js';
import { measureWay } from './costs/cost-process.js';
import { takeTurnsAtCost } from './costs/cost-rounds.js';
import { measure } from './measuring/measure.js';
import { takeTurns } from './measuring/rounds.js';
import { type BenchmarkOptions, readOptions, USAGE } from './options.js';
import { costReport, costTitle } from './report/cost-report.js';
import type { Scenario } from './scenarios/scenario.js';
import type { Trial } from './trials/trial.js';
import { LEGEND, scenarioReport, scenarioTitle } from './report/scenario-report.js';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(USAGE);
    return;
  }
  console.log(`${introduction(options)}\n`);
  if (options.scenarios.length > 0) await runScenarios(options);
  for (const trial of options.trials) await runTrial(trial, options);
  for (const cost of options.costs) {
    console.log(costTitle(cost));
    console.log(`${costReport(cost, await takeTurnsAtCost(cost, options, measureWay))}\n`);
  }
}

async function runScenarios(options: BenchmarkOptions): Promise<void> {
  console.log(`${LEGEND}\n`);
  for (const scenario of options.scenarios) {
    console.log(scenarioTitle(scenario));
    const contestants = contestantsOf(scenario, options);
    const servers = await takeTurns(scenario, contestants, options, measure);
    console.log(`${scenarioReport(scenario, servers)}\n`);
    if (servers.some(({ failures }) => failures.length > 0)) {
      // A lost or wrong message is an error; a slow one is not.
      process.exitCode = 1;
    }
  }
}

async function runTrial(trial: Trial, options: BenchmarkOptions): Promise<void> {
  console.log(`${trial.name}: ${trial.description}`);
  const reason = trial.missing?.();
  if (reason !== undefined) {
    console.log(`  skipped: ${reason}\n`);
    return;
  }
  console.log(`  ${trial.legend}`);
  const rounds = trial.begin();
  let ended = 0;
  try {
    for (; ended < options.rounds; ended += 1) await rounds.run(options);
  } catch (error) {
    console.log(`  FAILED: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
  if (ended > 0) console.log(`${rounds.report()}\n`);
}

/** All, or all but the reference where it cannot do what is measured. */
function contestantsOf(scenario: Scenario, { contestants }: BenchmarkOptions): readonly Contestant[] {
  return scenario.hasReference === false ? contestants.filter((each) => each !== reference) : contestants;
}

function introduction(options: BenchmarkOptions): string {
  const { contestants, rounds, seconds, warmUpSeconds } = options;
  const [cpu] = cpus();
  const servers = contestants.map(({ name, description }) => `  ${name}: ${description}`).join('\n');
  const minutes = Math.ceil((rounds * secondsOfRound(options)) / 60);
  return (
    `Node ${process.version} on ${cpus().length} cores (${cpu?.model ?? 'unknown'}), servers and clients on loopback.\n` +
    `${rounds} rounds of ${seconds} s after ${warmUpSeconds} s of warm-up, servers in turns, started anew for each run; ` +
    `about ${minutes} min.\n${servers}`
  );
}

function secondsOfRound(options: BenchmarkOptions): number {
  const { scenarios, trials, costs, seconds, warmUpSeconds } = options;
  const runs = scenarios.flatMap((scenario) => contestantsOf(scenario, options)).length;
  const ways = costs.flatMap((cost) => cost.ways).length;
  const ofTrials = trials.map((trial) => trial.takes(options));
  return ofTrials.reduce((sum, each) => sum + each, (runs + ways) * (seconds + warmUpSeconds + 1));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

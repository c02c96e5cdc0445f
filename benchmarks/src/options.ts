import { parseArgs } from 'node:util';
import type { Cost } from './costs/cost.js';
import { costs } from './costs/cost-list.js';
import { contestants, reference } from './contestants/contestant-list.js';
import type { Contestant } from './contestants/contestant.js';
import type { Plan } from './measuring/rounds.js';
import type { Scenario } from './scenarios/scenario.js';
import { scenarios } from './scenarios/scenario-list.js';
import type { Trial } from './trials/trial.js';
import { trials } from './trials/trial-list.js';

/** What the command line asks for. */
export interface BenchmarkOptions extends Plan {
  readonly scenarios: readonly Scenario[];
  readonly trials: readonly Trial[];
  readonly costs: readonly Cost[];
  /** The reference is always the first. */
  readonly contestants: readonly Contestant[];
}

/** The text of `--help`. */
export const USAGE = `npm run bench -- [options]
  --rounds <n>     rounds in which the servers take turns, default 3
  --seconds <s>    measured time of each run, default 2
  --warm-up <s>    unmeasured time before it, default 1
  --only <names>   scenarios, trials, costs or servers, parted by commas; the reference always runs
Scenarios: ${scenarios.map(({ name }) => name).join(', ')}
Trials:    ${trials.map(({ name }) => name).join(', ')}
Costs:     ${costs.map(({ name }) => name).join(', ')}
Servers:   ${contestants.map(({ name }) => name).join(', ')}`;

/** @throws Error when an option is unknown or its value makes no sense. */
export function readOptions(commandLine: readonly string[]): BenchmarkOptions | 'help' {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '2' },
      'warm-up': { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    return 'help';
  }
  return {
    rounds: Math.ceil(positive('rounds', values.rounds)),
    seconds: positive('seconds', values.seconds),
    warmUpSeconds: positive('warm-up', values['warm-up']),
    ...chosen(values.only.split(',').filter((name) => name !== '')),
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new Error(`--${option} must be a number above zero, not ${JSON.stringify(text)}`);
  }
  return value;
}

function chosen(names: readonly string[]): Pick<BenchmarkOptions, 'scenarios' | 'trials' | 'costs' | 'contestants'> {
  const loads = [...scenarios, ...trials, ...costs];
  const unknown = names.filter((name) => ![...loads, ...contestants].some((each) => each.name === name));
  if (unknown.length > 0) {
    throw new Error(`--only knows no ${unknown.join(', ')}\n\n${USAGE}`);
  }
  const isNamed = ({ name }: { readonly name: string }): boolean => names.includes(name);
  const isAsked = loads.some(isNamed) ? isNamed : () => true;
  const others = contestants.some(isNamed) ? contestants.filter(isNamed) : contestants;
  return {
    scenarios: scenarios.filter(isAsked),
    trials: trials.filter(isAsked),
    costs: costs.filter(isAsked),
    contestants: [reference, ...others.filter((contestant) => contestant !== reference)],
  };
}

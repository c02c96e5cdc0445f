import { scenarios } from '../scenarios/scenario-list.js';
import type { Traffic } from '../scenarios/scenario.js';
import type { ConsumerTraffic } from '../trials/consumer-traffic.js';
import { openTraffic } from '../trials/open-traffic.js';
import type { LoadAnswer, LoadOrder, TrialAnswer, TrialOrder } from './orders.js';

const NOTHING_COUNTED: LoadAnswer = { count: 0, seconds: 0, cpuSeconds: 0 };
const NOTHING_TIMED: TrialAnswer = { p50: 0, p99: 0, outcome: '' };

/** The load generator's process: carries out orders; a failure ends it with the reason on standard error. */
class Generator {
  #traffic: Traffic | undefined;

  async carryOut(order: LoadOrder): Promise<LoadAnswer> {
    if (order.kind === 'open') {
      this.#traffic = await scenarioNamed(order.scenario).open(order.address);
      return NOTHING_COUNTED;
    }
    if (this.#traffic === undefined) {
      throw new Error(`the order ${order.kind} came before open`);
    }
    if (order.kind === 'run') {
      return measure(this.#traffic, order.seconds);
    }
    await this.#traffic.close();
    return NOTHING_COUNTED;
  }
}

/** The same for the cases of a trial. */
class Trials {
  #traffic: ConsumerTraffic | undefined;

  async carryOut(order: TrialOrder): Promise<TrialAnswer> {
    if (order.kind === 'begin') {
      this.#traffic = await openTraffic(order.address, order);
      return NOTHING_TIMED;
    }
    if (this.#traffic === undefined) {
      throw new Error(`the order ${order.kind} came before begin`);
    }
    if (order.kind === 'settle') {
      return { ...NOTHING_TIMED, outcome: await this.#traffic.settle() };
    }
    const latencies = await this.#traffic.run(order.seconds);
    return { ...NOTHING_TIMED, p50: latencies.percentile(50), p99: latencies.percentile(99) };
  }
}

async function measure(traffic: Traffic, seconds: number): Promise<LoadAnswer> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const count = await traffic.run(seconds);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { count, seconds: (performance.now() - startedAt) / 1_000, cpuSeconds: (user + system) / 1_000_000 };
}

function scenarioNamed(name: string): (typeof scenarios)[number] {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) {
    throw new Error(`no scenario is called ${name}`);
  }
  return scenario;
}

const generator = new Generator();
const trials = new Trials();
process.on('message', (order: LoadOrder | TrialOrder) => {
  // A rejection stays unhandled on purpose: Node prints it and ends the process, which the benchmark reports.
  void carryOut(order).then((answer) => process.send?.(answer));
});

function carryOut(order: LoadOrder | TrialOrder): Promise<LoadAnswer | TrialAnswer> {
  if (order.kind === 'begin' || order.kind === 'drive' || order.kind === 'settle') return trials.carryOut(order);
  return generator.carryOut(order);
}

process.on('disconnect', () => process.exit());

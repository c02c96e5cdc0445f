import { join } from 'node:path';
import type { Contestant } from '../contestants/contestant.js';
import { LoadProcess } from '../measuring/load-process.js';
import { ServerProcess } from '../measuring/server-process.js';
import { CONSUMER_POLICIES, type ConsumerPolicy, type Offender, OFFENDERS } from './consumer-policies.js';
import { slowConsumerReport } from '../report/slow-consumer-report.js';
import type { SlowConsumerCase } from './slow-consumer-case.js';
import { gatherRounds, type Trial, type TrialDurations } from './trial.js';

const HEALTHY = 100;
// Connecting everybody, reading the memory and looking what became of the offender.
const SETTLING_SECONDS = 0.5;

const server: Contestant = {
  name: 'treadle',
  description: 'the simple broker with a policy for each topic, 1 MiB for each session',
  program: () => join(__dirname, '../servers/slow-consumers.js'),
};

/** Whether consumers that keep up notice one that does not, what it makes the server hold, and what it gets. */
export const slowConsumer: Trial = {
  name: 'slow-consumer',
  description: `${HEALTHY} healthy consumers at 200 messages/s (a queue: 2000), beside one that is slow, stalled or vanishes`,
  takes: ({ warmUpSeconds, seconds }) =>
    CONSUMER_POLICIES.length * (warmUpSeconds + 1 + OFFENDERS.length * (seconds + SETTLING_SECONDS)),
  legend:
    'p50 and p99 are those of the healthy ones, the ratio is to the same policy beside none; ' +
    'held is what the server has in memory because of the one',
  begin: () => gatherRounds(tryPolicies, slowConsumerReport),
};

async function tryPolicies(durations: TrialDurations): Promise<SlowConsumerCase[]> {
  const cases: SlowConsumerCase[] = [];
  for (const policy of CONSUMER_POLICIES) cases.push(...(await tryPolicy(policy, durations)));
  return cases;
}

/** All offenders on one server, one after the other, so that what one leaves behind shows beside the next. */
async function tryPolicy(policy: ConsumerPolicy, durations: TrialDurations): Promise<SlowConsumerCase[]> {
  const process = await ServerProcess.start(server);
  const load = LoadProcess.start();
  const begin = (offender: Offender) =>
    load.trial({ kind: 'begin', policy, offender, healthy: HEALTHY, address: process.address });
  try {
    await begin('none');
    await load.trial({ kind: 'drive', seconds: durations.warmUpSeconds });
    await load.trial({ kind: 'settle' });
    const cases: SlowConsumerCase[] = [];
    let heldByAll = 0;
    for (const offender of OFFENDERS) {
      await begin(offender);
      const { p50, p99 } = await load.trial({ kind: 'drive', seconds: durations.seconds });
      const held = await process.heldKibibytes();
      if (offender === 'none') heldByAll = held;
      const { outcome } = await load.trial({ kind: 'settle' });
      cases.push({ policy, offender, p50, p99, heldKibibytes: held - heldByAll, outcome });
    }
    return cases;
  } finally {
    load.stop();
    await process.stop();
  }
}

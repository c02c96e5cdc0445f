import * as fc from 'fast-check';
import { publishing } from './commands/publishing-commands.js';
import { mixtureOf } from './commands/mixture.js';
import { subscribing } from './commands/subscription-commands.js';
import { TOPICS, QUEUES, DEAD_LETTERS, REFERENCE_RULES } from './destinations.js';
import { ReferenceBroker } from './reference/reference-broker.js';
import { World } from './world.js';

for (const kind of ['queue', 'topic'] as const) it(kind, async () => {
    const subscribe = kind === 'topic' ? subscribing(
      [...TOPICS, '/topic/*', '/topic/l*', '/user/queue/inbox', '/topic/log'],
      ['not at all', 'from the last seen', 'from the last seen', 'from the beginning', 'of another epoch', 'ahead of time'],
    ) : subscribing(['/queue/jobs', '/queue/jobs', '/queue/mail', '/queue/few', '/queue/ring', '/queue/*', '/queue/**', DEAD_LETTERS, '/user/queue/inbox']);
    const publish = kind === 'topic' ? publishing([...TOPICS, '/topic/log', '/user/ann/queue/inbox']) : publishing([...QUEUES, '/queue/jobs', '/user/ann/queue/inbox']);
  const sum: Record<string, number> = {};
  const add = (n: string, v: number) => (sum[n] = (sum[n] ?? 0) + v);
  let example = '';
  await fc.assert(fc.asyncProperty(fc.commands([mixtureOf(subscribe, publish)], { maxCommands: 120, size: 'max' }), async (sequence) => {
      await using world = new World();
      await world.application.start();
      const broker = new ReferenceBroker(REFERENCE_RULES, world.clock, world.log);
      await fc.asyncModelRun(() => ({ model: broker, real: world }), sequence);
      for (const line of world.script) { add('line ' + (line.startsWith(' ') ? 'delivery' : line.split(' ')[1] + (/transaction:/.test(line)?' tx':'')), 1); if (/recovered|offset:/.test(line)) add('offset', 1)}
      for (const [n, v] of Object.entries(broker.counters)) add(n, v);
      for (const e of world.log.entries) { if (e.headers['recovered']) add('recovered '+e.headers['recovered'],1); if (e.headers['retained']) add('retained',1)}
      for (const [c, v] of Object.entries(world.application.stats().sessions.refusedByCode ?? {})) add(c, v);
      for (const [c, v] of Object.entries((world.application.stats().sessions as any).endedByCode ?? {})) add('end '+c, v as number);
      for (const s of broker.sessions.values()) if (s.failedWith) add('failed ' + s.failedWith, 1);
      add('runs', 1);
      if (world.script.length > 60) example = world.script.join('\n');
    }), { seed: 5, numRuns: 300 });
  console.log(kind, JSON.stringify(sum, null, 1), example);
}, 200000);

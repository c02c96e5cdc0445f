import { systemClock } from '../../../src/foundation/clock.js';
import { SimpleBroker } from '../../../src/broker/simple/simple-broker.js';
import { MessageChannel } from '../../../src/messaging/message-channel.js';
import { RecordingLogger } from '../broker-under-test.js';
import { createRandom, QueueWorkload } from './queue-workload.js';
import { collectGarbage, nextTurn } from './queue/queue-under-test.js';

const MESSAGES = 1_000_000;
const QUEUES = ['/queue/work-0', '/queue/work-1', '/queue/work-2', '/queue/work-3'];
const MAX_MESSAGES = 5_000;

/** A million deliveries would be too many to record. */
function startWorkload(seed: number): { broker: SimpleBroker; workload: QueueWorkload } {
  const clientOutboundChannel = new MessageChannel('clientOutboundChannel');
  const context = {
    clientOutboundChannel,
    logger: new RecordingLogger(),
    clock: systemClock,
    destinationSeparator: '/',
    userDestinationPrefix: '/user',
    limits: { sendBufferOctets: 512 * 1024, frameBodyOctets: 64 * 1024 },
    reportAvailability: () => undefined,
    isLocal: () => false,
    tell: () => undefined,
    note: () => undefined,
  } as const;
  const broker = new SimpleBroker(context, {
    policies: [
      { destinations: '/queue/dead-letters', kind: 'queue', maxMessages: MESSAGES },
      { destinations: '/queue/**', kind: 'queue', maxMessages: MAX_MESSAGES, maxDeliveries: 3 },
    ],
  });
  broker.start();
  const workload = new QueueWorkload(broker, MESSAGES, QUEUES, createRandom(seed));
  clientOutboundChannel.subscribe(workload);
  return { broker, workload };
}

/** Octets of the heap behind a full collection. */
function heapOctets(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('a million messages through queues with random acknowledgements, rejections, transactions and disconnections', () => {
  it('are acknowledged exactly once each, as themselves or among the dead letters, in bounded memory', async () => {
    const seed = Number(process.env['QUEUE_SEED'] ?? Date.now() % 1_000_000);
    const { broker, workload } = startWorkload(seed);
    let heapAtTenth = 0;
    let mostHeld = 0;

    for (let steps = 0; workload.published < MESSAGES; steps += 1) {
      workload.step();
      if (steps % 50 === 0) await nextTurn();
      if (steps % 1000 === 0) mostHeld = Math.max(mostHeld, broker.stats.queues.waitingMessages);
      if (heapAtTenth === 0 && workload.published > MESSAGES / 10) heapAtTenth = heapOctets();
    }
    const heapGrowth = heapOctets() - heapAtTenth;
    const deadLetters = broker.stats.messages.deadLettered;
    expect(mostHeld).toBeLessThanOrEqual(deadLetters + QUEUES.length * MAX_MESSAGES);
    await workload.finish(nextTurn);

    const wrong = workload.acknowledgements.filter((times) => times !== 1).length;
    const { messages, queues } = broker.stats;
    expect({ seed, wrong, violations: workload.violations.slice(0, 5) }).toEqual({ seed, wrong: 0, violations: [] });
    expect(messages).toMatchObject({ published: MESSAGES, acknowledged: MESSAGES, dropped: 0, expired: 0 });
    expect(queues).toEqual({ count: 0, waitingMessages: 0, unacknowledgedMessages: 0, octets: 0 });
    expect({ seed, isBounded: heapGrowth < (deadLetters + QUEUES.length * MAX_MESSAGES) * 2048 }).toEqual({
      seed,
      isBounded: true,
    });
    expect(messages.deadLettered).toBeGreaterThan(500);
    expect(messages.redelivered).toBeGreaterThan(100_000);
  }, 120_000);
});

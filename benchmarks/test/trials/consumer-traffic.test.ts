import { createSlowConsumerApplication } from '../../src/servers/slow-consumer-application.js';
import { openTraffic } from '../../src/trials/open-traffic.js';
import { CONSUMER_POLICIES, OFFENDERS } from '../../src/trials/consumer-policies.js';

const SECONDS = 0.2;
const HEALTHY = 3;

describe.each(CONSUMER_POLICIES)('healthy consumers, policy %s', (policy) => {
  it.each(OFFENDERS)('get everything beside one that is %s, and what that one gets is told', async (offender) => {
    await using application = createSlowConsumerApplication();
    const { port } = await application.listen(0, '127.0.0.1');
    const traffic = await openTraffic({ host: '127.0.0.1', port, path: '/ws' }, { policy, offender, healthy: HEALTHY });

    const latencies = await traffic.run(SECONDS);
    const outcome = await traffic.settle();

    expect(latencies.percentile(50)).toBeGreaterThan(0);
    expect(latencies.percentile(99)).toBeGreaterThanOrEqual(latencies.percentile(50));
    expect(outcome).toMatch(OUTCOMES[offender]);
  });
});

// So short a time does not fill what the system keeps for a connection: that of a stalled consumer may be there still.
const OUTCOMES = {
  none: /^kept/,
  slow: /^(kept|session ended|took)/,
  stalled: /^(kept|session ended|took)/,
  vanishing: /^(gone|took)/,
};

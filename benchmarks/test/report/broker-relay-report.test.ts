import { brokerRelayReport } from '../../src/report/broker-relay-report.js';
import type { BrokerRelayCase } from '../../src/trials/broker-relay-case.js';

const shared: BrokerRelayCase = {
  way: 'shared',
  brokerConnections: 3,
  brokerMebibytes: 150.4,
  serverMebibytes: 120,
  rate: 100_000,
  brokerMicroseconds: 0.05,
  serverMicroseconds: 1.5,
};

describe('the report about the broker relay', () => {
  it('has a line for each way, with the median, the least and the most of the rounds', () => {
    const report = brokerRelayReport([[shared], [{ ...shared, rate: 300_000, serverMicroseconds: 2.5 }]]);

    expect(report.split('\n')).toEqual([
      expect.stringMatching(/clients by +broker connections +broker MiB +server MiB +deliveries\/s/),
      expect.stringMatching(
        /shared +3 \(3-3\) +150 \(150-150\) +120 \(120-120\) +200,000 \(100,000-300,000\) +0\.05 \S+ +2\.00 \(1\.50-2\.50\)$/,
      ),
    ]);
  });
});

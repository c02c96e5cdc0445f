import { createApplication, silentLogger } from 'treadle';
import { RelayConfig } from './relay-config.js';

test('a relay in the shape of Spring is the one that brokerRelay makes', () => {
  const { broker, prefixes } = createApplication({ configurers: [RelayConfig], logger: silentLogger }).describe();

  expect(prefixes.application).toEqual(['/app']);
  expect(broker).toMatchObject({
    kind: 'BrokerRelay',
    destinationPrefixes: ['/topic', '/queue'],
    settings: { addresses: ['stomps://broker.example.org:61613'], onBrokerLoss: 'hold' },
  });
  expect(JSON.stringify(broker)).not.toContain('s3cret');
});

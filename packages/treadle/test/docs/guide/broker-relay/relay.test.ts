import { application, patient, sharing } from './relay.js';

test('the relay of the guide is what the page says', () => {
  expect(application.describe().broker).toEqual({
    kind: 'BrokerRelay',
    destinationPrefixes: ['/topic', '/queue'],
    settings: {
      addresses: ['stomp://127.0.0.1:61613'],
      dialect: 'detect',
      connections: 'per-client',
      onBrokerLoss: 'close',
      userDestinationBroadcast: '/topic/treadle-user-destinations',
      userRegistryBroadcast: '/topic/treadle-user-registry',
    },
  });
  expect(patient.describe().broker.settings).toMatchObject({ onBrokerLoss: 'hold', holdTimeMs: 5_000 });
  expect(sharing.describe().broker.settings).toMatchObject({ connections: 'shared', sharedConnections: 2 });
});

test('nothing that is told of it names the passcode', () => {
  const told = JSON.stringify([application.describe(), application.health(), application.stats()]);

  expect(told).not.toContain('s3cret');
});

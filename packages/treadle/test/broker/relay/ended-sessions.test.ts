import { brokerRelay } from '../../../src/broker/relay/broker-relay.js';
import { silentLogger } from '../../../src/foundation/logger.js';
import { systemClock } from '../../../src/foundation/clock.js';
import { MessageChannel } from '../../../src/messaging/message-channel.js';
import { codeOf, connect, createSession, disconnect } from '../broker-under-test.js';
import { ScriptedBroker } from './kit/scripted-broker.js';

test('a CONNECT that was held up until its session had ended opens nothing at the broker, and nothing of it stays', async () => {
  await using broker = await ScriptedBroker.listen();
  const relay = brokerRelay({ ...broker.address, userDestinationBroadcast: false, userRegistryBroadcast: false })({
    clientOutboundChannel: new MessageChannel('clientOutboundChannel', [], silentLogger),
    ...{ logger: silentLogger, clock: systemClock, destinationSeparator: '/', userDestinationPrefix: '/user' },
    limits: { sendBufferOctets: 512 * 1024, frameBodyOctets: 64 * 1024 },
    ...{ reportAvailability: () => undefined, isLocal: () => false, tell: () => undefined, note: () => undefined },
  });
  await relay.start();
  const session = createSession('a');
  await relay.handleMessage(disconnect(session));

  expect(codeOf(() => relay.handleMessage(connect(session)))).toBe('MESSAGE_REJECTED');
  await relay.handleMessage(connect(createSession('b')));
  await relay.stop();

  expect(broker.conversations).toHaveLength(2); // the relay's own, and that of b
});

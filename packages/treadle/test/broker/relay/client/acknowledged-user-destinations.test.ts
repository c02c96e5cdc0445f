import { activemq, rabbitmq } from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { acknowledgement } from '../../../obligations/acknowledgement-frames.js';
import { disconnect, leftovers, subscribe } from '../../conformance/conversation.js';
import { RelayedApplication } from '../kit/relayed-application.js';

describe.each([
  ['RabbitMQ', rabbitmq],
  ['ActiveMQ', activemq],
] as const)('a user destination with acknowledgements', (_name, broker) => {
  describeWith(broker, 'by way of a real broker', (url) => {
    it('is delivered once, under the name the client knows, and acknowledged at the broker', async () => {
      await using relayed = await RelayedApplication.on({ url, userRegistryBroadcast: false });
      const alice = await relayed.connect('alice');
      await subscribe(alice, '/user/queue/work', 'ack:client\n');

      const reach = await relayed.application.template.convertAndSendToUser('alice', '/queue/work', 'hi');

      const message = await alice.next();
      expect(message.body.toString()).toBe('hi');
      expect(message.header('destination')).toBe('/user/queue/work');
      await alice.ask(acknowledgement('ACK', message, '1.2', 'receipt:done\n'));
      expect(await leftovers(alice)).toEqual([]);
      expect(reach.sessions).toBe(1);
    });

    it('comes to both kinds of subscription of a session', async () => {
      await using relayed = await RelayedApplication.on({ url, userRegistryBroadcast: false });
      const alice = await relayed.connect('alice');
      await subscribe(alice, '/user/queue/work', 'ack:client\n', 'acknowledged');
      await subscribe(alice, '/user/queue/work', '', 'plain');

      await relayed.application.template.convertAndSendToUser('alice', '/queue/work', 'hi');

      const ids = [await alice.next(), await alice.next()].map((frame) => frame.header('subscription'));
      expect(new Set(ids)).toEqual(new Set(['acknowledged', 'plain']));
    });

    it('leaves nothing that goes to the broker when it has ended', async () => {
      await using relayed = await RelayedApplication.on({ url, userRegistryBroadcast: false });
      const alice = await relayed.connect('alice');
      await subscribe(alice, '/user/queue/work', 'ack:client\n');
      await alice.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');
      const before = relayed.application.stats().broker?.messages.published ?? 0;

      await relayed.application.template.convertAndSendToUser('alice', '/queue/work', 'hi');

      expect((relayed.application.stats().broker?.messages.published ?? 0) - before).toBe(1);
      expect(await leftovers(alice)).toEqual([]);
      await disconnect(alice);
    });
  });
});

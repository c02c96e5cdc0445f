import { bodies, fresh, subscribe } from '../../conformance/conversation.js';
import { goOn, heardOfLoss, hearNotices } from '../kit/notices.js';
import { CONFIGURATIONS, RelayedApplication } from '../kit/relayed-application.js';
import { ScriptedBroker } from '../kit/scripted-broker.js';
import type { ScriptedConversation } from '../kit/scripted-conversation.js';

jest.setTimeout(90_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

const LIMIT = 128 * 1024;
/** Octets of a header line that is taken of a broker. */
const LINE = 1024 * 1024;

/** What a broker must not send, by what it is. */
const OFFENCES: readonly (readonly [string, (conversation: ScriptedConversation, subscription: string) => void])[] = [
  ['a header line without an end', (to) => to.type(`MESSAGE\nendless:${'x'.repeat(2 * LINE)}`)],
  ['headers without an end', (to) => to.type(`MESSAGE\n${'a:b\n'.repeat(20_000)}`)],
  ['a command that there is not', (to) => to.type('GARBAGE\n\n\0')],
  [
    'octets that are no frame',
    (to) => to.type(Buffer.from(Array.from({ length: 512 }, (_, index) => 255 - (index % 128)))),
  ],
  ['an undefined escape', (to, id) => to.type(`MESSAGE\nsubscription:${id}\nmessage-id:1\na:\\x\n\n\0`)],
];

/** What is odd and hurts nobody. */
const ODDITIES: readonly (readonly [string, (conversation: ScriptedConversation) => void])[] = [
  ['a body longer than is taken', (to) => toAll(to, (id) => to.message(id, '/topic/x', 'x'.repeat(LIMIT + 1)))],
  [
    'a body longer than is taken that does not say how long it is',
    (to) => toAll(to, (id) => to.type(`MESSAGE\nsubscription:${id}\nmessage-id:1\n\n${'x'.repeat(5 * LIMIT)}\0`)),
  ],
  ['an ERROR of more words than are taken', (to) => to.type(`ERROR\nmessage:much\n\n${'x'.repeat(2 * LIMIT)}\0`)],
  ['a message of a subscription that there is not', (to) => to.message('nobody', '/topic/x', 'for nobody')],
  ['a message without any header', (to) => to.type('MESSAGE\n\nlost\0')],
  ['a receipt that nobody asked for', (to) => to.send('RECEIPT', ['receipt-id', 'nobody'])],
  ['a receipt without an id', (to) => to.type('RECEIPT\n\n\0')],
  ['CONNECTED once more', (to) => to.type('CONNECTED\nversion:1.2\n\n\0')],
  ['an ERROR about nothing', (to) => to.error('out of sorts')],
  ['a thousand of them', (to) => to.type('ERROR\nmessage:again\n\n\0'.repeat(1_000))],
];

function toAll({ subscriptions }: ScriptedConversation, type: (id: string) => void): void {
  for (const [id] of subscriptions) type(id);
}

describe.each(CONFIGURATIONS)('a broker that sends what it must not: %j', (configuration) => {
  const relay = { ...configuration, brokerFrameBodyOctets: LIMIT };

  it.each(OFFENCES)(
    '%s: the connection is given up, its session hears of that alone, and a new one works',
    async (_, offend) => {
      await using broker = await ScriptedBroker.listen();
      await using relayed = await RelayedApplication.on({ ...relay, port: broker.port });
      const [client, topic] = [await relayed.connect(), fresh('/topic')];
      await hearNotices(client);
      await subscribe(client, topic);
      const conversation = broker.conversations.find(
        (one) => one.subscriptions.size > 0 && one.commands.some((command) => command.includes(topic.slice(-36))),
      );
      const [[id] = ['']] = conversation?.subscriptions ?? [];

      if (conversation) offend(conversation, id);
      await conversation?.closed();

      expect((await heardOfLoss(client)).ends).toBe(configuration.onBrokerLoss === 'close');
      const next = await goOn(client, relayed, (other) => subscribe(other, topic));
      await relayed.application.template.convertAndSend(topic, 'hi');
      expect(bodies(await next.take(1))).toEqual(['hi']);
    },
  );

  it.each(ODDITIES)('%s: nobody is told, and everything goes on', async (_, type) => {
    await using broker = await ScriptedBroker.listen();
    await using relayed = await RelayedApplication.on({ ...relay, port: broker.port });
    const [client, topic] = [await relayed.connect(), fresh('/topic')];
    await hearNotices(client);
    await subscribe(client, topic);

    for (const conversation of broker.open) type(conversation);
    await relayed.application.template.convertAndSend(topic, 'hi');

    expect((await client.next()).body.toString()).toBe('hi');
    expect(relayed.availability).toEqual([true]);
  });
});

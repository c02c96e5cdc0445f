import type { BrokerRelayOptions } from '../../../../src/broker/relay/relay-options.js';
import { subscribe } from '../../conformance/conversation.js';
import { hearNotices, notice } from '../kit/notices.js';
import { RelayedApplication } from '../kit/relayed-application.js';
import { ScriptedBroker } from '../kit/scripted-broker.js';

interface Server extends AsyncDisposable {
  readonly broker: ScriptedBroker;
  readonly relayed: RelayedApplication;
}

async function start(server: string, relay: BrokerRelayOptions): Promise<Server> {
  const broker = await ScriptedBroker.listen({ server });
  const alone = { userDestinationBroadcast: false, userRegistryBroadcast: false } as const;
  const relayed = await RelayedApplication.on({ hosts: [broker.address], ...alone, ...relay });
  return {
    broker,
    relayed,
    async [Symbol.asyncDispose]() {
      await relayed[Symbol.asyncDispose]();
      await broker.stop();
    },
  };
}

describe.each(['per-client', 'shared'] as const)('subscriptions to queues, %s', (connections) => {
  it('have so many connections at RabbitMQ, and one more is refused alone', async () => {
    await using server = await start('RabbitMQ/3.10.8', { connections, queueConnections: 2 });
    const client = await server.relayed.connect('alice');
    await hearNotices(client);
    await subscribe(client, '/queue/one', '', 'one');
    await subscribe(client, '/queue/two', '', 'two');
    const before = server.broker.open.length;

    client.type('SUBSCRIBE\nid:three\ndestination:/queue/three\n\n\0');

    expect(await notice(client)).toBe('SUBSCRIPTION_LIMIT_EXCEEDED');
    await subscribe(client, '/topic/tea', '', 'tea');
    expect(server.broker.open).toHaveLength(before);
    await subscribe(await server.relayed.connect('bob'), '/queue/three');
  });

  it('make room for others when they end', async () => {
    await using server = await start('RabbitMQ/3.10.8', { connections, queueConnections: 1 });
    const client = await server.relayed.connect();
    await subscribe(client, '/queue/one', '', 'one');

    await client.ask('UNSUBSCRIBE\nid:one\nreceipt:over\n\n\0');

    await subscribe(client, '/queue/two', '', 'two');
  });

  it('are not counted where they need no connection of their own', async () => {
    await using server = await start('ActiveMQ/5.17.2', { connections, queueConnections: 1 });
    const client = await server.relayed.connect();
    await subscribe(client, '/queue/one', '', 'one');
    const before = server.broker.open.length;

    await subscribe(client, '/queue/two', '', 'two');

    expect(server.broker.open).toHaveLength(before);
  });
});

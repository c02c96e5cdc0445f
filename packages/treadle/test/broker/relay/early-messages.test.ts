import { headerValue } from '@treadle/stomp';
import type { BrokerRelayOptions } from '../../../src/broker/relay/relay-options.js';
import type { ApplicationOptions } from '../../../src/options.js';
import { deferred } from '../../session/session-fixture.js';
import { bodies, send, subscribe, take } from '../conformance/conversation.js';
import { RelayedApplication } from './kit/relayed-application.js';
import { ScriptedBroker } from './kit/scripted-broker.js';

interface Server extends AsyncDisposable {
  readonly broker: ScriptedBroker;
  readonly relayed: RelayedApplication;
}

async function start(relay: BrokerRelayOptions, options?: ApplicationOptions): Promise<Server> {
  const broker = await ScriptedBroker.listen();
  const alone = { userDestinationBroadcast: false, userRegistryBroadcast: false } as const;
  const relayed = await RelayedApplication.on({ hosts: [broker.address], ...alone, ...relay }, options);
  return {
    broker,
    relayed,
    async [Symbol.asyncDispose]() {
      await relayed[Symbol.asyncDispose]();
      await broker.stop();
    },
  };
}

describe.each(['per-client', 'shared'] as const)('the first messages of a subscription, %s', (connections) => {
  it.each([
    ['/topic/tea', 'auto'],
    ['/topic/tea', 'client'],
    ['/queue/tea', 'auto'],
    ['/queue/tea', 'client'],
  ])('come behind the RECEIPT of its SUBSCRIBE: %s, ack:%s', async (destination, ack) => {
    await using server = await start({ connections });
    server.broker.on('SUBSCRIBE', ({ headers }, conversation, standard) => {
      const [id = '', place = ''] = ['id', 'destination'].map((name) => headerValue(headers, name));
      conversation.message(id, place, 'before');
      standard();
      conversation.message(id, place, 'behind');
    });
    const client = await server.relayed.connect();

    client.type(`SUBSCRIBE\nid:1\ndestination:${destination}\nack:${ack}\nreceipt:live\n\n\0`);

    const frames = await take(client, 3);
    expect(frames.map(({ command }) => command)).toEqual(['RECEIPT', 'MESSAGE', 'MESSAGE']);
    expect(bodies(frames)).toEqual(['', 'before', 'behind']);
  });

  it('come without one, too', async () => {
    await using server = await start({ connections });
    server.broker.on('SUBSCRIBE', ({ headers }, conversation, standard) => {
      standard();
      conversation.message(headerValue(headers, 'id') ?? '', '/topic/tea', 'behind');
    });
    const client = await server.relayed.connect();

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/tea\n\n\0');

    expect(bodies(await take(client, 1))).toEqual(['behind']);
  });
});

it('who joins a shared subscription gets nothing before his RECEIPT, however long that takes', async () => {
  const received = deferred();
  let slow = '';
  const interceptor = {
    postSend: async (message: { readonly type: string; readonly sessionId: string | undefined }): Promise<void> => {
      if (message.type === 'SUBSCRIBE' && message.sessionId === slow) await received.promise;
    },
  };
  await using server = await start({ connections: 'shared' }, { interceptors: { clientInbound: [interceptor] } });
  const [first, sender] = [await server.relayed.connect(), await server.relayed.connect()];
  await subscribe(first, '/topic/tea');
  const second = server.relayed.open();
  slow = (await second.next()).header('session') ?? '';

  second.type('SUBSCRIBE\nid:1\ndestination:/topic/tea\nreceipt:live\n\n\0');
  await second.arrived();
  sender.type(send('/topic/tea', 'hi'));
  await take(first, 1);
  received.resolve();

  const frames = await take(second, 2);
  expect(frames.map(({ command }) => command)).toEqual(['RECEIPT', 'MESSAGE']);
});

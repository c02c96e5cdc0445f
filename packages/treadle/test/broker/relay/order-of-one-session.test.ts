import 'reflect-metadata';
import { headerValue } from '@treadle/stomp';
import { Controller, MessageMapping, SendTo } from '../../../src/index.js';
import { send } from '../conformance/conversation.js';
import { RelayedApplication } from './kit/relayed-application.js';
import { ScriptedBroker } from './kit/scripted-broker.js';

@Controller()
class TeaController {
  @MessageMapping('/tea')
  @SendTo('/topic/tea')
  serve(): string {
    return 'by the handler';
  }
}

describe('what one session sends by itself and by its handlers', () => {
  it('reaches the broker in its order, though it goes over two connections', async () => {
    await using broker = await ScriptedBroker.listen();
    const alone = { userDestinationBroadcast: false, userRegistryBroadcast: false } as const;
    const relay = { hosts: [broker.address], dialect: 'none', ...alone } as const;
    await using relayed = await RelayedApplication.on(relay, { controllers: [TeaController] });
    const client = await relayed.connect();
    const held = broker.hold('SEND');

    client.type(send('/topic/tea', 'by itself'));
    client.type(send('/app/tea', 'x', 'receipt:served\n'));
    client.type(send('/topic/tea', 'later', 'receipt:later\n'));
    await broker.until(() => held.frames.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(held.frames.map(({ headers }) => headerValue(headers, 'destination'))).toEqual(['/topic/tea']);
    held.release();

    expect((await client.next()).header('receipt-id')).toBe('served');
    expect((await client.next()).header('receipt-id')).toBe('later');
    const [system, own] = broker.conversations;
    expect(system?.commands.filter((command) => command.startsWith('SEND'))).toEqual(['SEND /topic/tea']);
    expect(own?.commands.filter((command) => command.startsWith('SEND'))).toHaveLength(2);
  });

  it('is counted: nothing of the session waits for what another one sent', async () => {
    await using broker = await ScriptedBroker.listen();
    const alone = { userDestinationBroadcast: false, userRegistryBroadcast: false } as const;
    const relay = { hosts: [broker.address], dialect: 'none', ...alone } as const;
    await using relayed = await RelayedApplication.on(relay, { controllers: [TeaController] });
    const [alice, bob] = [await relayed.connect(), await relayed.connect()];
    broker.on('SEND', (_frame, conversation, standard) => {
      if (conversation !== broker.conversations[1]) standard(); // alice's are never answered
    });

    alice.type(send('/topic/tea', 'unanswered'));
    await alice.arrived();
    bob.type(send('/app/tea', 'x', 'receipt:served\n'));

    expect((await bob.next()).header('receipt-id')).toBe('served');
    broker.conversations[1]?.cut(); // nobody need wait for its answer
  });
});

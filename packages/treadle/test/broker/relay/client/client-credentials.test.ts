import { headerValue } from '@treadle/stomp';
import type { BrokerRelayOptions } from '../../../../src/broker/relay/relay-options.js';
import { AuthenticationError } from '../../../../src/foundation/errors.js';
import { RelayedApplication } from '../kit/relayed-application.js';
import { ScriptedBroker } from '../kit/scripted-broker.js';

function relay(broker: ScriptedBroker, options: BrokerRelayOptions): Promise<RelayedApplication> {
  return RelayedApplication.on({ hosts: [broker.address], dialect: 'none', ...options });
}

/** What a connection logged in as. */
async function login(broker: ScriptedBroker, index: number): Promise<string> {
  const connect = await (await broker.conversation(index)).next('CONNECT');
  return `${headerValue(connect.headers, 'login')}:${headerValue(connect.headers, 'passcode')}`;
}

describe('the credentials at the broker', () => {
  it('are those of the options, never those of the client', async () => {
    await using broker = await ScriptedBroker.listen();
    const options = {
      systemLogin: 'app',
      systemPasscode: 'a',
      clientLogin: 'web',
      clientPasscode: 'w',
      virtualHost: 'chat',
    };
    await using relayed = await relay(broker, options);

    await relayed.connect('alice');

    expect([await login(broker, 0), await login(broker, 1)]).toEqual(['app:a', 'web:w']);
    const [connect] = (await broker.conversation(1)).frames;
    expect(headerValue(connect?.headers ?? [], 'host')).toBe('chat');
  });

  it('are what the application says of each client', async () => {
    await using broker = await ScriptedBroker.listen();
    await using relayed = await relay(broker, {
      clientCredentials: ({ session, headers }) => ({
        login: `of ${session.user?.name}`,
        passcode: headers.get('login') ?? '',
      }),
    });

    await relayed.connect('alice');

    expect(await login(broker, 1)).toBe('of alice:alice');
  });

  it('are asked for again when the connection is made again', async () => {
    await using broker = await ScriptedBroker.listen();
    let count = 0;
    await using relayed = await relay(broker, {
      onBrokerLoss: 'hold',
      clientCredentials: () => ({ login: 'x', passcode: String((count += 1)) }),
    });
    await relayed.connect('alice');

    (await broker.conversation(1)).reset();

    expect([await login(broker, 1), await login(broker, 2)]).toEqual(['x:1', 'x:2']);
  });

  it('that are refused are told to a client whose own they are', async () => {
    await using broker = await ScriptedBroker.listen();
    await using relayed = await relay(broker, { clientCredentials: () => ({ login: 'x', passcode: 'y' }) });
    broker.on('CONNECT', (_frame, conversation) => conversation.error('Bad CONNECT'));

    expect((await relayed.open('alice').refusal()).header('code')).toBe('AUTHENTICATION_FAILED');
  });

  it('that the application refuses to give refuse the session', async () => {
    await using broker = await ScriptedBroker.listen();
    await using relayed = await relay(broker, {
      clientCredentials: () => {
        throw new AuthenticationError();
      },
    });

    expect((await relayed.open('alice').refusal()).header('code')).toBe('AUTHENTICATION_FAILED');
    expect(broker.conversations).toHaveLength(1);
  });
});

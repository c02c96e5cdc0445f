import { connect } from '@treadle/testing';
import { type Frame, headerValue } from '@treadle/stomp';
import {
  type Application,
  createApplication,
  type MessageBrokerRegistry,
  silentLogger,
  type StompBrokerRelayRegistration,
  type WebSocketMessageBrokerConfigurer,
} from '../../src/index.js';
import { ScriptedBroker } from '../broker/relay/kit/scripted-broker.js';
import { findingsOfStart } from '../findings';

/** What a configurer does with the registry of brokers. */
function configurer(
  configureMessageBroker: (registry: MessageBrokerRegistry) => unknown,
): WebSocketMessageBrokerConfigurer {
  return { configureMessageBroker: (registry) => void configureMessageBroker(registry) };
}

/** What it does with the relay. */
function relay(say: (registration: StompBrokerRelayRegistration) => unknown): WebSocketMessageBrokerConfigurer {
  return configurer((registry) => say(registry.enableStompBrokerRelay('/topic', '/queue')));
}

function create(...configurers: WebSocketMessageBrokerConfigurer[]): Application {
  return createApplication({ configurers, logger: silentLogger });
}

function findingsOf(...configurers: WebSocketMessageBrokerConfigurer[]): readonly string[] {
  return findingsOfStart(() => create(...configurers));
}

function settingsOf(...configurers: WebSocketMessageBrokerConfigurer[]): Readonly<Record<string, unknown>> {
  return create(...configurers).describe().broker.settings ?? {};
}

const WHO = 'configurers[0].configureMessageBroker';

describe('enableStompBrokerRelay', () => {
  test('Spring N1: takes the place of the embedded broker, at 127.0.0.1 and 61613', () => {
    const { broker } = create(relay(() => undefined)).describe();

    expect(broker).toMatchObject({
      kind: 'BrokerRelay',
      destinationPrefixes: ['/topic', '/queue'],
      settings: { addresses: ['stomp://127.0.0.1:61613'] },
    });
  });

  test('without prefixes has those of the default', () => {
    const { broker } = create(configurer((registry) => registry.enableStompBrokerRelay())).describe();

    expect(broker.destinationPrefixes).toEqual(['/topic', '/queue']);
  });

  test('stands in any order beside the rest', () => {
    const application = create(
      configurer((registry) => {
        const registration = registry.setCacheLimit(5).enableStompBrokerRelay('/pub', '/sub');
        registration.setDialect('rabbitmq').setRelayPort(61_615).setRelayHost('localhost');
        registry.setApplicationDestinationPrefixes('/app').setUserDestinationPrefix('/person');
      }),
    );
    const { broker, prefixes } = application.describe();

    expect(broker).toMatchObject({
      destinationPrefixes: ['/pub', '/sub'],
      settings: { addresses: ['stomp://localhost:61615'], dialect: 'rabbitmq' },
    });
    expect(prefixes).toMatchObject({ application: ['/app'], user: '/person' });
  });

  test('Spring N7: starts with the application, as setAutoStartup(true) says', () => {
    expect(findingsOf(relay((registration) => registration.setAutoStartup(true)))).toEqual([]);
    expect(findingsOf(relay((registration) => registration.setAutoStartup(false)))).toEqual([
      `${WHO}: setAutoStartup(false) is not supported: the relay starts with the application, whether or not the broker is there; drop the call, and call application.start() or listen() when it should start`,
    ]);
  });

  test('Spring N6: has a TCP client of its own, with TLS and several brokers', () => {
    expect(findingsOf(relay((registration) => registration.setTcpClient({})))).toEqual([
      expect.stringContaining('use setTls({ ca }) for TLS, setHosts([…]) for several brokers'),
    ]);
    expect(
      settingsOf(
        relay((registration) => registration.setTls(true).setHosts([{ host: 'one' }, { host: '::1', port: 5 }])),
      ),
    ).toMatchObject({ addresses: ['stomps://one:61613', 'stomps://[::1]:5'] });
  });

  test('Spring N30: broadcasts to other servers are on, have destinations of their own, and can be turned off', () => {
    const own = relay((registration) =>
      registration.setUserDestinationBroadcast('/topic/users').setUserRegistryBroadcast(false),
    );

    expect(settingsOf(relay(() => undefined))).toMatchObject({
      userDestinationBroadcast: '/topic/treadle-user-destinations',
      userRegistryBroadcast: '/topic/treadle-user-registry',
    });
    expect(settingsOf(own)).toMatchObject({ userDestinationBroadcast: '/topic/users', userRegistryBroadcast: false });
  });

  test('takes every other option, and tells of those there are none of', () => {
    const shared = relay((registration) => registration.setOptions({ connections: 'shared', onBrokerLoss: 'hold' }));
    const wrong = relay((registration) => registration.setOptions({ conections: 'shared' } as object));

    expect(settingsOf(shared)).toMatchObject({ connections: 'shared', onBrokerLoss: 'hold' });
    expect(findingsOf(wrong)).toEqual([
      "brokerRelay, conections: there is no option of this name; did you mean 'connections'?",
    ]);
  });

  test.each([
    ['no object', 'shared', 'setOptions() takes an object'],
    ['prefixes', { destinationPrefixes: ['/x'] }, 'setOptions() does not take destinationPrefixes'],
  ])('setOptions with %s is refused', (_what, options, problem) => {
    expect(findingsOf(relay((registration) => registration.setOptions(options as object)))).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  test('what it says is checked as the options of brokerRelay are', () => {
    const wrong = relay((registration) =>
      registration.setRelayPort(0).setSystemLogin('app').setSystemHeartbeatSendInterval(-1),
    );

    expect(findingsOf(wrong)).toEqual([
      'brokerRelay, port: it is 0; give a whole number from 1 to 65535',
      expect.stringContaining('brokerRelay, heartBeat.sends: it is -1'),
      'brokerRelay, systemPasscode: there is a login without it; give both or none',
    ]);
  });
});

describe('two words about the broker', () => {
  test('the embedded one and the relay are told, once', () => {
    const both = configurer((registry) => {
      registry.enableSimpleBroker('/topic');
      registry.enableStompBrokerRelay('/topic', '/queue').setRelayHost('other');
    });

    expect(findingsOf(both)).toEqual([
      `enableStompBrokerRelay in ${WHO}: enableSimpleBroker in ${WHO} says otherwise; leave it to one of them`,
    ]);
  });

  test('that contradict each other are told, and passcodes are not repeated', () => {
    const one = relay((registration) => registration.setSystemLogin('app').setSystemPasscode('s3cret'));
    const other = relay((registration) => registration.setSystemLogin('app').setSystemPasscode('an0ther'));
    const findings = findingsOf(one, other);

    expect(findings).toEqual([
      `setSystemPasscode in configurers[1].configureMessageBroker: setSystemPasscode in ${WHO} says otherwise; leave it to one of them`,
    ]);
  });

  test('by a call and by setOptions too', () => {
    const twice = relay((registration) => registration.setRelayHost('one').setOptions({ host: 'two' }));
    const beats = relay((registration) =>
      registration.setSystemHeartbeatReceiveInterval(1).setOptions({ heartBeat: { sends: 2, expects: 3 } }),
    );

    expect(findingsOf(twice)).toEqual([expect.stringContaining('setRelayHost in')]);
    expect(findingsOf(beats)).toEqual([expect.stringContaining('setSystemHeartbeatReceiveInterval in')]);
  });

  test('a broker among the options is one too', () => {
    const broker = () => {
      throw new Error('nobody makes it');
    };
    const findings = findingsOfStart(() =>
      createApplication({ broker, configurers: [relay(() => undefined)], logger: silentLogger }),
    );

    expect(findings).toEqual(['broker: the option is given, and a configurer sets it too; leave it to one of them']);
  });
});

describe('what the broker hears of it', () => {
  const of = ({ headers }: Frame, name: string): string | undefined => headerValue(headers, name);

  test('Spring N2, N3, N4, N5: system and clients log in as themselves, at the virtual host, with these heart-beats', async () => {
    await using broker = await ScriptedBroker.listen();
    await using application = create(
      relay((registration) =>
        registration
          .setRelayHost('127.0.0.1')
          .setRelayPort(broker.port)
          .setClientLogin('client')
          .setClientPasscode('client-passcode')
          .setSystemLogin('system')
          .setSystemPasscode('system-passcode')
          .setSystemHeartbeatSendInterval(4_000)
          .setSystemHeartbeatReceiveInterval(6_000)
          .setVirtualHost('shop'),
      ),
    );
    await application.start();
    const system = await (await broker.conversation(0)).next('CONNECT');
    await connect(application, { login: 'alice', passcode: 'her own' });
    const client = await (await broker.conversation(1)).next('CONNECT');

    const facts = (frame: Frame) => ['login', 'passcode', 'host', 'heart-beat'].map((name) => of(frame, name));
    expect(facts(system)).toEqual(['system', 'system-passcode', 'shop', '4000,6000']);
    expect(facts(client)).toEqual(['client', 'client-passcode', 'shop', '4000,6000']);
  });

  test('Spring N5: without a virtual host none is named', async () => {
    await using broker = await ScriptedBroker.listen();
    await using application = create(relay((registration) => registration.setRelayPort(broker.port)));
    await application.start();

    const frame = await (await broker.conversation(0)).next('CONNECT');

    expect([of(frame, 'host'), of(frame, 'login'), of(frame, 'passcode')]).toEqual([undefined, 'guest', 'guest']);
  });
});

import { checkBrokerRelayOptions } from '../../../src/broker/relay/check-options';
import { RabbitMqDialect } from '../../../src/broker/relay/dialect/rabbitmq';
import type { BrokerRelayOptions } from '../../../src/broker/relay/relay-options';
import type { BrokerContext } from '../../../src/broker/broker';
import { ConfigurationError } from '../../../src/foundation/errors';
import { type FindingDetails, findingText } from '../../../src/foundation/finding';

interface Looked {
  readonly errors: readonly string[];
  readonly notes: readonly string[];
}

/** What is found, each on one line. @param given may be what TypeScript would refuse */
function look(given: unknown, limits: Partial<BrokerContext['limits']> = {}): Looked {
  const notes: FindingDetails[] = [];
  const context = {
    limits: { frameBodyOctets: 64 * 1024, ...limits },
    note: (note: FindingDetails) => notes.push(note),
  };
  try {
    // all that is looked at
    checkBrokerRelayOptions(given as BrokerRelayOptions, context as unknown as BrokerContext);
    return { errors: [], notes: notes.map(findingText) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { errors: error.findings.map(findingText), notes: [] };
  }
}

function errorsOf(given: unknown): readonly string[] {
  return look(given).errors;
}

function notesOf(given: BrokerRelayOptions): readonly string[] {
  return look(given).notes;
}

const PASSCODE = 's3cret';

describe('what the relay is told', () => {
  test('is nothing, and there is nothing to say about it', () => {
    expect(look({})).toEqual({ errors: [], notes: [] });
    expect(look(undefined)).toEqual({ errors: [], notes: [] });
  });

  test('is everything at once', () => {
    const everything: Required<Omit<BrokerRelayOptions, 'hosts' | 'clientCredentials'>> = {
      destinationPrefixes: ['/pub', '/sub'],
      url: 'stomps://app:s3cret@broker:61614/shop',
      host: 'other',
      port: 61_615,
      tls: { ca: 'a certificate' },
      virtualHost: '/',
      systemLogin: 'system',
      systemPasscode: PASSCODE,
      clientLogin: 'client',
      clientPasscode: PASSCODE,
      dialect: 'rabbitmq',
      connections: 'shared',
      sharedConnections: 4,
      queueConnections: 8,
      onBrokerLoss: 'hold',
      holdTimeMs: 5_000,
      heldMessages: 10,
      heldOctets: 1_000,
      heartBeat: { sends: 0, expects: 20_000 },
      reconnectDelayMs: 100,
      maxReconnectDelayMs: 100,
      connectTimeMs: 1_000,
      receiptTimeMs: 1_000,
      unconfirmedMessages: 1,
      brokerFrameBodyOctets: 128 * 1024,
      prefetchCount: 5,
      maxPrefetchCount: 5,
      userDestinationBroadcast: '/pub/users',
      userRegistryBroadcast: false,
    };

    expect(look(everything)).toEqual({ errors: [], notes: [] });
  });

  test('is wrong in many ways, all told at once', () => {
    const errors = errorsOf({ prt: 1, host: 'a b', port: 70_000, dialect: 'artemis', heartBeat: { send: 1 } });

    expect(errors).toEqual([
      "brokerRelay, prt: there is no option of this name; did you mean 'port'?",
      "brokerRelay, host: it is the text 'a b'; give the name or address of a machine, such as '127.0.0.1'",
      'brokerRelay, port: it is 70000; give a whole number from 1 to 65535',
      "brokerRelay, dialect: it is the text 'artemis'; give 'detect' or 'rabbitmq' or 'activemq' or 'none'",
      expect.stringContaining('brokerRelay, heartBeat.send: there is no option of this name'),
    ]);
  });

  test.each([
    ['a list', []],
    ['a text', 'stomp://broker'],
  ])('is no %s', (_what, given) => {
    expect(errorsOf(given)).toEqual([expect.stringContaining('give an object of options')]);
  });

  test.each([
    ['login', 'write systemLogin and clientLogin'],
    ['passcode', 'write systemPasscode and clientPasscode'],
    ['relayHost', 'write host'],
    ['systemHeartbeatSendInterval', 'write heartBeat'],
    ['autoStartup', 'starts and stops with the application'],
    ['policies', 'set up the broker behind the relay'],
    ['wildcards', 'set up the broker behind the relay'],
  ])('is not told by %s: %s', (name, cure) => {
    expect(errorsOf({ [name]: 'x' })).toEqual([expect.stringMatching(new RegExp(`^brokerRelay, ${name}: .*${cure}`))]);
  });

  test.each([
    'holdTimeMs',
    'heldMessages',
    'heldOctets',
    'reconnectDelayMs',
    'maxReconnectDelayMs',
    'connectTimeMs',
    'receiptTimeMs',
    'unconfirmedMessages',
    'prefetchCount',
    'maxPrefetchCount',
    'sharedConnections',
    'queueConnections',
  ])('has whole numbers from 1 on: %s', (name) => {
    for (const value of [0, -1, 1.5, Infinity, NaN, '1']) {
      expect(errorsOf({ [name]: value })).toEqual([expect.stringContaining(`brokerRelay, ${name}: it is`)]);
    }
  });

  test('takes from the broker at least what servers tell each other at once', () => {
    for (const value of [1, 128 * 1024 - 1, Infinity, '200000']) {
      expect(errorsOf({ brokerFrameBodyOctets: value })).toEqual([expect.stringContaining('from 131072 (128 KiB)')]);
    }
    expect(errorsOf({ brokerFrameBodyOctets: 128 * 1024 })).toEqual([]);
  });

  test('has times that a timer can wait for', () => {
    expect(errorsOf({ holdTimeMs: 2 ** 31 })).toEqual([expect.stringContaining('from 1 to 2147483647')]);
    expect(errorsOf({ holdTimeMs: 2 ** 31 - 1 })).toEqual([]);
  });

  test('has prefixes as a broker needs them', () => {
    expect(errorsOf({ destinationPrefixes: [] })).toEqual([
      "brokerRelay, destinationPrefixes: it is empty; name at least one, such as '/topic'",
    ]);
    expect(errorsOf({ destinationPrefixes: ['/topic/**'] })).toEqual([expect.stringContaining('holds a wildcard')]);
  });
});

describe('a passcode', () => {
  test.each([
    { systemPasscode: 12_345 },
    { clientPasscode: 12_345 },
    { url: 12_345 },
    { url: `http://app:12345@broker` },
    { url: `stomp://app:12345@broker/one/two`, hosts: [] },
    { passcode: '12345' },
    { systemPasscode: '12345' },
    { clientPasscode: '12345', clientCredentials: () => ({ login: 'a', passcode: 'b' }) },
    { url: 'stomp://app:12345@broker', systemLogin: 5 },
  ])('stands in no finding: %j', (given) => {
    const errors = errorsOf(given).join('\n');

    expect(errors).not.toBe('');
    expect(errors).not.toContain('12345');
  });

  test('stands in no note either', () => {
    const notes = notesOf({ url: `stomp://guest:${PASSCODE}@broker.example.org`, holdTimeMs: 1 }).join('\n');

    expect(notes).not.toBe('');
    expect(notes).not.toContain(PASSCODE);
  });
});

describe('options of the relay that contradict each other', () => {
  test('hosts and a single host or port', () => {
    const hosts = [{ host: 'one' }, { host: 'two', port: 61_614 }];

    expect(errorsOf({ hosts, host: 'one', port: 1 })).toEqual([
      'brokerRelay, hosts: host and port are given too; name every broker in hosts, or one by host and port',
    ]);
    expect(errorsOf({ hosts, port: 1 })).toEqual([expect.stringContaining('hosts: port is given too')]);
    expect(errorsOf({ hosts, url: 'stomp://app:x@one' })).toEqual([]);
  });

  test.each([
    ['localhost:61613', "write host: 'localhost' and port: 61613"],
    ['[::1]:61613', "write host: '::1' and port: 61613"],
    ['[::1]', "write host: '::1'"],
  ])('a host that is written as %s', (host, cure) => {
    const problem = `it is the text '${host}', which is no host alone`;

    expect(errorsOf({ host })).toEqual([`brokerRelay, host: ${problem}; ${cure}`]);
    expect(errorsOf({ hosts: [{ host }] })).toEqual([`brokerRelay, hosts[0].host: ${problem}; ${cure}`]);
  });

  test.each(['::1', 'fe80::1%eth0', 'broker.example.org'])('not a host such as %s', (host) => {
    expect(errorsOf({ host })).toEqual([]);
  });

  test('an empty list of hosts, and one whose entry is none', () => {
    expect(errorsOf({ hosts: [] })).toEqual([expect.stringContaining('hosts: it is an empty list')]);
    expect(errorsOf({ hosts: ['one:1'] })).toEqual([expect.stringContaining("hosts[0]: it is the text 'one:1'")]);
    expect(errorsOf({ hosts: [{ host: 'one', prt: 1 }] })).toEqual([expect.stringContaining("did you mean 'port'?")]);
    expect(errorsOf({ hosts: [{ port: 61_613 }] })).toEqual([expect.stringContaining('hosts[0]')]);
  });

  test('a port that is none in url', () => {
    expect(errorsOf({ url: 'stomp://broker:0' })).toEqual([expect.stringContaining('url: its port is 0')]);
  });

  test('TLS by url, and none by tls', () => {
    expect(errorsOf({ url: 'stomps://broker', tls: false })).toEqual([expect.stringContaining('tls: it is false')]);
    expect(errorsOf({ url: 'stomp://broker', tls: true })).toEqual([]);
  });

  test('a login without its passcode, and the reverse', () => {
    expect(errorsOf({ systemLogin: 'app' })).toEqual([
      'brokerRelay, systemPasscode: there is a login without it; give both or none',
    ]);
    expect(errorsOf({ clientPasscode: PASSCODE })).toEqual([
      expect.stringContaining('clientLogin: there is a passcode'),
    ]);
    expect(errorsOf({ url: 'stomp://app@broker' })).toHaveLength(2);
    expect(errorsOf({ url: 'stomp://app@broker', systemPasscode: PASSCODE, clientPasscode: PASSCODE })).toEqual([]);
  });

  test('credentials of each client, and those of all', () => {
    const clientCredentials = () => ({ login: 'a', passcode: 'b' });

    expect(errorsOf({ clientCredentials, clientLogin: 'all', clientPasscode: PASSCODE })).toEqual([
      'brokerRelay, clientCredentials: clientLogin and clientPasscode would never count beside it; leave it to one of them',
    ]);
    expect(errorsOf({ clientCredentials, url: 'stomp://app:x@broker' })).toEqual([]);
    expect(errorsOf({ clientCredentials, url: 'stomp://app@broker', systemPasscode: PASSCODE })).toEqual([]);
  });

  test('credentials of each client on connections they share', () => {
    const clientCredentials = () => ({ login: 'a', passcode: 'b' });

    expect(errorsOf({ clientCredentials, connections: 'shared' })).toEqual([
      expect.stringContaining('clients have no connection of their own'),
    ]);
  });

  test('a first value above the largest', () => {
    expect(errorsOf({ reconnectDelayMs: 40_000 })).toEqual([
      'brokerRelay, reconnectDelayMs: it is 40000, above maxReconnectDelayMs, which is 30000; lower the one or raise the other',
    ]);
    expect(errorsOf({ prefetchCount: 6, maxPrefetchCount: 5 })).toEqual([expect.stringContaining('it is 6, above')]);
  });

  test('but a largest value below a default bounds that too', () => {
    expect(errorsOf({ maxPrefetchCount: 5, maxReconnectDelayMs: 100 })).toEqual([]);
  });

  test.each(['/queue/servers', 'queue.servers', '/queue'])(
    'a broadcast that one server alone would get: %s',
    (queue) => {
      for (const name of ['userDestinationBroadcast', 'userRegistryBroadcast']) {
        expect(errorsOf({ [name]: queue })).toEqual([
          `brokerRelay, ${name}: '${queue}' is a queue, which gives each message to one server, and all of them want it; write plain text, such as '${name === 'userRegistryBroadcast' ? '/topic/treadle-user-registry' : '/topic/treadle-user-destinations'}'`,
        ]);
      }
      expect(errorsOf({ userRegistryBroadcast: '/topic/queue/servers' })).toEqual([]);
    },
  );

  test('a broadcast that brokers have no room for', () => {
    const longest = `/topic/${'x'.repeat(252 - '~2Ftopic~2F'.length)}`;

    expect(errorsOf({ userRegistryBroadcast: longest })).toEqual([]);
    expect(errorsOf({ userRegistryBroadcast: `${longest}x` })).toEqual([expect.stringContaining('253 octets')]);
    expect(errorsOf({ userRegistryBroadcast: `${longest.slice(0, -1)}ä` })).toHaveLength(1);
    expect(() =>
      new RabbitMqDialect({ destinationSeparator: '/', destinationPrefixes: ['/topic'] }).serverDestination(longest),
    ).not.toThrow();
  });

  test('broadcasts with a wildcard, and two at one destination', () => {
    expect(errorsOf({ userDestinationBroadcast: '/topic/*' })).toEqual([expect.stringContaining('holds a wildcard')]);
    expect(errorsOf({ userRegistryBroadcast: '/topic/treadle-user-destinations' })).toEqual([
      expect.stringContaining('userRegistryBroadcast: it is that of userDestinationBroadcast'),
    ]);
    expect(errorsOf({ userRegistryBroadcast: false, userDestinationBroadcast: false })).toEqual([]);
    expect(errorsOf({ userRegistryBroadcast: true })).toHaveLength(1);
  });
});

describe('what is allowed, and noted', () => {
  const ownLogin: BrokerRelayOptions = {
    systemLogin: 'app',
    systemPasscode: PASSCODE,
    clientLogin: 'clients',
    clientPasscode: PASSCODE,
  };

  test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('nothing about %s: it is this machine', (host) => {
    expect(notesOf({ host })).toEqual([]);
  });

  test('passcodes that travel readable to another machine', () => {
    expect(notesOf({ ...ownLogin, host: 'broker.example.org' })).toEqual([
      expect.stringContaining(
        'brokerRelay, tls: logins, passcodes and messages travel to broker.example.org as they are',
      ),
    ]);
    expect(notesOf({ ...ownLogin, host: 'broker.example.org', tls: true })).toEqual([]);
    expect(notesOf({ ...ownLogin, url: 'stomps://broker.example.org' })).toEqual([]);
    expect(notesOf({ ...ownLogin, hosts: [{ host: '127.0.0.1' }, { host: 'two' }] })).toHaveLength(1);
  });

  test('guest at another machine', () => {
    const notes = notesOf({ url: 'stomps://broker.example.org' });

    expect(notes).toEqual([
      expect.stringContaining("systemLogin: it is 'guest'"),
      expect.stringContaining("clientLogin: it is 'guest'"),
    ]);
  });

  test('not guest for clients whose credentials the application tells', () => {
    const clientCredentials = () => ({ login: 'a', passcode: 'b' });

    expect(notesOf({ url: 'stomps://broker.example.org', clientCredentials })).toHaveLength(1);
  });

  test('options that have no effect, or less than it seems', () => {
    expect(notesOf({ sharedConnections: 3 })).toEqual([expect.stringContaining('sharedConnections: it has no effect')]);
    expect(notesOf({ holdTimeMs: 3 })).toEqual([
      expect.stringContaining('holdTimeMs: it is about messages of the application alone'),
    ]);
  });

  test('bodies that clients may send and the relay may not get back', () => {
    const { notes } = look({ brokerFrameBodyOctets: 200_000 }, { frameBodyOctets: 140_000 });

    expect(notes).toEqual([
      expect.stringMatching(
        /brokerFrameBodyOctets: it is 200000, and clients may send bodies of 140000: .* give 205536/,
      ),
    ]);
    expect(look({ brokerFrameBodyOctets: 205_536 }, { frameBodyOctets: 140_000 }).notes).toEqual([]);
  });
});

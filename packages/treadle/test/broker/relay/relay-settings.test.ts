import { RELAY_DEFAULTS, resolveRelaySettings } from '../../../src/broker/relay/relay-settings.js';

describe('the settings of the relay', () => {
  it('are a RabbitMQ on this machine when nothing is said', () => {
    const settings = resolveRelaySettings({});

    expect(settings).toMatchObject({
      destinationPrefixes: ['/topic', '/queue'],
      hosts: [{ host: '127.0.0.1', port: 61_613 }],
      tls: undefined,
      virtualHost: undefined,
      system: { login: 'guest', passcode: 'guest' },
      client: { login: 'guest', passcode: 'guest' },
      connections: 'per-client',
      onBrokerLoss: 'close',
      heartBeat: { sends: 10_000, expects: 10_000 },
    });
  });

  it('come from a url: host, port, virtual host, TLS, and the credentials of system and clients', () => {
    const settings = resolveRelaySettings({ url: 'stomps://app:p%40ss@broker.example:61614/chat' });

    expect(settings).toMatchObject({
      hosts: [{ host: 'broker.example', port: 61_614 }],
      tls: {},
      virtualHost: 'chat',
      system: { login: 'app', passcode: 'p@ss' },
      client: { login: 'app', passcode: 'p@ss' },
    });
  });

  it('count before what a url says', () => {
    const settings = resolveRelaySettings({
      url: 'stomp://app:secret@one/a',
      host: 'two',
      virtualHost: 'b',
      clientLogin: 'c',
    });

    expect(settings).toMatchObject({
      hosts: [{ host: 'two', port: 61_613 }],
      virtualHost: 'b',
      system: { login: 'app', passcode: 'secret' },
      client: { login: 'c', passcode: 'secret' },
    });
  });

  it('give every one of several hosts a port', () => {
    const settings = resolveRelaySettings({ hosts: [{ host: 'one' }, { host: 'two', port: 5 }] });

    expect(settings.hosts).toEqual([
      { host: 'one', port: 61_613 },
      { host: 'two', port: 5 },
    ]);
  });

  it('are as by default where an option is there as undefined', () => {
    const settings = resolveRelaySettings({ holdTimeMs: undefined, onBrokerLoss: undefined });

    expect(settings).toMatchObject({ holdTimeMs: RELAY_DEFAULTS.holdTimeMs, onBrokerLoss: 'close' });
  });

  it('keep the prefetch count within its maximum', () => {
    expect(resolveRelaySettings({ maxPrefetchCount: 7 }).prefetchCount).toBe(7);
  });
});

import { activemq, rabbitmq } from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import type { BrokerRelayOptions } from '../../../../src/broker/relay/relay-options.js';
import type { Authenticate } from '../../../../src/security/authentication.js';
import { RecordingLogger } from '../../broker-under-test.js';
import { fresh, subscribe, take } from '../../conformance/conversation.js';
import { FaultProxy } from '../kit/fault-proxy.js';
import { CONFIGURATIONS, RelayedApplication } from '../kit/relayed-application.js';

jest.setTimeout(90_000); // a bound, not a wait: brokers start and answer as fast as the machine lets them

/** What is refused need not be waited for. */
const HASTY: BrokerRelayOptions = { connectTimeMs: 1_000, holdTimeMs: 200 };

const SECRET = 'not-the-passcode';
const WRONG_SYSTEM_LOGIN = { systemLogin: 'guest', systemPasscode: SECRET };
const WRONG_CLIENT_LOGIN = { clientLogin: 'guest', clientPasscode: SECRET };

function describeLogins(url: string): void {
  describe.each(CONFIGURATIONS)('%j', (configuration) => {
    it('of the system: the broker is not available, it is tried again, and the log says why without the passcode', async () => {
      const logger = new RecordingLogger();
      await using proxy = await FaultProxy.before(url);
      const relay: BrokerRelayOptions = { ...HASTY, ...configuration, port: proxy.port, ...WRONG_SYSTEM_LOGIN };
      await using relayed = await RelayedApplication.start(relay, { logger });
      await proxy.until(() => proxy.opened >= 3, 'further attempts');

      const { application } = relayed;
      await expect(application.template.convertAndSend(fresh('/topic'), 'hi')).rejects.toMatchObject({
        code: 'BROKER_UNAVAILABLE',
      });

      expect(application.isBrokerAvailable).toBe(false);
      const log = JSON.stringify(logger.lines);
      expect(log).not.toContain(SECRET);
      expect(logger.lines.filter(({ level }) => level === 'warn' || level === 'error')).not.toEqual([]);
    });

    it('of clients: they cannot use the broker and learn nothing of it, the application itself can', async () => {
      const logger = new RecordingLogger();
      const relay: BrokerRelayOptions = { ...HASTY, ...configuration, url, ...WRONG_CLIENT_LOGIN };
      await using relayed = await RelayedApplication.on(relay, { logger });
      await relayed.application.template.convertAndSend(fresh('/topic'), 'hi');

      const client = relayed.open();
      client.type(`SUBSCRIBE\nid:s\ndestination:${fresh('/queue')}\nreceipt:r\n\n\0`);

      const error = (await client.rest()).at(-1);
      expect(error?.command).toBe('ERROR');
      expect(error?.text).not.toMatch(/guest|RabbitMQ|ActiveMQ|java|refused for user/i);
      expect(error?.text).not.toContain(SECRET);
      expect(JSON.stringify(logger.lines)).not.toContain(SECRET);
      expect(relayed.application.isBrokerAvailable).toBe(true);
    });
  });

  it('of one client with credentials of its own: that client is refused, others are served', async () => {
    const relay: BrokerRelayOptions = {
      url,
      clientCredentials: ({ session }) => ({ login: 'guest', passcode: String(session.attributes.get('passcode')) }),
    };
    const authenticate: Authenticate = ({ passcode, session }) => void session.attributes.set('passcode', passcode);
    await using relayed = await RelayedApplication.on(relay, { authenticate });
    const connect = (passcode: string): string => `CONNECT\naccept-version:1.2\nhost:test\npasscode:${passcode}\n\n\0`;

    const [refused, served] = [relayed.openSilently(), relayed.openSilently()];
    refused.type(connect(SECRET));
    served.type(connect('guest'));

    expect((await refused.refusal()).header('code')).toMatch(/^(AUTHENTICATION_FAILED|BROKER_REFUSED)$/);
    expect((await served.next()).command).toBe('CONNECTED');
    const topic = fresh('/topic');
    await subscribe(served, topic);
    await relayed.application.template.convertAndSend(topic, 'hi');
    await take(served, 1);
  });
}

describeWith(rabbitmq, 'RabbitMQ refuses the login', describeLogins);

describeWith(activemq, 'ActiveMQ refuses the login', describeLogins);

describeWith(rabbitmq, 'a virtual host that RabbitMQ does not know', (url) => {
  it.each(CONFIGURATIONS)(
    '%j: the broker is not available, sessions learn that, and the log names the virtual host',
    async (configuration) => {
      const logger = new RecordingLogger();
      await using proxy = await FaultProxy.before(url);
      const relay: BrokerRelayOptions = { ...HASTY, ...configuration, url: proxy.url, virtualHost: 'nowhere' };
      await using relayed = await RelayedApplication.start(relay, { logger });
      await proxy.until(() => proxy.opened >= 2, 'further attempts');

      const client = relayed.open();
      client.type(`SUBSCRIBE\nid:s\ndestination:${fresh('/topic')}\nreceipt:r\n\n\0`);

      expect((await client.rest()).at(-1)?.header('code')).toMatch(/^BROKER_/);
      expect(relayed.application.isBrokerAvailable).toBe(false);
      expect(JSON.stringify(logger.lines)).toContain('nowhere');
    },
  );
});

import { rabbitmqPackage, type RealBroker, startBroker } from '../../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../../scripts/testing/require-server.js';
import { RecordingLogger } from '../../broker-under-test.js';
import { fresh, subscribe, take } from '../../conformance/conversation.js';
import { RelayedApplication } from '../kit/relayed-application.js';

const ALL = '.*';
const NO_DIRECT = '^(amq\\.(topic|default)|stomp-subscription-.*)$';

describeWith(rabbitmqPackage, 'a system login of RabbitMQ without rights on what servers broadcast', () => {
  let broker: RealBroker;
  beforeAll(async () => (broker = await startBroker('rabbitmq')), 60_000);
  afterAll(() => broker[Symbol.asyncDispose](), 30_000);

  it.each([
    ['read', [ALL, ALL, NO_DIRECT]],
    ['write', [ALL, NO_DIRECT, ALL]],
  ] as const)(
    'to %s: servers do not tell each other, the rest works',
    async (right, permissions) => {
      const login = `no-${right}`;
      await broker.ctl('add_user', login, 'secret');
      await broker.ctl('set_permissions', '-p', '/', login, ...permissions);
      const logger = new RecordingLogger();
      const relay = { port: broker.port, systemLogin: login, systemPasscode: 'secret' };
      await using relayed = await RelayedApplication.start(relay, { logger, presence: true });
      const { application } = relayed;
      await whenLogged(logger, 'error');
      await relayed.whenAvailable(true);

      const client = await relayed.connect();
      const topic = fresh('/topic');
      await subscribe(client, topic);
      await application.template.convertAndSend(topic, 'hi');
      await take(client, 1);

      expect(relayed.availability.at(-1)).toBe(true);
      const { status, broker: health } = application.health();
      expect([status, health.status]).toEqual(['up', 'up']);
      expect(health.reason).toMatch(/servers cannot tell each other/);
      expect(JSON.stringify(logger.lines)).toContain('amq.direct');
      const told = relayed.availability.length;
      await application.template.convertAndSend(topic, 'still');
      await take(client, 1);
      expect(relayed.availability).toHaveLength(told);
    },
    60_000,
  );
});

/** Resolves when the log has a line of this level. */
async function whenLogged(logger: RecordingLogger, level: 'error'): Promise<void> {
  while (!logger.lines.some((line) => line.level === level)) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

import { connect } from '@treadle/testing';
import {
  type Application,
  BrokerAvailabilityEvent,
  type BrokerRelayOptions,
  brokerRelay,
  createApplication,
} from '../../../src/index';
import { RecordingLogger } from '../broker-under-test';
import { ScriptedBroker } from './kit/scripted-broker.js';

const LOGIN = { systemLogin: 'app', systemPasscode: 's3cret', clientLogin: 'app', clientPasscode: 's3cret' };

interface Watched {
  readonly application: Application;
  readonly logger: RecordingLogger;
  readonly told: BrokerAvailabilityEvent[];
  /** Resolves with the next event. */
  readonly next: () => Promise<BrokerAvailabilityEvent>;
}

/** An application before the broker, and what it tells of it. */
function watch(broker: ScriptedBroker, options: BrokerRelayOptions = {}): Watched {
  const logger = new RecordingLogger();
  const application = createApplication({
    logger,
    broker: brokerRelay({ ...broker.address, ...LOGIN, reconnectDelayMs: 1, maxReconnectDelayMs: 1, ...options }),
  });
  const told: BrokerAvailabilityEvent[] = [];
  let wake: (event: BrokerAvailabilityEvent) => void = () => undefined;
  application.events.on(BrokerAvailabilityEvent, (event) => {
    told.push(event);
    wake(event);
  });
  return { application, logger, told, next: () => new Promise((resolve) => (wake = resolve)) };
}

describe('the health of an application with the relay', () => {
  test('Spring N19: is up with the system connection, down without it, and up again; each is one event with address and reason', async () => {
    await using broker = await ScriptedBroker.listen();
    const { application, told, next } = watch(broker);
    await using _application = application;
    const came = next();
    await application.start();
    await came;
    const up = application.health();

    const went = next();
    await broker.stop();
    await went;
    const down = application.health();
    const back = next();
    await broker.start();
    await back;

    expect(up).toMatchObject({
      status: 'up',
      broker: { kind: 'BrokerRelay', status: 'up', address: broker.url, server: 'RabbitMQ/3.10.8' },
    });
    expect(down).toMatchObject({ status: 'down', broker: { status: 'down', reason: expect.any(String) as string } });
    expect(application.health().status).toBe('up');
    expect(told).toMatchObject([
      { isAvailable: true, address: broker.url, server: 'RabbitMQ/3.10.8', reason: undefined },
      { isAvailable: false, address: broker.url, reason: expect.any(String) as string },
      { isAvailable: true, address: broker.url, reason: undefined },
    ]);
  });

  test('Spring N28: counts connections to the broker', async () => {
    await using broker = await ScriptedBroker.listen();
    const { application, next } = watch(broker);
    await using _application = application;
    const came = next();
    await application.start();
    await came;
    const client = await connect(application);
    const connections = () => application.stats().broker?.connections;
    const both = connections();
    await client.disconnect();
    await broker.until(() => broker.open.length === 1, 'end of the connection of the client');

    expect(both).toEqual({ open: 2, opened: 2, lost: 0, refused: 0 });
    expect(connections()).toEqual({ open: 1, opened: 2, lost: 0, refused: 0 });
    expect(application.stats().broker?.queues).toBeUndefined();
  });

  test('a broker that is known to speak another dialect than the option says is not connected to, and health and log say why', async () => {
    await using broker = await ScriptedBroker.listen({ server: 'ActiveMQ/5.17.2' });
    const { application, logger } = watch(broker, { dialect: 'rabbitmq' });
    await using _application = application;
    await application.start();
    const refused = await connect(application).catch((error: unknown) => String(error));
    await broker.until(() => broker.conversations.length > 3, 'further attempts');
    const reason = `${broker.url}: brokerRelay, dialect: it is 'rabbitmq', and the broker calls itself ActiveMQ/5.17.2; leave it out, or write 'activemq' or 'none'`;

    expect(refused).toContain('BROKER_UNAVAILABLE');
    expect(application.health()).toMatchObject({ status: 'down', broker: { reason } });
    expect(logger.lines.filter(({ level, message }) => level === 'warn' && message.includes(reason))).toHaveLength(1);
  });

  test('nothing that is told or logged names a passcode, when the broker refuses it too', async () => {
    await using broker = await ScriptedBroker.listen();
    broker.on('CONNECT', (_frame, conversation) => conversation.error('Bad CONNECT'));
    const { application, logger } = watch(broker);
    await using _application = application;
    await application.start();
    await connect(application).catch(() => undefined);
    await broker.until(() => broker.conversations.length > 2, 'a third attempt');
    const health = application.health();
    const everything = JSON.stringify([health, application.describe(), application.stats(), logger]);

    expect(health).toMatchObject({
      status: 'down',
      broker: { reason: expect.stringContaining('Bad CONNECT') as string },
    });
    expect(everything).not.toContain('s3cret');
  });
});

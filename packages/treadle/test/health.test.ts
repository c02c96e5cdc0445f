import { connect, FakeClock } from '@treadle/testing';
import { type Application, type ApplicationHealth, createApplication, silentLogger, simpleBroker } from '../src/index';
import { BrokerElsewhere } from './broker-elsewhere';

let application: Application;

afterEach(() => application.stop());

function statusOf({ status }: ApplicationHealth): string {
  return status;
}

describe('the health of an application with the embedded broker', () => {
  test('is that it starts, is up, and stops', async () => {
    application = createApplication({ logger: silentLogger });

    const before = application.health();
    await application.start();
    const running = application.health();
    const stopping = application.stop();
    const meanwhile = application.health();
    await stopping;

    expect([before, running, meanwhile, application.health()].map(statusOf)).toEqual([
      'starting',
      'up',
      'stopping',
      'stopping',
    ]);
    expect([before.broker.status, running.broker.status, application.health().broker.status]).toEqual([
      'down',
      'up',
      'down',
    ]);
  });

  test('tells since when the broker is so', async () => {
    const clock = new FakeClock();
    application = createApplication({ logger: silentLogger, clock });
    const made = new Date(clock.wallTime()).toISOString();
    const sinceMade = application.health().broker.since;
    await clock.advance(5_000);
    const started = new Date(clock.wallTime()).toISOString();
    await application.start();
    await clock.advance(5_000);

    expect(sinceMade).toBe(made);
    expect(application.health().broker).toEqual({ kind: 'SimpleBroker', status: 'up', since: started });
  });

  test('keeps that moment when the broker says the same again', async () => {
    const clock = new FakeClock();
    let report: (isAvailable: boolean) => void = () => undefined;
    application = createApplication({
      logger: silentLogger,
      clock,
      broker: (context) => {
        report = context.reportAvailability;
        return simpleBroker()(context);
      },
    });
    await application.start();
    const before = application.health().broker.since;
    await clock.advance(5_000);
    report(true);
    const after = application.health().broker.since;
    report(false);

    expect(after).toBe(before);
    expect(application.health().broker.since).toBe(new Date(clock.wallTime()).toISOString());
  });

  test('counts sessions, and says how many there may be', async () => {
    application = createApplication({ logger: silentLogger, limits: { sessions: 7 } });
    await connect(application);

    expect(application.health().sessions).toEqual({ current: 1, most: 7 });
  });

  test('is plain data, where there is no limit too', () => {
    application = createApplication({ logger: silentLogger, limits: { sessions: Infinity } });
    const health = application.health();

    expect(JSON.parse(JSON.stringify(health))).toEqual(health);
    expect(health.sessions.most).toBeNull();
  });

  test('stays at stopping when a stop overtakes the start', async () => {
    application = createApplication({ logger: silentLogger });

    const started = application.start().catch(() => undefined);
    const stopped = application.stop();
    await Promise.all([started, stopped]);

    expect(application.health().status).toBe('stopping');
  });
});

describe('the health of an application whose broker is elsewhere', () => {
  test('is down as long as the broker is away, with the address and the reason', async () => {
    const broker = new BrokerElsewhere();
    application = createApplication({ logger: silentLogger, broker: broker.create });
    await application.start();
    const waiting = application.health();
    broker.become({
      status: 'up',
      since: '2026-01-01T00:00:09.000Z',
      address: 'stomp://10.0.0.5:61613',
      server: 'RabbitMQ/3.10.8',
    });
    const running = application.health();

    expect(waiting).toMatchObject({
      status: 'down',
      broker: { kind: 'BrokerElsewhere', status: 'down', reason: 'nobody is there yet' },
    });
    expect(running).toMatchObject({
      status: 'up',
      broker: { status: 'up', address: 'stomp://10.0.0.5:61613', server: 'RabbitMQ/3.10.8' },
    });
  });

  test('is starting before the start, whatever the broker says', () => {
    const broker = new BrokerElsewhere();
    application = createApplication({ logger: silentLogger, broker: broker.create });
    broker.become({ status: 'up', since: '2026-01-01T00:00:09.000Z' });

    expect(statusOf(application.health())).toBe('starting');
  });
});

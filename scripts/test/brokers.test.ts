import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { activemqPackage, freePort, rabbitmqPackage, startBroker } from '../testing/real-brokers';
import { describeWith } from '../testing/require-server';
import { ROOT } from './planted-tree';

// Brokers take their time, and other tests run beside these.
jest.setTimeout(120_000);

function brokers(args: readonly string[], environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync('bash', [join(ROOT, 'scripts/brokers.sh'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  return { status, stdout, stderr };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const [isOpen] = await Promise.race([
    once(socket, 'connect').then(() => [true]),
    once(socket, 'close').then(() => [false]),
  ]).catch(() => [false]);
  socket.destroy();
  return isOpen ?? false;
}

test('without a command it says what it can do', () => {
  const { status, stderr } = brokers([]);

  expect(status).toBe(2);
  expect(stderr).toContain('scripts/brokers.sh start  rabbitmq|activemq');
});

test('a broker that does not run is said not to, with the command that starts it', () => {
  const { status, stderr } = brokers(['status', 'activemq'], { BROKER_INSTANCE: 'never-started' });

  expect(status).toBe(1);
  expect(stderr).toBe('never-started does not run; start it with: scripts/brokers.sh start activemq\n');
});

describeWith(activemqPackage, 'a started ActiveMQ', () => {
  test('answers at its address until it is killed, and again when it was started anew', async () => {
    await using broker = await startBroker('activemq');
    const before = await isListening(broker.port);

    await broker.kill();
    const killed = await isListening(broker.port);
    await broker.start();

    expect(broker.url).toBe(`stomp://guest:guest@127.0.0.1:${broker.port}`);
    expect([before, killed, await isListening(broker.port)]).toEqual([true, false, true]);
  });

  test('can be stopped in the middle of a pause', async () => {
    await using broker = await startBroker('activemq');

    await broker.pause();
    await broker.stop();

    expect(await isListening(broker.port)).toBe(false);
  });

  test('is ended when it does not answer in time', async () => {
    const port = String(await freePort());
    const environment = { BROKER_INSTANCE: 'too-slow', BROKER_START_SECONDS: '0', ACTIVEMQ_STOMP_PORT: port };

    const { status, stderr } = brokers(['start', 'activemq'], environment);

    expect(status).toBe(1);
    expect(stderr).toContain(`activemq was not started: it does not answer on port ${port}`);
    expect(processesOf('brokers/too-slow')).toEqual([]);
    expect(brokers(['stop', 'activemq'], environment).stdout).toBe('too-slow does not run\n');
  });

  test('is not started on a port that another program has, and leaves nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';

    const { status, stderr } = brokers(['start', 'activemq'], {
      BROKER_INSTANCE: 'no-port',
      ACTIVEMQ_STOMP_PORT: port,
    });

    other.close();
    expect(status).toBe(1);
    expect(stderr).toContain(`port ${port} is in use by another program`);
    expect(brokers(['status', 'activemq'], { BROKER_INSTANCE: 'no-port' }).status).toBe(1);
  });
});

describeWith(rabbitmqPackage, 'a started RabbitMQ', () => {
  test('tells rabbitmqctl what it holds', async () => {
    await using broker = await startBroker('rabbitmq');

    await broker.ctl('add_vhost', 'other');

    expect(await broker.ctl('--silent', 'list_vhosts')).toContain('other');
  });
});

/** The command lines of processes that name this folder. */
function processesOf(folder: string): string[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map((id) => commandLineOf(id)).filter((line) => line.includes(folder));
}

function commandLineOf(processId: string): string {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

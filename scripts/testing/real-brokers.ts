import { type ExecFileException, execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './require-server';

const SCRIPT = join(__dirname, '../brokers.sh');
const DATA = join(__dirname, '../../node_modules/.cache/brokers');

/** The brokers that `scripts/brokers.sh` knows. */
export type BrokerName = 'rabbitmq' | 'activemq';

/** The RabbitMQ at `RABBITMQ_URL`, or the one that `scripts/brokers.sh` has started: its `stomp://…` address. Tests share it: destinations of their own. */
export const rabbitmq: Server = {
  name: 'RabbitMQ',
  find: () => process.env['RABBITMQ_URL'] ?? addressOf('rabbitmq'),
  install: 'scripts/brokers.sh start rabbitmq',
};

/** The ActiveMQ at `ACTIVEMQ_URL`, or the one that `scripts/brokers.sh` has started. */
export const activemq: Server = {
  name: 'ActiveMQ',
  find: () => process.env['ACTIVEMQ_URL'] ?? addressOf('activemq'),
  install: 'scripts/brokers.sh start activemq',
};

/** What `startBroker('rabbitmq')` needs. */
export const rabbitmqPackage: Server = {
  name: "RabbitMQ's package",
  find: () => ['/usr/lib/rabbitmq/bin/rabbitmq-server'].find(existsSync),
  install: 'apt-get install -y rabbitmq-server',
};

/** What `startBroker('activemq')` needs. */
export const activemqPackage: Server = {
  name: "ActiveMQ's package",
  find: () => ['/usr/share/activemq/bin/activemq.jar'].find(existsSync),
  install: 'apt-get install -y activemq',
};

/** A broker that one test has to itself. Disposing ends it, whatever state it is in, and deletes its data. */
export interface RealBroker extends AsyncDisposable {
  readonly name: BrokerName;
  /** `stomp://guest:guest@127.0.0.1:21613`; the same after a new start. */
  readonly url: string;
  readonly port: number;
  /** Of STOMP over WebSocket, at `/ws`; RabbitMQ's alone. */
  readonly webStompPort: number;
  /** Ends it in the middle of what it does (SIGKILL). Resolves when it is gone. */
  kill(): Promise<void>;
  /** It says nothing more and its connections stay (SIGSTOP), until `resume`. Resolves when it has fallen silent. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Starts it again, with the same ports and data; resolves when it answers. */
  start(): Promise<void>;
  /** `rabbitmqctl` for it: its output. */
  ctl(...args: readonly string[]): Promise<string>;
}

/**
 * Starts a broker on free ports of 127.0.0.1, with its data in a temporary folder. RabbitMQ takes some 5 seconds, ActiveMQ one or two.
 *
 * @example await using broker = await startBroker('rabbitmq');
 */
export async function startBroker(name: BrokerName): Promise<RealBroker> {
  const [port, webStompPort, epmdPort] = [await freePort(), await freePort(), await freePort()];
  const folder = await mkdtemp(join(tmpdir(), `treadle-${name}-`));
  const environment = {
    ...process.env,
    BROKER_DATA: folder,
    BROKER_INSTANCE: `test-${port}`,
    [`${name.toUpperCase()}_STOMP_PORT`]: String(port),
    RABBITMQ_WEB_STOMP_PORT: String(webStompPort),
    // Of its own: one that ends must not take the port mapper from one that starts.
    RABBITMQ_EPMD_PORT: String(epmdPort),
  };
  const run = (command: string, ...args: readonly string[]): Promise<string> =>
    runScript([command, name, ...args], environment);
  const signal = (which: NodeJS.Signals): number => {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    process.kill(pid, which);
    return pid;
  };
  const start = async (): Promise<void> => void (await run('start'));
  const stop = async (): Promise<void> => void (await run('stop'));
  const end = async (): Promise<void> => {
    await runScript(['stop', name], { ...environment, BROKER_STOP_SECONDS: '0' }); // nobody needs its data any more
    await rm(folder, { recursive: true, force: true });
  };
  await start().catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return {
    name,
    url: `stomp://guest:guest@127.0.0.1:${port}`,
    port,
    webStompPort,
    start,
    stop,
    kill: async () => {
      signal('SIGKILL');
      await stop();
    },
    pause: () => allThreadsStopped(signal('SIGSTOP')),
    resume: () => void signal('SIGCONT'),
    ctl: (...args) => run('ctl', ...args),
    [Symbol.asyncDispose]: end,
  };
}

/** The address of the instance that `scripts/brokers.sh` starts by default, when its process is there. */
function addressOf(name: BrokerName): string | undefined {
  try {
    process.kill(Number(readFileSync(join(DATA, name, 'pid'), 'utf8')), 0);
    return readFileSync(join(DATA, name, 'url'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** A signal is on its way when kill(2) returns; threads that run go on until each has taken it. */
async function allThreadsStopped(pid: number): Promise<void> {
  while (!(await isStopped(pid))) await sleep(1);
}

async function isStopped(pid: number): Promise<boolean> {
  const states = (await readdir(`/proc/${pid}/task`)).map(async (thread) => {
    const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => ''); // it may have ended
    // proc_pid_stat(5): the state stands behind the name, which is in parentheses and may have some in it.
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  });
  return (await Promise.all(states)).every((state) => state === 'T');
}

function runScript(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const done = (error: ExecFileException | null, stdout: string, stderr: string): void => {
      if (error) reject(new Error(`brokers.sh ${args.join(' ')}: ${stdout}${stderr}`, { cause: error }));
      else resolve(stdout);
    };
    execFile('bash', [SCRIPT, ...args], { env: environment }, done);
  });
}

/**
 * A port of 127.0.0.1 that nobody listens on.
 *
 * Not one that the system gives away (port 0): those may become the sender's port of any connection while the broker is down, even of one to that very
 * port, which then is connected to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await isFree(port)) return port;
    await sleep(1);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

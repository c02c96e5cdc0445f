import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerAddress } from '../load/stomp-connection.js';

const SCRIPT = join(__dirname, '../../../scripts/brokers.sh');
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';
// Linux counts CPU time in hundredths of a second (proc(5), `sysconf(_SC_CLK_TCK)`).
const MICROSECONDS_PER_TICK = 10_000;
const ESTABLISHED = '01';

/** A RabbitMQ of the benchmark's own, started by `scripts/brokers.sh` on free ports, with its data in a temporary folder. */
export class RabbitMqProcess {
  /** `stomp://guest:guest@127.0.0.1:…`, for the relay. */
  readonly url: string;
  /** Where it serves STOMP over WebSocket itself. */
  readonly webStomp: ServerAddress;
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #port: number;

  private constructor(
    folder: string,
    ports: { readonly stomp: number; readonly webStomp: number; readonly epmd: number },
  ) {
    this.#folder = folder;
    this.#port = ports.stomp;
    this.url = `stomp://guest:guest@127.0.0.1:${ports.stomp}`;
    this.webStomp = { host: '127.0.0.1', port: ports.webStomp, path: '/ws' };
    this.#environment = {
      ...process.env,
      BROKER_DATA: folder,
      BROKER_INSTANCE: `bench-${ports.stomp}`,
      RABBITMQ_STOMP_PORT: String(ports.stomp),
      RABBITMQ_WEB_STOMP_PORT: String(ports.webStomp),
      RABBITMQ_EPMD_PORT: String(ports.epmd),
    };
  }

  /** Why there can be none here; `undefined` when there can. */
  static missing(): string | undefined {
    if (process.platform !== 'linux') return 'it reads the numbers of the broker from /proc, which only Linux has';
    return existsSync(PROGRAM) ? undefined : 'RabbitMQ is missing; install it with: apt-get install -y rabbitmq-server';
  }

  /** Resolves when it answers. */
  static async start(): Promise<RabbitMqProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'treadle-bench-'));
    const ports = { stomp: await freePort(), webStomp: await freePort(), epmd: await freePort() };
    const broker = new RabbitMqProcess(folder, ports);
    try {
      await broker.#run('start');
      return broker;
    } catch (error) {
      await broker.stop();
      throw error;
    }
  }

  /** CPU time its process has used so far, user and system, in microseconds; its parts are hundredths of a second. */
  cpuMicroseconds(): number {
    // The second field is the program's name in brackets, which may hold spaces: the others are counted behind it.
    const fields = this.#read('stat').split(') ').at(-1)?.split(' ') ?? [];
    const [userTicks = '', systemTicks = ''] = fields.slice(11, 13);
    return (Number(userTicks) + Number(systemTicks)) * MICROSECONDS_PER_TICK;
  }

  /** Memory of its process that is resident, in KiB. */
  residentKibibytes(): number {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(this.#read('status'))?.[1]);
  }

  /** Connections of STOMP clients, over TCP and WebSocket together. */
  connections(): number {
    const ports = new Set([this.#port, this.webStomp.port].map(hexadecimal));
    const rows = [...readFileSync('/proc/net/tcp', 'utf8').matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ (\d\d) /gm)];
    return rows.filter(([, localPort = '', state]) => state === ESTABLISHED && ports.has(localPort)).length;
  }

  /** Ends it and deletes its data. */
  async stop(): Promise<void> {
    await this.#run('stop');
    await rm(this.#folder, { recursive: true, force: true });
  }

  #read(file: 'stat' | 'status'): string {
    const pid = readFileSync(join(this.#folder, 'pid'), 'utf8').trim();
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  }

  async #run(command: 'start' | 'stop'): Promise<void> {
    await promisify(execFile)('bash', [SCRIPT, command, 'rabbitmq'], { env: this.#environment });
  }
}

function hexadecimal(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** One that nobody has at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // it listens on TCP
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

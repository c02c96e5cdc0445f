import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** The folder of PostgreSQL's programs: `POSTGRES_BIN`, or where Debian's package puts them; `undefined` when it is not there. */
export function findPostgres(): string | undefined {
  return process.env['POSTGRES_BIN'] ?? debianFolder();
}

/** A PostgreSQL server on a free port of the loopback interface, for as long as somebody wants it. */
export class PostgresServer implements AsyncDisposable {
  /** What `DATABASE_URL` would be. */
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.url = `postgres://chat@127.0.0.1:${port}/postgres`;
  }

  /** @param bin folder of `initdb` and `postgres` @param folder empty, for its data */
  static async start(bin: string, folder: string): Promise<PostgresServer> {
    const user = await systemUser();
    const data = join(folder, 'data');
    await mkdir(data);
    if (user) {
      await chmod(folder, 0o755);
      await chown(data, user.uid, user.gid);
    }
    await run(join(bin, 'initdb'), ['-D', data, '-U', 'chat', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
      cwd: data,
      ...user,
    });
    const port = await freePort();
    const settings = ['-h', '127.0.0.1', '-p', String(port), '-k', data, '-F'];
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings], {
      cwd: data,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true, // a Ctrl+C in the terminal is not for it: those who use it end first
      ...user,
    });
    await readyToAccept(child);
    return new PostgresServer(child, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM'); // waits until the clients have gone
    await ended;
  }
}

function debianFolder(): string | undefined {
  try {
    const newest = readdirSync(DEBIAN_FOLDER)
      .toSorted((one, other) => Number(other) - Number(one))
      .at(0);
    return newest && join(DEBIAN_FOLDER, newest, 'bin');
  } catch {
    return undefined;
  }
}

/** PostgreSQL refuses to run as root; as in a container's CI it then runs as the user `nobody`. */
async function systemUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (option) => Number((await run('id', [option, 'nobody'])).stdout)),
  );
  return uid !== undefined && gid !== undefined ? { uid, gid } : undefined;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo; // a TCP server's address is never a string or null
  probe.close();
  await once(probe, 'close');
  return port;
}

async function readyToAccept(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (!child.stderr) throw new Error('postgres was started without its error output');
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (line.includes('ready to accept connections')) {
      child.stderr.resume(); // what else it says is of no interest, but must be read
      return;
    }
  }
  throw new Error(`postgres did not start:\n${said.join('\n')}`);
}

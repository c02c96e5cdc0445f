import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where scripts/install-stock-clients.mjs puts what it gets. */
const STOCK_CLIENTS = join(__dirname, '../../node_modules/.cache/stock-clients');

/** A program that some tests need and npm cannot install: a browser, a broker, a database. */
export interface Server {
  readonly name: string;
  /** Tells where it is, a path or an address; undefined when it is not there. */
  readonly find: () => string | undefined;
  /** The command that gets it. */
  readonly install: string;
}

/** Chromium at `CHROMIUM_PATH`, or where the systems' packages put it. */
export const chromium: Server = {
  name: 'Chromium',
  find: () => [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(isFile),
  install: 'apt-get install -y chromium',
};

/** The Python of a virtual environment that has stomp.py. */
export const stompPy: Server = {
  name: 'stomp.py',
  find: () => [join(STOCK_CLIENTS, 'python/bin/python'), join(STOCK_CLIENTS, 'python/Scripts/python.exe')].find(isFile),
  install: 'node scripts/install-stock-clients.mjs stomp.py',
};

/** The program of packages/treadle/test/clients/go, built. */
export const goStomp: Server = {
  name: 'go-stomp',
  find: () => [join(STOCK_CLIENTS, 'go-stomp'), join(STOCK_CLIENTS, 'go-stomp.exe')].find(isFile),
  install: 'node scripts/install-stock-clients.mjs go-stomp',
};

/**
 * `describe` for tests that need a server. Where it is missing they are skipped, saying why and what installs it;
 * with `TREADLE_REQUIRE_SERVERS=1`, as in CI, they fail instead.
 *
 * @example describeWith(chromium, 'two windows', (executablePath) => { test(…) });
 */
export function describeWith(server: Server, title: string, tests: (location: string) => void): void {
  const location = server.find();
  if (location !== undefined) {
    describe(title, () => tests(location));
    return;
  }
  const reason = `${server.name} is missing; install it with: ${server.install}`;
  if (process.env['TREADLE_REQUIRE_SERVERS'] !== '1') {
    // Not through console: jest says nothing of a file in which every test is skipped.
    process.stderr.write(`Skipped: ${title}. ${reason}\n`);
    describe.skip(title, () => tests(''));
    return;
  }
  test(title, () => {
    throw new Error(`${reason} (required by TREADLE_REQUIRE_SERVERS=1)`);
  });
}

function isFile(path: string | undefined): path is string {
  return path !== undefined && path !== '' && existsSync(path);
}

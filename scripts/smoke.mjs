// node scripts/smoke.mjs: starts the examples as a person would, asks each for its main thing, stops it. Needs a finished build.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningProgram } from './smoke/running-program.mjs';
import { ask, connect } from './smoke/stomp-client.mjs';
import { runSteps } from './steps/run-steps.mjs';

const chat = {
  title: 'Chat by `npm start`: its page, an account, a STOMP session',
  run: () => whileRunning('npm', ['start'], askChat),
};

const portfolio = {
  title: 'Portfolio by `npm start -- portfolio`: its page, signing in, a price that moves',
  run: () => whileRunning('npm', ['start', '--', 'portfolio'], askPortfolio),
};

const lab = {
  title: 'Lab by `node examples/lab/dist/main.js`: an echo through a controller',
  run: () => whileRunning(process.execPath, ['examples/lab/dist/main.js'], askLab),
};

async function askChat(host) {
  const page = await fetch(`http://${host}`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type') ?? '', /text\/html/);

  const account = await fetch(`http://${host}/api/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'smoke' }),
  });
  assert.equal(account.status, 201);
  const { token } = /** @type {{ token: string }} */ (await account.json());

  const client = await connect(host, { login: 'smoke', passcode: token });
  await client.deactivate();
}

async function askPortfolio(host) {
  const page = await fetch(`http://${host}`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type') ?? '', /text\/html/);

  const signIn = await fetch(`http://${host}/api/sign-ins`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'harbour' }),
  });
  assert.equal(signIn.status, 201);
  const { token } = /** @type {{ token: string }} */ (await signIn.json());

  const client = await connect(host, { login: 'harbour', passcode: token }, '/portfolio');
  const change = await new Promise((resolve) => {
    client.subscribe('/topic/price.stock.*', ({ body }) => resolve(JSON.parse(body)));
  });
  assert.equal(typeof change.price, 'number');
  await client.deactivate();
}

async function askLab(host) {
  const client = await connect(host);
  assert.equal(await ask(client, '/app/echo.1', '"hello"', '/topic/echo.1'), '"hello"');
  await client.deactivate();
}

/** Runs `use` while a server runs on a free port with an empty data folder. */
async function whileRunning(program, args, use) {
  const data = await mkdtemp(join(tmpdir(), 'treadle-smoke-'));
  const server = new RunningProgram(program, args, { PORT: '0', CHAT_DATA: data });
  try {
    await use(await server.host());
  } finally {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  }
}

await runSteps([chat, portfolio, lab], { keepGoing: true });

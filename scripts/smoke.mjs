// node scripts/smoke.mjs: starts the examples as a person would, asks each for its main thing, stops it. Needs a finished build.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
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

const cluster = {
  title: 'Chat by `npm run chat:cluster`: what is said on one server is heard on the other',
  run: () => {
    if (hasServersOfCluster()) return whileRunning('npm', ['run', 'chat:cluster'], askCluster, 2);
    console.log(
      'Skipped: RabbitMQ or PostgreSQL is missing; install them with: apt-get install -y rabbitmq-server postgresql',
    );
    return Promise.resolve();
  },
};

async function askChat(host) {
  const page = await fetch(`http://${host}`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type') ?? '', /text\/html/);

  const client = await joinChat(host, 'smoke');
  await client.deactivate();
}

async function askCluster(host, otherHost) {
  const [speaker, listener] = [await joinChat(host, 'speaker'), await joinChat(otherHost, 'listener')];
  const heard = new Promise((resolve) => {
    listener.subscribe('/topic/chat-rooms/lobby', ({ body }) => resolve(JSON.parse(body).text), { receipt: 'live' });
  });
  await new Promise((resolve) => listener.watchForReceipt('live', resolve));
  const body = JSON.stringify({ id: 'smoke-message', text: 'Do you hear me over there?' });
  const headers = { 'content-type': 'application/json' };
  speaker.publish({ destination: '/app/chat-rooms/lobby/messages', headers, body });
  assert.equal(await heard, 'Do you hear me over there?');
  await Promise.all([speaker.deactivate(), listener.deactivate()]);
}

/** Makes an account and opens a session. */
async function joinChat(host, name) {
  const account = await fetch(`http://${host}/api/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  assert.equal(account.status, 201);
  const { token } = /** @type {{ token: string }} */ (await account.json());
  return connect(host, { login: name, passcode: token });
}

/** In CI a server that is missing is a failure, as everywhere. */
function hasServersOfCluster() {
  if (process.env.TREADLE_REQUIRE_SERVERS === '1') return true;
  return existsSync('/usr/lib/rabbitmq/bin/rabbitmq-server') && existsSync('/usr/lib/postgresql');
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

/** Runs `use` with the addresses of a program that runs on free ports with an empty data folder. */
async function whileRunning(program, args, use, addresses = 1) {
  const data = await mkdtemp(join(tmpdir(), 'treadle-smoke-'));
  const server = new RunningProgram(program, args, { PORT: '0', CHAT_DATA: data });
  try {
    await use(...(await server.hosts(addresses)));
  } finally {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  }
}

await runSteps([chat, portfolio, lab, cluster], { keepGoing: true });

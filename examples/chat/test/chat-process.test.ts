import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { ChatProcess } from './kit/chat-process.js';
import { temporaryFolder } from './kit/temporary-folder.js';

jest.setTimeout(60_000);

let place: Awaited<ReturnType<typeof temporaryFolder>>;

beforeEach(async () => {
  place = await temporaryFolder();
});
afterEach(() => place.remove());

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s says goodbye to the clients with 1001 and ends with 0',
  async (signal) => {
    await using server = await ChatProcess.start(place.folder);
    const { token } = await createUser(server.address, 'Ada');
    const client = new WebSocket(`${server.address.replace('http', 'ws')}/ws`, ['v12.stomp']);
    await once(client, 'open');
    client.send(`CONNECT\naccept-version:1.2\nhost:test\nlogin:Ada\npasscode:${token}\n\n\0`);
    await once(client, 'message');
    const closed = once(client, 'close');

    const { code, output } = await server.stop(signal);

    expect((await closed)[0]).toBe(1001);
    expect(code).toBe(0);
    expect(output).toContain('Stopped.');
  },
);

test('signals that repeat while it stops do not change how it ends', async () => {
  await using server = await ChatProcess.start(place.folder);

  const { code, output } = await server.stopImpatiently('SIGTERM');

  expect(code).toBe(0);
  expect(output).toContain('Stopped.');
});

test('a second Ctrl+C ends at once, though a client holds up the goodbye', async () => {
  await using server = await ChatProcess.start(place.folder);
  const client = new WebSocket(`${server.address.replace('http', 'ws')}/ws`, ['v12.stomp']);
  await once(client, 'open');
  client.pause();

  const { code, output } = await server.stopImpatiently('SIGINT');

  expect(code).toBe(130);
  expect(output).not.toContain('Stopped.');
  client.terminate();
});

test.each(['abc', '', '65536', '80.5'])('PORT=%s is refused with a sentence', async (port) => {
  const { code, output } = await ChatProcess.runToEnd(place.folder, 0, { PORT: port });

  expect(code).toBe(1);
  expect(output).toBe(`PORT must be a number from 0 to 65535, not "${port}"`);
});

test('a broker that the chat does not know is refused with a sentence', async () => {
  const { code, output } = await ChatProcess.runToEnd(place.folder, 0, { BROKER: 'kafka' });

  expect(code).toBe(1);
  expect(output).toBe('BROKER must be simple, rabbitmq, or activemq (or not set), not "kafka"');
});

test('an address of a broker that is none is refused with what to write, without its passcode', async () => {
  const RELAY = 'http://guest:secret@127.0.0.1:61613';

  const { code, output } = await ChatProcess.runToEnd(place.folder, 0, { BROKER: 'rabbitmq', RELAY });

  expect(code).toBe(1);
  expect(output).toContain('write stomp://login:passcode@host:port/virtual-host');
  expect(output).not.toContain('secret');
});

test('a broker that is not there yet keeps no chat from starting, nor from ending', async () => {
  const environment = { BROKER: 'rabbitmq', RELAY: 'stomp://127.0.0.1:1' };
  await using server = await ChatProcess.start(place.folder, 0, environment);
  expect((await fetch(server.address)).status).toBe(200);

  const { code } = await server.stop();

  expect(code).toBe(0);
});

test('a taken port is named, with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo; // a TCP server's address is never a string or null

  const { code, output } = await ChatProcess.runToEnd(place.folder, port);

  expect(code).toBe(1);
  expect(output).toBe(
    `Port ${port} of 127.0.0.1 is taken by another program. Choose another one: PORT=${port + 1} npm start`,
  );
  other.close();
});

test('a data folder in use is named, with what to do', async () => {
  const first = await ChatProcess.start(place.folder);

  const { code, output } = await ChatProcess.runToEnd(place.folder, 0);

  expect(code).toBe(1);
  expect(output).toMatch(/is in use by process \d+\. Stop that chat, or choose another folder with CHAT_DATA/);
  await first.stop();
});

test('a PostgreSQL that does not answer is named, without its password', async () => {
  const url = 'postgres://chat:secret@127.0.0.1:1/chat';

  const { code, output } = await ChatProcess.runToEnd(place.folder, 0, { DATABASE_URL: url });

  expect(code).toBe(1);
  expect(output).toContain('The PostgreSQL of DATABASE_URL cannot be used: connect ECONNREFUSED');
  expect(output).not.toContain('secret');
});

async function createUser(address: string, name: string): Promise<{ token: string }> {
  const response = await fetch(`${address}/api/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  return (await response.json()) as { token: string }; // what creating an account answers
}

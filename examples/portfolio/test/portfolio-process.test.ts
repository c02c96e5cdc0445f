import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { WebSocket } from 'ws';
import { PortfolioProcess } from './kit/portfolio-process.js';

jest.setTimeout(60_000);

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s says goodbye to the clients with 1001 and ends with 0',
  async (signal) => {
    await using server = await PortfolioProcess.start();
    const client = await connectAs(server.address, 'harbour');
    const closed = once(client, 'close');

    const { code, output } = await server.stop(signal);

    expect((await closed)[0]).toBe(1001);
    expect(code).toBe(0);
    expect(output.split('\n')).toEqual([expect.stringContaining('The portfolio is at'), 'Stopping …', 'Stopped.']);
  },
);

test('prices move by themselves, as often as QUOTE_INTERVAL_MS says', async () => {
  await using server = await PortfolioProcess.start({ QUOTE_INTERVAL_MS: '20' });
  const client = await connectAs(server.address, 'harbour');

  client.send('SUBSCRIBE\nid:0\ndestination:/topic/price.stock.*\n\n\0');

  const [frame] = await once(client, 'message');
  expect(String(frame)).toMatch(/^MESSAGE\n[^]*destination:\/topic\/price\.stock\.[A-Z]{4}\n[^]*"price":\d+/);
});

test.each(['abc', '', '65536', '80.5'])('PORT=%s is refused with a sentence', async (port) => {
  const { code, output } = await PortfolioProcess.runToEnd({ PORT: port });

  expect(code).toBe(1);
  expect(output).toBe(`PORT must be a number from 0 to 65535, not "${port}"`);
});

test('QUOTE_INTERVAL_MS that is no number is refused', async () => {
  const { code, output } = await PortfolioProcess.runToEnd({ QUOTE_INTERVAL_MS: 'often' });

  expect(code).toBe(1);
  expect(output).toContain('QuoteService.sendQuotes');
  expect(output).toContain('often');
});

test('a taken port is named, with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo; // a TCP server's address is never a string or null

  const { code, output } = await PortfolioProcess.runToEnd({ PORT: String(port) });

  expect(code).toBe(1);
  expect(output).toBe(`Port ${port} of 127.0.0.1 is taken by another program. Choose another one: PORT=${port + 1}`);
  other.close();
});

async function connectAs(address: string, name: string): Promise<WebSocket> {
  const response = await fetch(`${address}/api/sign-ins`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  const { token } = (await response.json()) as { token: string }; // what signing in answers
  const client = new WebSocket(`${address.replace('http', 'ws')}/portfolio`, ['v12.stomp']);
  await once(client, 'open');
  client.send(`CONNECT\naccept-version:1.2\nhost:test\nlogin:${name}\npasscode:${token}\n\n\0`);
  await once(client, 'message');
  return client;
}

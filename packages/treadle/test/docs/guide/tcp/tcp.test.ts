import { join } from 'node:path';
import * as certificates from '../../../transport/certificates.js';
import { TcpClient } from '../../../transport/tcp-client.js';
import { application, listen } from './tcp.js';
import { application as secured, listenSecurely } from './tls.js';

afterAll(() => Promise.all([application.stop(), secured.stop()]));

test('a service connects over TCP with login and passcode', async () => {
  const url = new URL(await listen(0, 0));
  await using client = await TcpClient.connect(Number(url.port), 'login:warehouse\npasscode:sesame\n');

  expect(url.protocol).toBe('stomp:');
  expect(client.frames[0]?.headers['user-name']).toBe('warehouse');
});

test('a service connects over TLS with its certificate', async () => {
  const url = new URL(await listenSecurely(join(__dirname, '../../../transport/certificates'), 0));
  const tls = { ca: certificates.authority, ...certificates.client };
  await using client = await TcpClient.connect(Number(url.port), '', tls);

  expect(url.protocol).toBe('stomps:');
  expect(client.frames[0]?.headers['user-name']).toBe('warehouse');
});

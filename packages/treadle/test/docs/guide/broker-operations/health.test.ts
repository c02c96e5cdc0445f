import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { application, BrokerWatch, personal, server } from './health.js';

test('a health endpoint answers 503 before the start and after the stop, 200 between, and the event says why', async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a TCP server
  const statuses: number[] = [];
  const ask = async (): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    statuses.push(response.status);
    return response.json();
  };

  await ask();
  await application.start();
  const healthy = await ask();
  const watch = application.container.resolve(BrokerWatch);
  await application.stop();
  await ask();
  server.close();
  server.closeAllConnections();

  expect(statuses).toEqual([503, 200, 503]);
  expect(healthy).toMatchObject({ status: 'up', broker: { kind: 'SimpleBroker', status: 'up' } });
  expect(watch.log).toEqual(['the broker is there', 'the broker is away: it was stopped']);
  expect(personal.describe().broker.kind).toBe('BrokerRelay');
});

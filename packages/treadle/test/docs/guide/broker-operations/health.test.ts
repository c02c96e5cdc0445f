import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from '@treadle/testing';
import { headerValue } from '@treadle/stomp';
import { brokerRelay, createApplication, silentLogger } from 'treadle';
import { ScriptedBroker } from '../../../broker/relay/kit/scripted-broker.js';
import { application, BrokerWatch, keepPasscode, personal, server, theirs } from './health.js';

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
});

test('a client is at the broker who it said it is, with its own passcode', async () => {
  await using broker = await ScriptedBroker.listen();
  const relay = brokerRelay({ ...personal, ...broker.address });
  await using served = createApplication({ authenticate: keepPasscode, broker: relay, logger: silentLogger });
  await served.start();

  await connect(served, { login: 'alice', passcode: 's3cret' });

  const logins = broker.conversations.map(({ frames }) => {
    const headers = frames[0]?.headers ?? [];
    return [headerValue(headers, 'login'), headerValue(headers, 'passcode')];
  });
  expect(logins).toContainEqual(['alice', 's3cret']);
  expect(theirs.describe().broker.kind).toBe('BrokerRelay');
});

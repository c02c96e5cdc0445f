import { connect } from '@treadle/testing';
import { applicationOptionsOf } from 'treadle';
import { RawWebSocket } from '../../../transport/raw-web-socket';
import { WebSocketClient } from '../../../transport/web-socket-client';
import { comparable } from './as-options';
import { application as guarded } from './handshake';
import { application as withHttpSession } from './http-session';
import { application, WebSocketConfig } from './web-socket-config';

afterAll(() => Promise.all([application.stop(), guarded.stop(), withHttpSession.stop()]));

test('the configurer says what stands in the options beside it', () => {
  const { broker, interceptors, ...options } = applicationOptionsOf({ configurers: [WebSocketConfig] });

  expect(options).toEqual(comparable);
  expect([typeof broker, interceptors?.clientInbound?.length]).toEqual(['function', 1]);
});

test('the application of the configurer answers', async () => {
  await using alice = await connect(application);

  const quote = await alice.subscribe('/app/quotes/oolong');

  expect(await quote.next()).toBe('oolong: 12.50');
});

test('the interceptor asks for a tenant', async () => {
  const { port, url } = await guarded.listen(0, '127.0.0.1');

  await using refused = await RawWebSocket.upgrade(port);
  await using client = await WebSocketClient.connect(url, '', { headers: { 'x-tenant': 'tea' } });

  expect(refused.response[0]).toBe('HTTP/1.1 400 Bad Request');
  expect(client.frames[0]?.command).toBe('CONNECTED');
});

test('the user of the HTTP session is the user of the session', async () => {
  const { url } = await withHttpSession.listen(0, '127.0.0.1');

  await using client = await WebSocketClient.connect(url);

  expect(client.frames[0]?.headers['user-name']).toBe('alice');
});

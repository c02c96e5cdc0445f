import { Client } from '@stomp/stompjs';
import { connect } from '@treadle/testing';
import { WebSocket } from 'ws';
import { Requests } from './client';
import { application } from './request-reply';

beforeAll(() => {
  // The example logs to the console, as applications do.
  for (const level of ['warn', 'error', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterAll(() => application.stop());

test('a stock client asks, several times at once, and learns of failures', async () => {
  const { url } = await application.listen(0, '127.0.0.1');
  const client = new Client({ webSocketFactory: () => new WebSocket(url, ['v12.stomp']), reconnectDelay: 0 });
  await new Promise<void>((resolve) => {
    client.onConnect = () => resolve();
    client.activate();
  });
  const requests = new Requests(client);

  const answers = await Promise.all([requests.send('/app/search', 'te'), requests.send('/app/search', 'mi')]);
  const failure = requests.send('/app/serch', 'te');

  expect(answers).toEqual([['tea', 'teapot'], ['milk']]);
  await expect(failure).rejects.toThrow('DESTINATION_UNKNOWN');
  await client.deactivate();
});

test('a result for the asking session alone goes where it asked, or to its own place', async () => {
  const client = await connect(application);
  const suggestions = await client.subscribe('/user/queue/suggestions');

  await client.send('/app/suggest', 'mi');

  expect(await suggestions.next()).toEqual(['milk']);
  expect(await client.sendAndReceive('/app/suggest', 'tea')).toEqual(['tea', 'teapot']);
  await suggestions.expectNothing();
  await client.disconnect();
});

test('sendAndReceive asks in one line', async () => {
  const client = await connect(application);

  const words = await client.sendAndReceive<string[]>('/app/search', 'tea');

  expect(words).toEqual(['tea', 'teapot']);
  await client.disconnect();
});

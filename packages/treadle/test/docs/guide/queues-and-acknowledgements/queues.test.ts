import { Client } from '@stomp/stompjs';
import { WebSocket } from 'ws';
import { watchDeadLetters } from './dead-letters';
import { Uploads } from './producer';
import { application } from './queues';
import { work } from './worker';

beforeAll(() => {
  // The example logs to the console, as applications do.
  for (const level of ['warn', 'error', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterAll(() => application.stop());

async function connectStomp(): Promise<Client> {
  const client = new Client({ webSocketFactory: () => new WebSocket(url, ['v12.stomp']), reconnectDelay: 0 });
  await new Promise<void>((resolve) => {
    client.onConnect = () => resolve();
    client.activate();
  });
  return client;
}

let url = '';
beforeAll(async () => void ({ url } = await application.listen(0, '127.0.0.1')));

test('workers share the jobs; one that nobody can do becomes a dead letter', async () => {
  const clients = [await connectStomp(), await connectStomp(), await connectStomp()];
  const [one, other, keeper] = clients;
  if (!one || !other || !keeper) throw new Error('there are three');
  const done: string[] = [];
  const letter = new Promise<string>((resolve) => watchDeadLetters(keeper, resolve));
  const resizeAs = (worker: string) => async (job: unknown) => {
    const { image } = job as { image: string }; // what the producer writes
    if (image === 'broken.png') throw new Error('cannot read it');
    done.push(`${worker} ${image}`);
    await Promise.resolve();
  };
  work(one, resizeAs('one'));
  work(other, resizeAs('other'));
  const uploads = application.container.resolve(Uploads);

  for (const image of ['a.png', 'broken.png', 'b.png', 'c.png']) await uploads.stored(image);

  expect(await letter).toBe('/queue/thumbnails failed 3 times: {"image":"broken.png","width":200}');
  expect(new Set(done.map((line) => line.split(' ')[1]))).toEqual(new Set(['a.png', 'b.png', 'c.png']));
  expect(done).toHaveLength(3);
  for (const client of clients) await client.deactivate();
});

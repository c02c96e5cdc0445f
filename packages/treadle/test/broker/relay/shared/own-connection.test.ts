import { OwnConnection } from '../../../../src/broker/relay/shared/own-connection.js';
import { failure } from '../link/links-under-test.js';
import { RecordedClient } from './shared-under-test.js';

/** A client that is connected when told. */
class SlowClient extends RecordedClient {
  connected: () => void = () => undefined;

  override async connect(): Promise<void> {
    await super.connect();
    await new Promise<void>((resolve) => (this.connected = resolve));
  }
}

test('a connection of its own that comes up when its session has ended is no use to who asked for it, and none is opened any more', async () => {
  const clients: SlowClient[] = [];
  const own = new OwnConnection(() => {
    const client = new SlowClient();
    clients.push(client);
    return client;
  });
  const opening = failure(own.open());
  await Promise.resolve();

  await own.disconnect();
  clients[0]?.connected();

  expect(await opening).toBe('SESSION_ENDED');
  expect(await failure(own.open())).toBe('SESSION_ENDED');
  expect(clients.map(({ calls }) => calls)).toEqual([['connect', 'disconnect']]);
});

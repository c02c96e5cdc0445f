import { once } from 'node:events';
import { channel } from 'node:diagnostics_channel';
import { connect as connectTcp, type Server, type Socket } from 'node:net';
import { type Application, createApplication } from '../../src/application.js';
import { RecordingLogger } from '../broker/broker-under-test.js';
import { TcpClient } from './tcp-client.js';

describe('a server that cannot accept a client for the moment', () => {
  it.each([
    ['over HTTP', (application: Application) => application.listen(0, '127.0.0.1')],
    ['over TCP', (application: Application) => application.listenTcp(0)],
  ])('says so in the log and goes on: %s', async (_, listen) => {
    const logger = new RecordingLogger();
    const application = createApplication({ logger, startUpReport: false });
    const { port } = await listen(application);
    const server = await serverAt(port);

    server.emit('error', new Error('accept EMFILE')); // as Node does when the process has no file descriptors left

    expect(logger.lines).toMatchObject([{ level: 'error', message: 'a client could not be accepted' }]);
    await using own = await TcpClient.open(port);
    expect(own.isClosed).toBe(false);
    await application.stop();
  });
});

/** Node's server behind a port of this process. */
async function serverAt(port: number): Promise<Server> {
  const accepted = new Promise<Server>((resolve) => {
    const sockets = channel('net.server.socket');
    const onSocket = (message: unknown): void => {
      sockets.unsubscribe(onSocket);
      resolve((message as { socket: Socket & { server: Server } }).socket.server); // Node § Diagnostics Channel, and net.Server
    };
    sockets.subscribe(onSocket);
  });
  const client = connectTcp(port, '127.0.0.1');
  const server = await accepted;
  client.destroy();
  await once(client, 'close');
  return server;
}

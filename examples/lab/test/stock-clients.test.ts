import { Client, type IMessage } from '@stomp/stompjs';
import { WebSocket } from 'ws';
import { over, type Frame } from 'webstomp-client';
import { RawSocketClient } from './raw-socket-client.js';
import { type RunningLab, startLab } from './running-lab.js';

let lab: RunningLab;
beforeAll(async () => (lab = await startLab()));
afterAll(() => lab[Symbol.asyncDispose]());

describe('@stomp/stompjs', () => {
  it('connects, subscribes, waits for receipts and reads what the controller answers', async () => {
    const client = new Client({
      connectHeaders: { login: 'guest', passcode: 'guest' },
      // Node 20 has no WebSocket of its own; the library speaks to ws as it does to a browser's.
      webSocketFactory: () => new WebSocket(lab.address.url, ['v12.stomp', 'v11.stomp', 'v10.stomp']),
    });
    await new Promise<void>((resolve, reject) => {
      client.onConnect = () => resolve();
      client.onStompError = (frame) => reject(new Error(frame.headers['message']));
      client.activate();
    });

    const message = await new Promise<IMessage>((resolve) => {
      client.watchForReceipt('live', () => client.publish({ destination: '/app/echo.stompjs', body: 'bonjour' }));
      client.subscribe('/topic/echo.stompjs', resolve, { receipt: 'live' });
    });
    const version = client.connectedVersion;
    await client.deactivate();

    expect(message.body).toBe('bonjour');
    expect(version).toBe('1.2');
  });
});

describe('webstomp-client', () => {
  it('connects, subscribes and reads what the controller answers', async () => {
    const webSocket = new WebSocket(lab.address.url, ['v12.stomp']);
    const client = over(webSocket, { debug: false });
    await new Promise<void>((resolve, reject) => {
      client.connect({ login: 'alice', passcode: 'alice' }, () => resolve(), reject);
    });

    const message = await new Promise<Frame>((resolve) => {
      client.onreceipt = () => client.send('/app/echo.webstomp', 'bonsoir');
      client.subscribe('/topic/echo.webstomp', resolve, { receipt: 'live' });
    });
    await new Promise<void>((resolve) => client.disconnect(resolve));

    expect(message.body).toBe('bonsoir');
  });
});

describe('a raw socket', () => {
  it('may type its frames octet by octet, and several of them into one message', async () => {
    using client = await RawSocketClient.open(lab.address.port);

    client.type('CONNECT\r\naccept-version:1.1,1.2\r\n\r\n\0');
    const connected = await client.next();
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/echo.raw\n\n\0\n\nSEND\ndestination:/app/echo.raw\n\nhi\0');
    const message = await client.next();

    expect(connected).toMatch(/^CONNECTED\nversion:1\.2\n/);
    expect(message).toMatch(/^MESSAGE\n[^]*\n\nhi\0$/);
  });
});

import { WebSocket } from 'ws';
import { type Client, type Frame, type Message, over } from 'webstomp-client';
import { Controller, MessageMapping, Payload } from '../../src/index.js';
import { listen, type ListeningApplication, nextSessionEnd } from '../transport/listening-application.js';

@Controller()
class EchoController {
  @MessageMapping('/echo')
  echo(@Payload(String) text: string): string {
    return `echo of ${text}`;
  }
}

describe('webstomp-client', () => {
  let server: ListeningApplication;
  let client: Client;
  let webSocket: WebSocket;

  beforeAll(async () => {
    server = await listen({ controllers: [EchoController], heartBeat: { sends: 250, expects: 250 } });
  });
  beforeEach(async () => {
    webSocket = new WebSocket(server.url, ['v10.stomp', 'v11.stomp', 'v12.stomp']);
    client = over(webSocket, { debug: false, heartbeat: { incoming: 250, outgoing: 250 } });
    await new Promise<void>((resolve, reject) =>
      client.connect(
        {},
        () => resolve(),
        () => reject(new Error('refused')),
      ),
    );
  });
  afterEach(() => webSocket.terminate());
  afterAll(() => server.application.stop());

  const receipt = (): Promise<Frame> => new Promise((resolve) => (client.onreceipt = resolve));

  it('connects, subscribes, sends through a controller, gets receipts and disconnects', async () => {
    const messages: Message[] = [];
    const live = receipt();
    client.subscribe('/topic/echo', (message) => messages.push(message), { id: 'sub', receipt: 'live' });
    await live;
    const sent = receipt();
    const ended = nextSessionEnd(server.application);

    client.send('/app/echo', 'grüße', { receipt: 'r-1' });

    expect((await sent).headers).toMatchObject({ 'receipt-id': 'r-1' });
    expect(messages.map(({ body }) => body)).toEqual(['echo of grüße']);
    await new Promise<void>((resolve) => client.disconnect(resolve));
    expect((await ended).code).toBe(1000);
  });

  it('is kept alive by heart-beats both ways', async () => {
    let beats = 0;

    await new Promise<void>((resolve) => {
      webSocket.on('message', (data) => {
        if ((data as Buffer).toString() === '\n') beats += 1; // the default binaryType
        if (beats === 5) resolve(); // more than three intervals
      });
    });

    expect(webSocket.readyState).toBe(WebSocket.OPEN);
    expect(server.application.sessionCount).toBe(1);
  });

  it('ends a subscription and hears no more of it', async () => {
    const heard: string[] = [];
    const live = receipt();
    const subscription = client.subscribe('/topic/x', ({ body }) => heard.push(body), { id: 'sub', receipt: 'live' });
    await live;
    const first = receipt();

    client.send('/topic/x', 'one', { receipt: 'first' });
    await first;
    subscription.unsubscribe();
    const second = receipt();
    client.send('/topic/x', 'two', { receipt: 'second' });
    await second;

    expect(heard).toEqual(['one']);
  });
});

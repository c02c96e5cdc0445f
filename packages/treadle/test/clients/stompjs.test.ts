import { Client, type IFrame, type IMessage, type StompConfig } from '@stomp/stompjs';
import { WebSocket } from 'ws';
import { Controller, MessageMapping, Payload } from '../../src/index.js';
import { AuthenticationError } from '../../src/foundation/errors.js';
import { listen, type ListeningApplication, nextSessionEnd } from '../transport/listening-application.js';

@Controller()
class EchoController {
  @MessageMapping('/echo')
  echo(@Payload(String) text: string): string {
    return `echo of ${text}`;
  }

  @MessageMapping('/fail')
  fail(): void {
    throw new Error('internal text');
  }
}

describe('@stomp/stompjs 7', () => {
  let server: ListeningApplication;
  const clients: Client[] = [];

  beforeAll(async () => {
    server = await listen({
      controllers: [EchoController],
      heartBeat: { sends: 250, expects: 250 },
      authenticate: ({ login, passcode }) => {
        if (login !== passcode) throw new AuthenticationError();
        return login === undefined ? undefined : { name: login };
      },
    });
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.deactivate()));
  });
  afterAll(() => server.application.stop());

  /** A client as its users set it up; the reconnecting is turned off. */
  function createClient(config: StompConfig = {}): Client {
    const client = new Client({
      webSocketFactory: () => new WebSocket(server.url, ['v12.stomp', 'v11.stomp', 'v10.stomp']),
      reconnectDelay: 0,
      ...config,
    });
    clients.push(client);
    return client;
  }

  async function connect(config: StompConfig = {}): Promise<Client> {
    const client = createClient(config);
    await new Promise<void>((resolve, reject) => {
      client.onConnect = () => resolve();
      client.onStompError = (frame) => reject(new Error(frame.headers['message']));
      client.activate();
    });
    return client;
  }

  /** Subscribes with a receipt and gives what comes, one by one. */
  async function subscribe(client: Client, destination: string): Promise<() => Promise<IMessage>> {
    const messages: IMessage[] = [];
    let onMessage: () => void = () => undefined;
    const live = receiptOf(client, 'live');
    client.subscribe(
      destination,
      (message) => {
        messages.push(message);
        onMessage();
      },
      { receipt: 'live' },
    );
    await live;
    return async () => {
      for (;;) {
        const message = messages.shift();
        if (message) return message;
        await new Promise<void>((resolve) => (onMessage = resolve));
      }
    };
  }

  const receiptOf = (client: Client, id: string): Promise<IFrame> =>
    new Promise((resolve) => client.watchForReceipt(id, resolve));

  it('connects, subscribes, sends through a controller, gets receipts and disconnects', async () => {
    const client = await connect({ connectHeaders: { login: 'alice', passcode: 'alice' } });
    const next = await subscribe(client, '/topic/echo');
    const receipt = receiptOf(client, 'r-1');
    const ended = nextSessionEnd(server.application);

    client.publish({ destination: '/app/echo', body: 'grüße', headers: { receipt: 'r-1' } });

    expect((await next()).body).toBe('echo of grüße');
    expect((await receipt).headers['receipt-id']).toBe('r-1');
    expect(client.connectedVersion).toBe('1.2');
    await client.deactivate();
    expect((await ended).code).toBe(1000);
  });

  it.each(['1.0', '1.1', '1.2'])('speaks STOMP %s', async (version) => {
    const client = await connect({
      stompVersions: { versions: [version], protocolVersions: () => [], supportedVersions: () => version },
    });
    const next = await subscribe(client, '/topic/x');

    client.publish({ destination: '/topic/x', body: 'hi', headers: { 'content-type': 'text/plain' } });

    expect((await next()).body).toBe('hi');
    expect(client.connectedVersion).toBe(version);
  });

  it('sends and receives binary bodies, in binary and in split messages', async () => {
    const octets = Uint8Array.from({ length: 40_000 }, (_, index) => index % 256);
    const client = await connect({ splitLargeFrames: true, maxWebSocketChunkSize: 1000 });
    const binary = await connect({ forceBinaryWSFrames: true });
    const next = await subscribe(client, '/topic/x');

    client.publish({ destination: '/topic/x', body: 'x'.repeat(40_000) });
    const text = (await next()).body;
    binary.publish({ destination: '/topic/x', binaryBody: octets });
    const body = (await next()).binaryBody;

    expect(text === 'x'.repeat(40_000)).toBe(true); // without printing it
    expect(Buffer.compare(body, octets)).toBe(0);
  });

  it('ends a subscription and hears no more of it', async () => {
    const client = await connect();
    const heard: string[] = [];
    const live = receiptOf(client, 'live');
    const subscription = client.subscribe('/topic/x', ({ body }) => heard.push(body), { receipt: 'live' });
    await live;
    const [first, second] = [receiptOf(client, 'first'), receiptOf(client, 'second')];

    client.publish({ destination: '/topic/x', body: 'one', headers: { receipt: 'first' } });
    await first;
    subscription.unsubscribe();
    client.publish({ destination: '/topic/x', body: 'two', headers: { receipt: 'second' } });
    await second;

    expect(heard).toEqual(['one']);
  });

  it('is kept alive by heart-beats both ways', async () => {
    let beats = 0;
    const client = createClient({ heartbeatIncoming: 250, heartbeatOutgoing: 250 });

    await new Promise<void>((resolve, reject) => {
      // Five beats of the server are more than three intervals, in which it would have given up a silent client.
      client.onHeartbeatReceived = () => {
        beats += 1;
        if (beats === 5) resolve();
      };
      client.onHeartbeatLost = () => reject(new Error('the client missed a heart-beat'));
      client.onWebSocketClose = () => reject(new Error('the server closed'));
      client.activate();
    });

    expect(client.connected).toBe(true);
  });

  it('is told of a refused login, and of a handler that failed when it asked for a receipt', async () => {
    const refused = connect({ connectHeaders: { login: 'alice', passcode: 'guess' } });
    await expect(refused).rejects.toThrow('The login was refused.');
    const client = await connect();
    const error = new Promise<IFrame>((resolve) => (client.onStompError = resolve));
    const closed = new Promise<{ code: number }>((resolve) => (client.onWebSocketClose = resolve));

    client.publish({ destination: '/app/fail', headers: { receipt: 'r-2' } });

    expect((await error).headers).toMatchObject({ code: 'HANDLER_FAILED', 'receipt-id': 'r-2' });
    expect((await closed).code).toBe(1002);
  });
});

import type { BrowserContext, WebSocketRoute } from 'playwright-core';
import { chromium, describeWith } from '../../../scripts/testing/require-server.js';
import { ChatProcess } from './kit/chat-process.js';
import { type ChatWindow, ChatWindows } from './kit/chat-windows.js';
import { temporaryFolder } from './kit/temporary-folder.js';

jest.setTimeout(90_000); // a bound, not a wait: browsers and servers start as fast as the machine lets them

/** What a server of several tells its pages, in a window whose frames the test may hold back and add to. No broker is needed for it. */
describeWith(chromium, 'a window that one of several servers serves', (executablePath) => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ChatProcess;
  let windows: ChatWindows;
  let ada: ChatWindow;

  beforeAll(async () => {
    place = await temporaryFolder();
    server = await ChatProcess.start(place.folder, 0, { SERVER_NAME: 'Server 7' });
    windows = await ChatWindows.launch(executablePath);
    ada = await windows.open(server.address, 'Ada');
  });

  afterAll(async () => {
    await windows?.close();
    await server?.stop();
    await place.remove();
  });

  afterEach(() => expect(windows.faults).toEqual([]));

  const textsOf = (window: ChatWindow, about: string): Promise<string[]> =>
    window.message(about).locator('.text').allTextContents();

  test('says which one it is', async () => {
    await ada.page.locator('#server').getByText('Server 7', { exact: true }).waitFor();
  });

  test('loads a message that did not come, as when its server died, as soon as a later one shows the gap', async () => {
    const wire = new Wire();
    const grace = await windows.open(server.address, 'Grace', (context) => wire.layIn(context));
    await ada.say('Pick one');
    await grace.sees('Pick one');

    wire.isLost = (frame) => frame.includes('Pick two');
    await ada.say('Pick two');
    await ada.say('Pick three');

    await grace.sees('Pick two');
    expect(await textsOf(grace, 'Pick')).toEqual(['Pick one', 'Pick two', 'Pick three']);
    await grace.page.close();
  });

  test('shows that the broker is away, keeps what is written, and has everything when it is back', async () => {
    const wire = new Wire();
    const mary = await windows.open(server.address, 'Mary', (context) => wire.layIn(context));
    await ada.say('Weft before');
    await mary.sees('Weft before');

    wire.notice('BROKER_UNAVAILABLE');
    await mary.connectionState('Message broker away').waitFor();
    await mary.say('Weft mine');
    await mary.sees('Weft mine', 'waiting');
    await mary.page.getByText('The message broker is away. What you write waits here').waitFor();
    wire.isLost = (frame) => frame.includes('Weft meanwhile');
    await ada.say('Weft meanwhile');
    await ada.sees('Weft meanwhile', 'sent');
    expect(await ada.message('Weft mine').count()).toBe(0);
    wire.notice('SUBSCRIPTIONS_RESTORED');

    await mary.waitUntilConnected();
    await mary.sees('Weft mine', 'sent');
    await mary.sees('Weft meanwhile');
    expect(await textsOf(mary, 'Weft')).toEqual(['Weft before', 'Weft meanwhile', 'Weft mine']);
    await mary.page.close();
  });

  test('loads what was said while the broker was away, though nothing is said afterwards', async () => {
    const wire = new Wire();
    const edith = await windows.open(server.address, 'Edith', (context) => wire.layIn(context));
    await ada.say('Heddle before');
    await edith.sees('Heddle before');
    wire.notice('BROKER_UNAVAILABLE');
    await edith.connectionState('Message broker away').waitFor();
    wire.isLost = (frame) => frame.includes('Heddle');
    await ada.say('Heddle meanwhile');
    await ada.sees('Heddle meanwhile', 'sent');

    wire.notice('SUBSCRIPTIONS_RESTORED');

    await edith.sees('Heddle meanwhile');
    await edith.page.close();
  });

  test('sends a message again that the broker could not take, without anybody asking for it', async () => {
    const wire = new Wire();
    const rosa = await windows.open(server.address, 'Rosa', (context) => wire.layIn(context));

    wire.isLost = (frame) => frame.startsWith('RECEIPT') || frame.includes('Held thread');
    await rosa.say('Held thread');
    await ada.sees('Held thread');
    wire.isLost = () => false;
    wire.refuse('BROKER_UNAVAILABLE');

    await rosa.sees('Held thread', 'sent');
    expect(await rosa.message('Held thread').count()).toBe(1);
    expect(await ada.message('Held thread').count()).toBe(1);
    await rosa.page.close();
  });
});

/** The WebSocket of one window, frame by frame. */
class Wire {
  /** Which of the server's frames never reach the page. */
  isLost: (frame: string) => boolean = () => false;
  #page: WebSocketRoute | undefined;
  /** Ids of its subscriptions, by destination. */
  readonly #subscriptions = new Map<string, string>();
  #lastReceipt = '';

  layIn(context: BrowserContext): Promise<void> {
    return context.routeWebSocket(/\/ws$/, (page) => {
      this.#page = page;
      const onward = page.connectToServer();
      page.onMessage((frame) => {
        this.#remember(String(frame));
        onward.send(frame);
      });
      onward.onMessage((frame) => {
        if (!this.isLost(String(frame))) page.send(frame);
      });
    });
  }

  /** As the server tells how the broker is: about no frame of the page's own. */
  notice(code: string): void {
    this.#deliver('/user/queue/errors', { code, message: 'A sentence.', correlationId: 'some-id' });
  }

  /** As the server refuses the last message. */
  refuse(code: string): void {
    this.#deliver('/user/queue/refusals', { receipt: this.#lastReceipt, code, message: 'A sentence.' });
  }

  #deliver(destination: string, body: unknown): void {
    const headers = `subscription:${this.#subscriptions.get(destination)}\nmessage-id:own\ndestination:${destination}`;
    this.#page?.send(`MESSAGE\n${headers}\n\n${JSON.stringify(body)}\0`);
  }

  #remember(frame: string): void {
    const header = (name: string): string => new RegExp(`\n${name}:(.*)`).exec(frame)?.[1] ?? '';
    if (frame.startsWith('SUBSCRIBE')) this.#subscriptions.set(header('destination'), header('id'));
    if (frame.startsWith('SEND') && header('receipt') !== '') this.#lastReceipt = header('receipt');
  }
}

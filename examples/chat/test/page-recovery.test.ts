import { Client } from '@stomp/stompjs';
import { WebSocket } from 'ws';

import { chromium, describeWith } from '../../../scripts/testing/require-server.js';
import { ChatProcess } from './kit/chat-process.js';
import { type ChatWindow, ChatWindows } from './kit/chat-windows.js';
import { Network } from './kit/network.js';
import { temporaryFolder } from './kit/temporary-folder.js';

jest.setTimeout(90_000); // a bound, not a wait: browsers and servers start as fast as the machine lets them

describeWith(chromium, 'a Chromium window whose network is cut', (executablePath) => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ChatProcess;
  let windows: ChatWindows;
  /** Always connected. */
  let ada: ChatWindow;

  beforeAll(async () => {
    place = await temporaryFolder();
    server = await ChatProcess.start(place.folder);
    windows = await ChatWindows.launch(executablePath);
    ada = await windows.open(server.address, 'Ada');
  });

  afterAll(async () => {
    await windows?.close();
    await server?.stop();
    await place.remove();
  });

  afterEach(() => expect(windows.faults).toEqual([]));

  async function cut(network: Network, window: ChatWindow): Promise<void> {
    await network.cut();
    await window.connectionState(/Reconnecting/).waitFor();
  }

  async function heal(network: Network, window: ChatWindow): Promise<void> {
    await network.heal();
    const now = window.page.getByRole('button', { name: 'Try now' });
    // It may be gone because the window has just tried by itself.
    if (await now.isVisible()) await now.click({ timeout: 1_000 }).catch(() => undefined);
    await window.waitUntilConnected();
  }

  /** Opens a window and waits until it has loaded what was said before. @returns also the histories that it asks for over HTTP from then on */
  async function openBehind(network: Network, name: string): Promise<{ window: ChatWindow; requests: string[] }> {
    let isLoaded: Promise<unknown> = Promise.resolve();
    const window = await windows.open(network.address, name, (context) => {
      // A page loads the newest messages, then once more what came after them when it listens.
      isLoaded = context.waitForEvent(
        'response',
        (response) => isHistory(response.url()) && response.url().includes('after='),
      );
      return Promise.resolve();
    });
    await isLoaded;
    const requests: string[] = [];
    window.page.on('request', (request) => void (isHistory(request.url()) && requests.push(request.url())));
    return { window, requests };
  }

  async function sayAll(window: ChatWindow, texts: readonly string[]): Promise<void> {
    for (const text of texts) await window.say(text);
    await window.sees(texts.at(-1) ?? '', 'sent');
  }

  const textsOf = (window: ChatWindow, about: string): Promise<string[]> =>
    window.message(about).locator('.text').allTextContents();

  test('shows what was said meanwhile, each message once and in order, without loading the history', async () => {
    await using network = await Network.to(server.address);
    const { window: grace, requests } = await openBehind(network, 'Grace');
    await sayAll(ada, ['Warp before']);
    await grace.sees('Warp before');

    await cut(network, grace);
    const meanwhile = ['Warp one', 'Warp two', 'Warp three'];
    await sayAll(ada, meanwhile);
    await heal(network, grace);
    await sayAll(ada, ['Warp after']);
    await grace.sees('Warp after');

    expect(await textsOf(grace, 'Warp')).toEqual(['Warp before', ...meanwhile, 'Warp after']);
    expect(requests).toEqual([]);
    await grace.page.close();
  });

  test('sends what was written meanwhile, and it stands behind what the others had written', async () => {
    await using network = await Network.to(server.address);
    const { window: mary, requests } = await openBehind(network, 'Mary');

    await cut(network, mary);
    await mary.say('Weft mine');
    await mary.sees('Weft mine', 'waiting');
    await sayAll(ada, ['Weft theirs']);
    await heal(network, mary);
    await mary.sees('Weft mine', 'sent');
    await ada.sees('Weft mine');
    await mary.sees('Weft theirs'); // may come behind the RECEIPT of the own message

    expect(await textsOf(mary, 'Weft')).toEqual(['Weft theirs', 'Weft mine']);
    expect(await textsOf(ada, 'Weft')).toEqual(['Weft theirs', 'Weft mine']);
    expect(requests).toEqual([]);
    await mary.page.close();
  });

  test('knows at once that its browser has gone offline, and misses nothing', async () => {
    await using network = await Network.to(server.address);
    const { window: edith, requests } = await openBehind(network, 'Edith');

    await edith.page.context().setOffline(true);
    await edith.connectionState('Offline').waitFor();
    await edith.say('Bolt mine');
    await edith.sees('Bolt mine', 'waiting');
    await sayAll(ada, ['Bolt one', 'Bolt two']);
    await edith.page.context().setOffline(false);
    await edith.waitUntilConnected();
    await edith.sees('Bolt mine', 'sent');
    await ada.sees('Bolt mine');
    await edith.sees('Bolt two'); // what was missed may come behind the RECEIPT of the own message

    expect(await textsOf(edith, 'Bolt')).toEqual(['Bolt one', 'Bolt two', 'Bolt mine']);
    expect(requests).toEqual([]);
    await edith.page.close();
  });

  test('is complete after being cut again and again', async () => {
    await using network = await Network.to(server.address);
    const { window: hedy, requests } = await openBehind(network, 'Hedy');
    const said: string[] = [];

    for (const round of ['first', 'second', 'third']) {
      await cut(network, hedy);
      const texts = [`Reed ${round} one`, `Reed ${round} two`];
      await sayAll(ada, texts);
      said.push(...texts);
      await heal(network, hedy);
      await hedy.sees(`Reed ${round} two`);
    }

    expect(await textsOf(hedy, 'Reed')).toEqual(said);
    expect(requests).toEqual([]);
    await hedy.page.close();
  });

  test('counts what is unread in rooms that it does not show', async () => {
    await using network = await Network.to(server.address);
    const { window: joan } = await openBehind(network, 'Joan');
    await joan.choose('Ada');
    await joan.page.getByRole('link', { name: 'Lobby', exact: true }).waitFor();

    await cut(network, joan);
    await sayAll(ada, ['Shed one', 'Shed two']);
    await heal(network, joan);

    await joan.page.getByRole('link', { name: /Lobby, 2 unread/ }).waitFor();
    await joan.choose('Lobby');
    await joan.sees('Shed two');
    expect(await textsOf(joan, 'Shed')).toEqual(['Shed one', 'Shed two']);
    await joan.page.close();
  });

  test('sees an announcement that was made meanwhile', async () => {
    await using network = await Network.to(server.address);
    const { window: annie } = await openBehind(network, 'Annie');

    await cut(network, annie);
    await announce(ada, 'The mill opens at nine.');
    await heal(network, annie);

    await annie.page.getByText('The mill opens at nine.').waitFor();
    await ada.page.getByRole('button', { name: 'Put the announcement away' }).click();
    await annie.page.close();
  });

  test('shows direct messages of the time it was away', async () => {
    await using network = await Network.to(server.address);
    const { window: grete } = await openBehind(network, 'Grete');
    await grete.choose('Ada');
    await ada.choose('Grete');

    await cut(network, grete);
    await sayAll(ada, ['Heddle one', 'Heddle two']);
    await heal(network, grete);

    await grete.sees('Heddle two');
    expect(await textsOf(grete, 'Heddle')).toEqual(['Heddle one', 'Heddle two']);
    await ada.choose('Lobby');
    await grete.page.close();
  });

  test('loads the history when more was said than the server keeps, and is complete', async () => {
    await using network = await Network.to(server.address);
    const { window: rosa, requests } = await openBehind(network, 'Rosa');
    await sayAll(ada, ['Pick before']);
    await rosa.sees('Pick before');

    await cut(network, rosa);
    const meanwhile = Array.from({ length: 210 }, (_, index) => `Pick ${index}.`);
    await sayQuickly(server.address, meanwhile);
    await heal(network, rosa);
    await sayAll(ada, ['Pick after']);
    await rosa.sees('Pick after');
    await rosa.sees('Pick 0.');

    expect(await textsOf(rosa, 'Pick')).toEqual(['Pick before', ...meanwhile, 'Pick after']);
    expect(requests.length).toBeGreaterThan(0);
    await rosa.page.close();
  });

  test('loads the history when the server was started again, and is complete', async () => {
    const { port } = server;
    await using network = await Network.to(server.address);
    const { window: ruth } = await openBehind(network, 'Ruth');
    await sayAll(ada, ['Loom before']);
    await ruth.sees('Loom before');

    await cut(network, ruth);
    await sayAll(ada, ['Loom old server']);
    await server.kill();
    server = await ChatProcess.start(place.folder, port);
    await ada.waitUntilConnected();
    await sayAll(ada, ['Loom new server']);
    await heal(network, ruth);
    await ruth.sees('Loom new server');
    await ruth.sees('Loom old server');

    expect(await textsOf(ruth, 'Loom')).toEqual(['Loom before', 'Loom old server', 'Loom new server']);
    await ruth.page.close();
  });

  test('asks again when the history could not be loaded before the network was cut once more', async () => {
    const { port } = server;
    await using network = await Network.to(server.address);
    const { window: olga } = await openBehind(network, 'Olga');
    await sayAll(ada, ['Bobbin before']);
    await olga.sees('Bobbin before');
    await cut(network, olga);
    await sayAll(ada, ['Bobbin lost']);
    await server.kill();
    server = await ChatProcess.start(place.folder, port);
    await olga.page.route('**/api/chat-rooms/*/messages*', (route) => route.abort(), { times: 1 });

    const isRefused = olga.page.waitForEvent('requestfailed', (request) => request.url().includes('/messages'));
    await heal(network, olga);
    await isRefused;
    await cut(network, olga);
    await heal(network, olga);

    await olga.sees('Bobbin lost');
    expect(await textsOf(olga, 'Bobbin')).toEqual(['Bobbin before', 'Bobbin lost']);
    await olga.page.close();
  });
});

function isHistory(url: string): boolean {
  return new URL(url).pathname.endsWith('/messages');
}

/** Says many things in the lobby, by a client that is no page. */
async function sayQuickly(address: string, texts: readonly string[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const account = await fetch(`${address}/api/users`, { method: 'POST', headers, body: '{"name":"Talker"}' });
  const { name, token } = (await account.json()) as { name: string; token: string }; // what creating an account answers
  const client = new Client({
    webSocketFactory: () => new WebSocket(`${address.replace('http', 'ws')}/ws`, ['v12.stomp']),
    connectHeaders: { login: name, passcode: token },
  });
  await new Promise<void>((resolve) => {
    client.onConnect = () => {
      client.watchForReceipt(`message-${texts.length - 1}`, () => resolve());
      for (const [index, text] of texts.entries()) {
        const id = `message-${index}`;
        const body = JSON.stringify({ id, text });
        client.publish({ destination: '/app/chat-rooms/lobby/messages', headers: { ...headers, receipt: id }, body });
      }
    };
    client.activate();
  });
  await client.deactivate();
}

async function announce({ page, name }: ChatWindow, text: string): Promise<void> {
  await page.getByText(name, { exact: true }).first().click();
  await page.getByRole('button', { name: 'Announce something' }).click();
  await page.getByLabel('Shown to everybody').fill(text);
  await page.getByRole('button', { name: 'Announce', exact: true }).click();
  await page.getByText(text).waitFor();
}

import type { Route } from 'playwright-core';

import { chromium, describeWith } from '../../../scripts/testing/require-server.js';
import { ChatProcess } from './kit/chat-process.js';
import { type ChatWindow, ChatWindows } from './kit/chat-windows.js';
import { temporaryFolder } from './kit/temporary-folder.js';

jest.setTimeout(90_000); // a bound, not a wait: browsers and servers start as fast as the machine lets them

describeWith(chromium, 'two Chromium windows', (executablePath) => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ChatProcess;
  let windows: ChatWindows;
  let ada: ChatWindow;
  let grace: ChatWindow;

  beforeAll(async () => {
    place = await temporaryFolder();
    server = await ChatProcess.start(place.folder);
    windows = await ChatWindows.launch(executablePath);
    ada = await windows.open(server.address, 'Ada');
    grace = await windows.open(server.address, 'Grace');
  });

  beforeEach(() => Promise.all([ada.choose('Lobby'), grace.choose('Lobby')]));

  afterAll(async () => {
    await windows?.close();
    await server?.stop();
    await place.remove();
  });

  afterEach(() => expect(windows.faults).toEqual([]));

  /** Starts the server again at the same address, with the same data. */
  const startAgain = async (): Promise<void> => {
    server = await ChatProcess.start(place.folder, server.port);
  };

  test('a message typed in one appears in the other', async () => {
    await ada.say('Is the loom threaded?');
    await grace.sees('Is the loom threaded?');

    await grace.say('Since yesterday.');
    await ada.sees('Since yesterday.');

    await ada.sees('Is the loom threaded?', 'sent');
  });

  test('what people write is shown as text, never run as markup', async () => {
    const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

    await ada.say(markup);

    await grace.sees(markup);
    expect(await grace.page.locator('.message img, .message script').count()).toBe(0);
  });

  test('a direct message reaches only its addressee', async () => {
    const joseph = await windows.open(server.address, 'Joseph');

    await ada.choose('Grace');
    await ada.say('Only for you');
    await ada.sees('Only for you', 'sent');
    await grace.choose('Ada');
    await grace.sees('Only for you');

    // What everybody gets afterwards has arrived: the direct message would have been there before.
    await ada.choose('Lobby');
    await ada.say('For everybody');
    await joseph.sees('For everybody');
    expect(await joseph.page.content()).not.toContain('Only for you');
    expect(await joseph.page.locator('#people .unread').count()).toBe(0);
    await joseph.page.close();
  });

  test('a message sent while its conversation is still being loaded is shown', async () => {
    let release = (): void => undefined;
    const isReleased = new Promise<void>((resolve) => (release = resolve));
    const isRead = new Promise<void>((resolve) => {
      const holdBack = async (route: Route): Promise<void> => {
        const response = await route.fetch();
        resolve();
        await isReleased;
        await route.fulfill({ response });
      };
      void ada.page.route('**/api/direct-messages/Ada/messages*', holdBack, { times: 1 });
    });
    await ada.page.goto(`${server.address}/#/people/Ada`);
    await isRead;

    await ada.say('Written too early');
    await ada.page.waitForFunction('!Object.keys(localStorage).some((key) => key.includes(".outbox."))');
    release();

    await ada.sees('Written too early', 'sent');
  });

  test('two windows of one browser may be two people', async () => {
    const mary = await windows.openIn(ada.page.context(), server.address, 'Mary');

    await mary.say('From the same browser');

    await ada.sees('From the same browser');
    await mary.page.close();
  });

  test('an unopened conversation counts what is unread, and a writer is seen typing', async () => {
    await grace.choose('Ada');
    await ada.say('One in the lobby');
    await ada.sees('One in the lobby', 'sent');

    await grace.page.getByRole('link', { name: /Lobby, 1 unread/ }).waitFor();

    await grace.choose('Lobby');
    await ada.page.getByLabel('Message', { exact: true }).pressSequentially('abc');
    await grace.page.getByText('Ada is typing').waitFor();
    await ada.page.getByLabel('Message', { exact: true }).fill('');
  });

  test('on a phone, the way back and the title tell of what is unread elsewhere', async () => {
    await grace.page.setViewportSize({ width: 390, height: 700 });
    await grace.page.goto(`${server.address}/#/people/Ada`);
    expect(await grace.page.title()).toBe('Treadle Chat');

    await ada.say('One for the pocket');
    await ada.say('Two for the pocket');

    const back = grace.page.getByRole('link', { name: 'Back to the list, 2 unread elsewhere' });
    await back.waitFor();
    expect(await back.textContent()).toBe('‹2');
    expect(await grace.page.title()).toBe('(2) Treadle Chat');
    await grace.page.goto(`${server.address}/#/rooms/lobby`);
    await grace.page.getByRole('link', { name: 'Back to the list', exact: true }).waitFor();
    await grace.page.setViewportSize({ width: 1100, height: 700 });
  });

  test('a room is made in a dialog that shows why it is refused', async () => {
    await ada.page.getByRole('button', { name: 'New room' }).click();
    await ada.page.getByLabel('Title').fill('Border pattern');
    await ada.page.getByLabel('Members').fill('Grace, Zorro');
    await ada.page.getByRole('button', { name: 'Create room' }).click();
    await ada.page.getByText('There is nobody called Zorro.').waitFor();

    await ada.page.getByLabel('Members').fill('Grace');
    await ada.page.getByRole('button', { name: 'Create room' }).click();
    await grace.choose('Border pattern');
    await ada.say('Seven repeats?');

    await grace.sees('Seven repeats?');
  });

  test('a room of others is explained, and the rest goes on', async () => {
    const joseph = await windows.open(server.address, 'Jacquard');

    await joseph.page.goto(`${server.address}/#/rooms/border-pattern`);

    await joseph.page.getByText('You are not a member of border-pattern.').waitFor();
    await joseph.choose('Lobby');
    await joseph.waitUntilConnected();
    await joseph.say('Still here');
    await ada.sees('Still here');
    await joseph.page.close();
  });

  test('a message that is refused says why and can be changed', async () => {
    await ada.say('too long '.repeat(250));
    await ada.page.getByText('Not sent: A message has 1 to 2000 characters.').waitFor();

    await ada.page.getByRole('button', { name: 'Edit' }).click();
    await ada.say('short enough');

    await grace.sees('short enough');
    expect(await ada.message('too long').count()).toBe(0);
  });

  test('an announcement over HTTP is shown in every window', async () => {
    await ada.page.getByText('Ada', { exact: true }).first().click();
    await ada.page.getByRole('button', { name: 'Announce something' }).click();
    await ada.page.getByLabel('Shown to everybody').fill('The dye house is closed.');
    await ada.page.getByRole('button', { name: 'Announce', exact: true }).click();

    await grace.page.getByText('The dye house is closed.').waitFor();
    for (const window of [ada, grace]) {
      await window.page.getByRole('button', { name: 'Put the announcement away' }).click();
    }
  });

  test('the history is there after the server restarts', async () => {
    await ada.say('Before the restart');
    await ada.sees('Before the restart', 'sent');

    await server.stop();
    await startAgain();

    const late = await windows.open(server.address, 'Late');
    await late.sees('Before the restart');
    await late.page.close();
  });

  test('after the server was killed and started again, both windows are back and missed nothing', async () => {
    await ada.waitUntilConnected();
    await server.kill();
    await ada.connectionState(/Reconnecting in \d+ s/).waitFor();
    await startAgain();

    await Promise.all([ada.waitUntilConnected(), grace.waitUntilConnected()]);
    await ada.say('Back again');

    await grace.sees('Back again');
  });

  test('what is typed while the server is away arrives afterwards, exactly once and in order', async () => {
    await ada.waitUntilConnected();
    await server.kill();
    await ada.connectionState(/Reconnecting/).waitFor();

    await ada.say('While away: one');
    await ada.say('While away: two');
    await ada.sees('While away: two', 'waiting');
    await startAgain();

    await grace.sees('While away: two');
    await ada.sees('While away: two', 'sent');
    const textsOf = (window: ChatWindow) => window.message('While away').locator('.text').allTextContents();
    expect(await textsOf(grace)).toEqual(['While away: one', 'While away: two']);
    expect(await textsOf(ada)).toEqual(['While away: one', 'While away: two']);
    await grace.page.reload();
    await grace.sees('While away: two');
    expect(await textsOf(grace)).toEqual(['While away: one', 'While away: two']);
  });

  test('what waits to be sent survives a reload of the page', async () => {
    await Promise.all([ada.waitUntilConnected(), grace.waitUntilConnected()]);
    await server.kill();
    await ada.connectionState(/Reconnecting/).waitFor();
    await ada.say('Kept over the reload');
    await ada.sees('Kept over the reload', 'waiting');

    await startAgain();
    await ada.page.reload();

    await grace.sees('Kept over the reload');
    await ada.sees('Kept over the reload', 'sent');
    expect(await grace.message('Kept over the reload').count()).toBe(1);
  });

  test('a message whose receipt was lost with the connection is stored once', async () => {
    await grace.waitUntilConnected();
    let isDeaf = false;
    let breakConnection = (): Promise<void> => Promise.resolve();
    const joseph = await windows.open(server.address, 'Punch-card', (context) =>
      context.routeWebSocket(/\/ws$/, (socket) => {
        const onward = socket.connectToServer();
        onward.onMessage((frame) => {
          if (!isDeaf) socket.send(frame);
        });
        breakConnection = () => socket.close();
      }),
    );

    isDeaf = true;
    await joseph.say('Receipt lost');
    await grace.sees('Receipt lost');
    await joseph.sees('Receipt lost', 'sending');
    await breakConnection();
    await joseph.connectionState(/Reconnecting/).waitFor();
    isDeaf = false;

    await joseph.sees('Receipt lost', 'sent');
    expect(await joseph.message('Receipt lost').count()).toBe(1);
    expect(await grace.message('Receipt lost').count()).toBe(1);
    await joseph.page.close();
  });

  test('a server that has lost its data sends people back to the choice of a name', async () => {
    const emptyPlace = await temporaryFolder();
    await server.stop();
    const { port } = server;
    server = await ChatProcess.start(emptyPlace.folder, port);

    await ada.page.getByText('This server does not know Ada any more.').waitFor();

    await server.stop();
    await emptyPlace.remove();
    await startAgain();
  });
});

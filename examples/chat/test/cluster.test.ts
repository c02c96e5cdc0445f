import { activemqPackage, rabbitmqPackage } from '../../../scripts/testing/real-brokers.js';
import { chromium, describeWith } from '../../../scripts/testing/require-server.js';
import { ChatCluster } from './kit/chat-cluster.js';
import type { ChatProcess } from './kit/chat-process.js';
import { type ChatWindow, ChatWindows } from './kit/chat-windows.js';
import { Network } from './kit/network.js';
import { postgres } from './kit/postgres-server.js';
import { StockMember } from './kit/stock-member.js';

jest.setTimeout(120_000); // a bound, not a wait: browsers and servers start as fast as the machine lets them

const LOBBY = '/topic/chat-rooms/lobby';
const SAY_IN_LOBBY = '/app/chat-rooms/lobby/messages';
/** A server that was killed is forgotten after 20 s without a word. */
const FORGOTTEN_MS = 45_000;
/** When the broker is back, a relay tries again within 30 s, and then a page that lost its session within 15 s. */
const BACK_MS = 60_000;

for (const [brokerName, brokerPackage] of [
  ['rabbitmq', rabbitmqPackage],
  ['activemq', activemqPackage],
] as const) {
  describeWith(brokerPackage, `one chat on two servers, with ${brokerName} between them`, () => {
    describeWith(postgres, 'one PostgreSQL that both share', (bin) => {
      describeWith(chromium, 'and windows at both', (executablePath) => {
        describeCluster(brokerName, executablePath, bin);
      });
    });
  });
}

function describeCluster(brokerName: 'rabbitmq' | 'activemq', executablePath: string, bin: string): void {
  let cluster: ChatCluster;
  let one: ChatProcess;
  let two: ChatProcess;
  let windows: ChatWindows;
  /** In a window on the first server. */
  let ada: ChatWindow;
  /** With a stock client on the second. */
  let grace: StockMember;

  beforeAll(async () => {
    cluster = await ChatCluster.start(brokerName, bin);
    // The second carries all its clients over few connections to the broker: nobody can tell.
    [one, two] = await Promise.all([cluster.server('Server 1'), cluster.server('Server 2', { CONNECTIONS: 'shared' })]);
    windows = await ChatWindows.launch(executablePath);
    ada = await windows.open(one.address, 'Ada');
    grace = await StockMember.join(two.address, 'Grace');
    await grace.subscribe(LOBBY);
    await grace.subscribe('/user/queue/direct');
    await grace.subscribe('/topic/presence');
  });

  beforeEach(async () => {
    await ada.waitUntilConnected();
    await ada.choose('Lobby');
  });
  afterEach(() => expect(windows.faults).toEqual([]));

  afterAll(async () => {
    await grace?.[Symbol.asyncDispose]();
    await windows?.close();
    await cluster?.[Symbol.asyncDispose]();
  });

  const textsOf = (window: ChatWindow, about: string): Promise<string[]> =>
    window.message(about).locator('.text').allTextContents();

  test('each page says which server it is on', async () => {
    const edith = await windows.open(two.address, 'Edith');

    await ada.page.locator('#server').getByText('Server 1', { exact: true }).waitFor();
    await edith.page.locator('#server').getByText('Server 2', { exact: true }).waitFor();
    await edith.page.close();
  });

  test('a room message reaches the other server, both ways, and is in the history of both', async () => {
    await ada.say('Is the loom threaded?');
    await grace.until(() => grace.textsFrom(LOBBY).includes('Is the loom threaded?'));

    await grace.say(SAY_IN_LOBBY, 'Since yesterday.');
    await ada.sees('Since yesterday.');

    await ada.sees('Is the loom threaded?', 'sent');
    const path = '/api/chat-rooms/lobby/messages';
    const histories = await Promise.all([one, two].map(({ address }) => grace.get(path, address)));
    expect(histories[0].messages).toMatchObject([{ text: 'Is the loom threaded?' }, { text: 'Since yesterday.' }]);
    expect(histories[1]).toEqual(histories[0]);
  });

  test('a direct message reaches its addressee on the other server, and nobody else', async () => {
    await using joseph = await StockMember.join(two.address, 'Joseph');
    await joseph.subscribe('/user/queue/direct');

    await ada.choose('Grace');
    await ada.say('Only for you');
    await grace.until(() => grace.textsFrom('/user/queue/direct').includes('Only for you'));
    await grace.say('/app/direct/Ada/messages', 'Thank you');
    await ada.sees('Thank you');

    await ada.choose('Joseph');
    await ada.say('And this for you');
    await joseph.until(() => joseph.received.length > 0);
    expect(joseph.textsFrom('/user/queue/direct')).toEqual(['And this for you']);
  });

  test('who is here is known on both servers', async () => {
    const here = ada.page.getByRole('navigation').getByRole('link', { name: 'Mary, here' });
    const mary = await StockMember.join(two.address, 'Mary');
    await here.waitFor();

    await mary.subscribe('/topic/presence');
    await mary.until(() => mary.received.length > 0);
    expect(mary.received[0]?.body.users).toEqual(expect.arrayContaining(['Ada', 'Grace', 'Mary']));

    await mary[Symbol.asyncDispose]();
    await here.waitFor({ state: 'detached' });
  });

  test('a room that is made on one server is there on the other at once', async () => {
    const status = await grace.post('/api/chat-rooms', { title: 'Border pattern', members: ['Ada'] });
    expect(status).toBe(201);
    await grace.subscribe('/topic/chat-rooms/border-pattern');

    await ada.choose('Border pattern');
    await ada.say('Seven repeats?');

    await grace.until(() => grace.textsFrom('/topic/chat-rooms/border-pattern').includes('Seven repeats?'));
  });

  test('an announcement is shown on the other server', async () => {
    await grace.post('/api/announcements', { text: 'The dye house is closed.' });

    await ada.page.getByText('The dye house is closed.').waitFor();
    await ada.page.getByRole('button', { name: 'Put the announcement away' }).click();
  });

  test('a page whose network was cut has everything that was said and announced meanwhile, once and in order', async () => {
    await using network = await Network.to(one.address);
    const annie = await windows.open(network.address, 'Annie');
    await grace.say(SAY_IN_LOBBY, 'Warp before');
    await annie.sees('Warp before');

    await network.cut();
    await annie.connectionState(/Reconnecting/).waitFor();
    await grace.say(SAY_IN_LOBBY, 'Warp one');
    await grace.say(SAY_IN_LOBBY, 'Warp two');
    await grace.post('/api/announcements', { text: 'The mill opens at nine.' });
    await network.heal();
    await annie.waitUntilConnected();
    await annie.sees('Warp two');
    await grace.say(SAY_IN_LOBBY, 'Warp after');
    await annie.sees('Warp after');

    expect(await textsOf(annie, 'Warp')).toEqual(['Warp before', 'Warp one', 'Warp two', 'Warp after']);
    await annie.page.getByText('The mill opens at nine.').waitFor();
    await annie.page.close();
  });

  test('a server that is killed takes no confirmed message with it, and nothing is there twice', async () => {
    const second = await cluster.server('Server 3');
    const mill = await StockMember.join(second.address, 'Mill');
    const texts = Array.from({ length: 200 }, (_, index) => `Shuttle ${index}.`);
    const confirmed: string[] = [];
    const unconfirmed = new Set(texts);
    for (const text of texts) {
      void mill.say(SAY_IN_LOBBY, text, `shuttle-${text.replace(/\D/g, '')}-x`).then(() => {
        unconfirmed.delete(text);
        confirmed.push(text);
      });
    }
    await mill.until(() => confirmed.length >= 50);
    await second.kill();
    const isConfirmed = [...confirmed];
    const again = await mill.at(one.address);
    const stored: string[] = (await storedTexts(again)).filter((text) => text.startsWith('Shuttle'));
    expect(stored).toEqual(expect.arrayContaining(isConfirmed));
    for (const text of unconfirmed) await again.say(SAY_IN_LOBBY, text, `shuttle-${text.replace(/\D/g, '')}-x`);

    await ada.sees('Shuttle 199.');
    const inOrder = (await storedTexts(again)).filter((text) => text.startsWith('Shuttle'));
    await ada
      .message('Shuttle')
      .nth(texts.length - 1)
      .waitFor();
    expect(inOrder.toSorted()).toEqual(texts.toSorted());
    expect(await textsOf(ada, 'Shuttle')).toEqual(inOrder);
    await again[Symbol.asyncDispose]();
    await mill[Symbol.asyncDispose]();
  });

  test('the pages of a server that is killed say so, and recover when it is back', async () => {
    const third = await cluster.server('Server 4');
    const rosa = await windows.open(third.address, 'Rosa');

    await third.kill();

    await rosa.connectionState(/Reconnecting in \d+ s/).waitFor();
    await rosa.say('Written while my server is away');
    await rosa.sees('Written while my server is away', 'waiting');
    await cluster.server('Server 4', {}, third.port);
    await ada.sees('Written while my server is away');
    await rosa.sees('Written while my server is away', 'sent');
    await rosa.page.close();
  });

  // Servers forget each other by their own clocks, whatever the broker: one run is enough.
  if (brokerName === 'rabbitmq') {
    test('the people of a server that is killed leave the list', async () => {
      const fourth = await cluster.server('Server 5');
      const james = await StockMember.join(fourth.address, 'James');
      const here = ada.page.getByRole('navigation').getByRole('link', { name: 'James, here' });
      await here.waitFor();

      await fourth.kill();

      await here.waitFor({ state: 'detached', timeout: FORGOTTEN_MS });
      await james[Symbol.asyncDispose]();
    });
  }

  test('while the broker is away, pages show it and lose nothing, whether their server ends sessions or holds them', async () => {
    const closes = await cluster.server('Server 6', { ON_BROKER_LOSS: 'close' });
    const holds = await cluster.server('Server 7', { ON_BROKER_LOSS: 'hold' });
    const olga = await windows.open(closes.address, 'Olga');
    const hilda = await windows.open(holds.address, 'Hilda');
    const pages = { Olga: olga, Hilda: hilda };
    for (const [name, page] of Object.entries(pages)) {
      await page.say(`${name} before`);
      await ada.sees(`${name} before`);
    }

    await cluster.broker.kill();
    for (const [name, page] of Object.entries(pages)) {
      await page.connectionState(/Message broker away/).waitFor();
      await page.page.getByText('The message broker is away. What you write waits here').waitFor();
      await page.say(`${name} meanwhile`);
      await page.sees(`${name} meanwhile`, 'waiting');
    }
    await cluster.broker.start();

    await Promise.all([olga, hilda, ada].map((window) => window.waitUntilConnected(BACK_MS)));
    for (const [name, page] of Object.entries(pages)) {
      await page.sees(`${name} meanwhile`, 'sent');
      await ada.sees(`${name} meanwhile`);
      expect(await ada.message(`${name} meanwhile`).count()).toBe(1);
      await page.page.close();
    }
    await Promise.all([closes.stop(), holds.stop()]);
  });

  /** All texts of the lobby, in order. */
  async function storedTexts(member: StockMember): Promise<string[]> {
    const texts: string[] = [];
    for (let after = 0, hasMore = true; hasMore;) {
      const page = await member.get(`/api/chat-rooms/lobby/messages?after=${after}`, one.address);
      for (const { text, position } of page.messages) {
        texts.push(text);
        after = position;
      }
      hasMore = page.hasMore;
    }
    return texts;
  }
}

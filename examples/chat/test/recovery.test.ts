import { ChatFixture, outgoing, type Person, roomOf } from './kit/chat-fixture.js';
import { Network } from './kit/network.js';
import { RecoveringMember } from './kit/recovering-member.js';

let chat: ChatFixture;

beforeAll(async () => {
  chat = await ChatFixture.start();
}, 60_000);
afterAll(() => chat.stop());

async function say(person: Person, roomId: string, ...texts: readonly string[]): Promise<void> {
  await using session = await person.connect();
  for (const text of texts) await session.send(`/app/chat-rooms/${roomId}/messages`, outgoing(text));
}

describe('a member with @stomp/stompjs whose network is cut', () => {
  test('gets every message once and in order', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    const roomId = await roomOf(ada, grace);
    await using network = await Network.to(chat.address);
    await using member = new RecoveringMember(network.address, grace, roomId);
    await member.until(() => member.recovered.length === 1);
    await say(ada, roomId, 'before');
    await member.until(() => member.texts.length === 1);

    await network.cut();
    await say(ada, roomId, 'one', 'two', 'three');
    await network.heal();
    await member.until(() => member.recovered.length === 2);
    await say(ada, roomId, 'after');
    await member.until(() => member.texts.length >= 5);

    expect(member.texts).toEqual(['before', 'one', 'two', 'three', 'after']);
    expect(member.recovered).toEqual([undefined, 'true']);
  });

  test('misses nothing in a room that was silent before', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    const roomId = await roomOf(ada, grace);
    await say(ada, roomId, 'long ago');
    await using network = await Network.to(chat.address);
    await using member = new RecoveringMember(network.address, grace, roomId);
    await member.until(() => member.recovered.length === 1);

    await network.cut();
    await say(ada, roomId, 'meanwhile');
    await network.heal();
    await member.until(() => member.texts.length === 1);

    expect(member.texts).toEqual(['meanwhile']);
    expect(member.recovered).toEqual([undefined, 'true']);
  });

  test('is told that something is gone when more was said than is kept', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    const roomId = await roomOf(ada, grace);
    await using network = await Network.to(chat.address);
    await using member = new RecoveringMember(network.address, grace, roomId);
    await member.until(() => member.recovered.length === 1);

    await network.cut();
    const texts = Array.from({ length: 205 }, (_, index) => `number ${index}`);
    await say(ada, roomId, ...texts);
    await network.heal();
    await member.until(() => member.texts.length >= 200);

    expect(member.recovered).toEqual([undefined, 'false']);
    expect(member.texts).toEqual(texts.slice(5));
  });

  test('who is no member cannot have the past of a room either', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    const roomId = await roomOf(ada);
    await say(ada, roomId, 'not for Grace');
    await using session = await grace.connect();

    const subscribing = session.subscribe(`/topic/chat-rooms/${roomId}`, { offset: '0' });

    await expect(subscribing).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });
});

test('an announcement that was made meanwhile comes to whoever comes back', async () => {
  const ada = await chat.person();
  const before = await ada.connect();
  await before.request('SUBSCRIBE', { id: 'a', destination: '/topic/announcements' });
  const { offset = '', epoch = '' } = before.frames.at(-1)?.headers ?? {};
  before.drop();
  await ada.api('POST', '/api/announcements', { text: 'The dye house is closed.' });

  await using again = await ada.connect();
  const inbox = await again.subscribe('/topic/announcements', { offset, epoch });

  expect(await inbox.next()).toMatchObject({ text: 'The dye house is closed.' });
});

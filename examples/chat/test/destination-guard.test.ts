import { ChatFixture, outgoing, type Person, roomOf } from './kit/chat-fixture.js';

let chat: ChatFixture;
let ada: Person;
let joseph: Person;
let room: string;

beforeAll(async () => {
  chat = await ChatFixture.start();
  [ada, joseph] = [await chat.person('Ada'), await chat.person('Joseph')];
  room = await roomOf(ada);
}, 60_000);
afterAll(() => chat.stop());

test('who is no member may not send to a room, and the members get nothing', async () => {
  await using member = await ada.connect();
  await using stranger = await joseph.connect();
  const inbox = await member.subscribe(`/topic/chat-rooms/${room}`);

  const sending = stranger.send(`/app/chat-rooms/${room}/messages`, outgoing('let me in'));

  await expect(sending).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  await stranger.closed;
  await member.send(`/app/chat-rooms/${room}/messages`, outgoing('all quiet'));
  expect(await inbox.next()).toMatchObject({ text: 'all quiet' });
});

describe('a subscription is refused, and the session ends', () => {
  test.each([
    ['to a room of others', () => `/topic/chat-rooms/${room}`],
    ['to who is typing in a room of others', () => `/topic/chat-rooms/${room}/typing`],
    ['to a room that does not exist', () => '/topic/chat-rooms/no-such-room'],
    ['by a wildcard for one level', () => '/topic/chat-rooms/*'],
    ['by a wildcard for all levels', () => '/topic/**'],
    ['by a wildcard within a level', () => '/topic/chat-rooms/room-*'],
    ['to everything', () => '/**'],
    ["to somebody else's translated queue", () => '/queue/direct-user12345'],
    ["to somebody else's queue", () => `/user/${ada.name}/queue/direct`],
    ['to a topic that nobody publishes', () => '/topic/secrets'],
    ['to a room with a doubled slash', () => `/topic//chat-rooms/${room}`],
  ])('%s', async (_what, destination) => {
    await using stranger = await joseph.connect();

    await expect(stranger.subscribe(destination())).rejects.toMatchObject({ code: 'ACCESS_DENIED' });

    await stranger.closed;
  });
});

describe('a SEND that no controller shall see is refused', () => {
  test.each([
    ['straight to a room', () => '/topic/chat-rooms/lobby'],
    ['straight to a topic', () => '/topic/announcements'],
    ["straight to somebody's queue", () => `/user/${ada.name}/queue/direct`],
    ['to an unknown destination', () => '/app/nothing'],
    ['to a room with a doubled slash', () => `/app//chat-rooms/${room}/messages`],
  ])('%s', async (_what, destination) => {
    await using stranger = await joseph.connect();

    await expect(stranger.send(destination(), outgoing('psst'))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });
});

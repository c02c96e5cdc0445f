import { ChatFixture, outgoing, roomOf } from './kit/chat-fixture.js';

let chat: ChatFixture;

beforeAll(async () => {
  chat = await ChatFixture.start();
}, 60_000);
afterAll(() => chat.stop());

describe('making rooms over HTTP', () => {
  test('a room has its creator and the named people as members', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];

    const { status, body } = await ada.api('POST', '/api/chat-rooms', {
      title: `Café ${ada.name}!`,
      members: [grace.name],
    });

    expect(status).toBe(201);
    expect(body).toMatchObject({ id: `cafe-${ada.name.toLowerCase()}`, members: [ada.name, grace.name] });
    expect((await grace.api('GET', '/api/chat-rooms')).body.rooms).toContainEqual(body);
  });

  test('a room that exists is refused with a sentence', async () => {
    const ada = await chat.person();
    const id = await roomOf(ada);

    const { status, body } = await ada.api('POST', '/api/chat-rooms', { id, members: [] });

    expect(status).toBe(409);
    expect(body).toEqual({ code: 'ROOM_EXISTS', message: `There is a room called ${id} already.` });
  });

  test('members who do not exist are named', async () => {
    const ada = await chat.person();

    const { status, body } = await ada.api('POST', '/api/chat-rooms', { id: 'a-room', members: ['nobody-here'] });

    expect(status).toBe(422);
    expect(body).toEqual({
      code: 'MEMBERS_UNKNOWN',
      message: 'There is nobody called nobody-here.',
      unknownMembers: ['nobody-here'],
    });
  });

  test.each([
    [{}, 'A room needs a title'],
    [{ id: 'UPPER case' }, 'A room needs a title'],
    [{ id: 'a', members: 'Ada' }, '"members" must be a list of names.'],
    [{ id: 'a', members: [1] }, '"members" must be a list of names.'],
    [{ title: 7 }, '"title" must be a text.'],
    [{ title: 'x'.repeat(61) }, 'A title has at most 60 characters.'],
    [[], 'A room needs a title'],
  ])('%j is no room', async (body, sentence) => {
    const ada = await chat.person();

    const answer = await ada.api('POST', '/api/chat-rooms', body);

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'ROOM_INVALID', message: expect.stringContaining(sentence) },
    });
  });

  test('members who are connected hear of the new room at once', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    await using session = await grace.connect();
    const inbox = await session.subscribe('/user/queue/chat-rooms');

    const id = await roomOf(ada, grace);

    expect(await inbox.next()).toMatchObject({ id, members: [ada.name, grace.name] });
  });
});

describe('messages of a room', () => {
  test('a message reaches the members under the exact destination of the room and is in the history', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    const id = await roomOf(ada, grace);
    await using sender = await ada.connect();
    await using receiver = await grace.connect();
    const inbox = await receiver.subscribe(`/topic/chat-rooms/${id}`);

    await sender.send(`/app/chat-rooms/${id}/messages`, outgoing('hello', 'message-1'));

    const received = await inbox.nextMessage();
    expect(received.headers['destination']).toBe(`/topic/chat-rooms/${id}`);
    expect(received.payload).toEqual({
      id: 'message-1',
      position: 1,
      sender: ada.name,
      text: 'hello',
      sentAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const history = await grace.api('GET', `/api/chat-rooms/${id}/messages`);
    expect(history.body).toEqual({ messages: [received.payload], hasMore: false });
  });

  test('a message is stored before anybody gets it', async () => {
    const ada = await chat.person();
    const id = await roomOf(ada);
    await using session = await ada.connect();
    const inbox = await session.subscribe(`/topic/chat-rooms/${id}`);
    session.sendWithoutReceipt(`/app/chat-rooms/${id}/messages`, outgoing('hello'));

    await inbox.next();

    expect((await ada.api('GET', `/api/chat-rooms/${id}/messages`)).body.messages).toHaveLength(1);
  });

  test('a message that is sent again is confirmed again, stored once, and delivered again as it is stored', async () => {
    const ada = await chat.person();
    const id = await roomOf(ada);
    await using session = await ada.connect();
    const inbox = await session.subscribe(`/topic/chat-rooms/${id}`);
    const message = outgoing('once');

    await session.send(`/app/chat-rooms/${id}/messages`, message);
    await session.send(`/app/chat-rooms/${id}/messages`, message);
    await session.send(`/app/chat-rooms/${id}/messages`, outgoing('next'));

    const [first, again, next] = [await inbox.next(), await inbox.next(), await inbox.next()];
    expect([again, next]).toMatchObject([first, { text: 'next', position: 2 }]);
    expect((await ada.api('GET', `/api/chat-rooms/${id}/messages`)).body.messages).toHaveLength(2);
  });

  test.each([
    [{ id: 'message-1', text: '' }, 'A message has 1 to 2000 characters.'],
    [{ id: 'message-1', text: ' \n ' }, 'A message needs more than blanks.'],
    [{ id: 'message-1', text: 'x'.repeat(2001) }, 'A message has 1 to 2000 characters.'],
    [{ id: 'short', text: 'a' }, 'id must have 8 to 64'],
    [{ text: 'a' }, 'id must have 8 to 64'],
  ])('%j is refused with the reason, and the session goes on', async (message, reason) => {
    const ada = await chat.person();
    const id = await roomOf(ada);
    await using session = await ada.connect();
    const refusals = await session.subscribe('/user/queue/refusals');
    const inbox = await session.subscribe(`/topic/chat-rooms/${id}`);

    session.sendWithoutReceipt(`/app/chat-rooms/${id}/messages`, message, { receipt: 'this-one' });

    expect(await refusals.next()).toEqual({
      receipt: 'this-one',
      code: 'PAYLOAD_INVALID',
      message: expect.stringContaining(reason),
    });
    await session.send(`/app/chat-rooms/${id}/messages`, outgoing('good'));
    expect(await inbox.next()).toMatchObject({ text: 'good', position: 1 });
  });

  test('a refusal comes before the receipt and only to the window it concerns', async () => {
    const ada = await chat.person();
    await using session = await ada.connect();
    await using otherWindow = await ada.connect();
    await session.subscribe('/user/queue/refusals');
    const otherInbox = await otherWindow.subscribe('/user/queue/refusals');

    await session.send('/app/chat-rooms/lobby/messages', {});

    const answers = session.frames.slice(-2).map(({ command }) => command);
    expect(answers).toEqual(['MESSAGE', 'RECEIPT']);
    await otherWindow.request('SUBSCRIBE', { id: 'later', destination: '/topic/announcements' });
    expect(otherInbox.size).toBe(0);
  });

  test('members see who is typing', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    const id = await roomOf(ada, grace);
    await using writer = await ada.connect();
    await using reader = await grace.connect();
    const inbox = await reader.subscribe(`/topic/chat-rooms/${id}/typing`);

    await writer.send(`/app/chat-rooms/${id}/typing`, {});

    expect(await inbox.next()).toEqual({ name: ada.name });
  });

  test('everybody is a member of the lobby', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    await using sender = await ada.connect();
    await using receiver = await grace.connect();
    const inbox = await receiver.subscribe('/topic/chat-rooms/lobby');

    await sender.send('/app/chat-rooms/lobby/messages', outgoing('hello all'));

    expect(await inbox.next()).toMatchObject({ sender: ada.name, text: 'hello all' });
  });
});

describe('the history over HTTP', () => {
  test('what was said after a position', async () => {
    const ada = await chat.person();
    const id = await roomOf(ada);
    await using session = await ada.connect();
    for (const text of ['one', 'two', 'three']) await session.send(`/app/chat-rooms/${id}/messages`, outgoing(text));

    const { body } = await ada.api('GET', `/api/chat-rooms/${id}/messages?after=1`);

    expect(body.messages).toMatchObject([{ text: 'two' }, { text: 'three' }]);
  });

  test('is for members', async () => {
    const [ada, joseph] = [await chat.person('Ada'), await chat.person('Joseph')];
    const id = await roomOf(ada);

    const refused = await joseph.api('GET', `/api/chat-rooms/${id}/messages`);
    const unknown = await joseph.api('GET', '/api/chat-rooms/no-such-room/messages');
    const anonymous = await chat.api('GET', `/api/chat-rooms/${id}/messages`);

    expect(refused).toEqual({ status: 403, body: { code: 'NOT_A_MEMBER', message: `You are not a member of ${id}.` } });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'ROOM_UNKNOWN' } });
    expect(anonymous).toMatchObject({ status: 401, body: { code: 'TOKEN_MISSING' } });
  });

  test.each(['after=x', 'before=-1', 'after=1&after=2', 'before=1.5'])('?%s is no position', async (query) => {
    const ada = await chat.person();

    const answer = await ada.api('GET', `/api/chat-rooms/lobby/messages?${query}`);

    expect(answer).toMatchObject({ status: 400, body: { code: 'POSITION_INVALID' } });
  });
});

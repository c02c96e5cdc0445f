import { ChatFixture, outgoing } from './kit/chat-fixture.js';

let chat: ChatFixture;

beforeAll(async () => {
  chat = await ChatFixture.start();
}, 60_000);
afterAll(() => chat.stop());

describe('accounts', () => {
  test('a name that is taken is refused with a sentence', async () => {
    const { name } = await chat.person();

    const { status, body } = await chat.api('POST', '/api/users', { name });

    expect(status).toBe(409);
    expect(body).toEqual({ code: 'NAME_TAKEN', message: `The name ${name} is taken. Please choose another one.` });
  });

  test('login is the name and passcode the token', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];

    await using session = await ada.connect();

    expect(session.connectedFrame?.headers['user-name']).toBe(ada.name);
    await expect(chat.connect(ada.name, grace.token)).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    await expect(chat.connect('nobody', '')).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
  });

  test('a token that the server does not know is refused', async () => {
    const answer = await chat.api('GET', '/api/users', undefined, { authorization: 'Bearer invented' });

    expect(answer).toMatchObject({ status: 401, body: { code: 'TOKEN_UNKNOWN' } });
  });
});

describe('presence', () => {
  test('a subscription begins with who is here', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    await using first = await ada.connect();
    await using second = await grace.connect();

    const { type, users } = await (await second.subscribe('/topic/presence')).next();

    expect(type).toBe('present');
    expect(users).toEqual(expect.arrayContaining([ada.name, grace.name]));
    await first.disconnect();
    expect((await (await second.subscribe('/topic/presence')).next()).users).not.toContain(ada.name);
  });

  test('a person comes with the first window and goes with the last', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    await using watcher = await ada.connect();
    const presence = await watcher.subscribe('/topic/presence');
    await presence.next();

    const window = await grace.connect();
    const otherWindow = await grace.connect();
    expect(await presence.next()).toMatchObject({ type: 'joined', user: grace.name });
    window.drop();
    await window.closed;
    await presence.expectNothing();
    await otherWindow.disconnect();

    expect(await presence.next()).toMatchObject({ type: 'left', user: grace.name });
  });
});

describe('direct messages', () => {
  test('reach all windows of the two and nobody else', async () => {
    const [ada, grace, joseph] = [await chat.person('Ada'), await chat.person('Grace'), await chat.person('Joseph')];
    await using sender = await ada.connect();
    await using sendersOther = await ada.connect();
    await using addressee = await grace.connect();
    await using stranger = await joseph.connect();
    const sessions = [sender, sendersOther, addressee, stranger];
    const [own, ownOther, theirs, strangers] = await Promise.all(
      sessions.map((session) => session.subscribe('/user/queue/direct')),
    );

    await sender.send(`/app/direct/${grace.name}/messages`, outgoing('just for you', 'message-1'));

    const message = { id: 'message-1', position: 1, sender: ada.name, addressee: grace.name, text: 'just for you' };
    expect(await own?.next()).toMatchObject(message);
    expect(await ownOther?.next()).toMatchObject(message);
    expect(await theirs?.next()).toMatchObject(message);
    await sender.send(`/app/direct/${joseph.name}/messages`, outgoing('and for you'));
    expect(await strangers?.next()).toMatchObject({ text: 'and for you' });
  });

  test('are in the history of both and of nobody else', async () => {
    const [ada, grace, joseph] = [await chat.person('Ada'), await chat.person('Grace'), await chat.person('Joseph')];
    await using sender = await ada.connect();

    await sender.send(`/app/direct/${grace.name}/messages`, outgoing('kept'));

    const conversations = (await grace.api('GET', '/api/direct-messages')).body.conversations;
    expect(conversations).toEqual([{ name: ada.name, lastPosition: 1 }]);
    const { messages } = (await grace.api('GET', `/api/direct-messages/${ada.name}/messages`)).body;
    expect(messages).toMatchObject([{ sender: ada.name, text: 'kept' }]);
    expect((await joseph.api('GET', `/api/direct-messages/${ada.name}/messages`)).body.messages).toEqual([]);
  });

  test('to a name that does not exist are refused with a sentence', async () => {
    const ada = await chat.person();
    await using session = await ada.connect();
    const refusals = await session.subscribe('/user/queue/refusals');

    session.sendWithoutReceipt('/app/direct/nobody-here/messages', outgoing('hello?'), { receipt: 'r1' });

    expect(await refusals.next()).toEqual({
      receipt: 'r1',
      code: 'USER_UNKNOWN',
      message: 'There is nobody called nobody-here.',
    });
  });

  test('to oneself come once', async () => {
    const ada = await chat.person();
    await using session = await ada.connect();
    const inbox = await session.subscribe('/user/queue/direct');

    await session.send(`/app/direct/${ada.name}/messages`, outgoing('note'));
    await session.send(`/app/direct/${ada.name}/messages`, outgoing('next note'));

    expect([(await inbox.next()).text, (await inbox.next()).text]).toEqual(['note', 'next note']);
  });

  test('that are sent again are confirmed again, stored once, and delivered again as they are stored', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    await using sender = await ada.connect();
    await using addressee = await grace.connect();
    const inbox = await addressee.subscribe('/user/queue/direct');
    const message = outgoing('once');

    await sender.send(`/app/direct/${grace.name}/messages`, message);
    await sender.send(`/app/direct/${grace.name}/messages`, message);
    await sender.send(`/app/direct/${grace.name}/messages`, outgoing('next'));

    const [first, again, next] = [await inbox.next(), await inbox.next(), await inbox.next()];
    expect([again, next]).toMatchObject([first, { text: 'next', position: 2 }]);
    await inbox.expectNothing();
    expect((await grace.api('GET', `/api/direct-messages/${ada.name}/messages`)).body.messages).toHaveLength(2);
  });

  test('show the addressee who is typing', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    await using writer = await ada.connect();
    await using reader = await grace.connect();
    const inbox = await reader.subscribe('/user/queue/typing');

    await writer.send(`/app/direct/${grace.name}/typing`, {});

    expect(await inbox.next()).toEqual({ name: ada.name });
  });
});

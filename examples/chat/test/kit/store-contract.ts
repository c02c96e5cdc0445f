import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { AnnouncementStore } from '../../src/announcements/announcement-store.js';
import { ChatRoomDirectory } from '../../src/chat-rooms/chat-room-directory.js';
import type { Database } from '../../src/database/database.js';
import { createSchema } from '../../src/database/schema.js';
import { conversationOfPair, conversationOfRoom, MessageStore } from '../../src/messages/message-store.js';
import { UserDirectory } from '../../src/users/user-directory.js';

/** What the stores promise on every database. @param getDatabase open while the tests run */
export function describeStores(getDatabase: () => Database): void {
  let database: Database;
  let users: UserDirectory;
  let messages: MessageStore;
  let rooms: ChatRoomDirectory;

  beforeAll(() => {
    database = getDatabase();
    users = new UserDirectory(database);
    messages = new MessageStore(database);
    rooms = new ChatRoomDirectory(database, users);
  });

  /** Names and rooms of a test are its own, so that tests share a database and nothing else. */
  const own = (word: string): string => `${word}-${randomUUID().slice(0, 8)}`;
  const newUser = async (word: string): Promise<string> => (await users.create(own(word))).name;
  const newRoom = async (...members: string[]): Promise<string> => {
    const id = own('room');
    await rooms.create({ id, title: 'A room', members });
    return id;
  };

  test('the schema may be created again at every start', async () => {
    await expect(createSchema(database)).resolves.toBeUndefined();
  });

  describe('AnnouncementStore', () => {
    test('tells what was announced behind a position, oldest first', async () => {
      const announcements = new AnnouncementStore(database);
      const sender = await newUser('Ada');
      const known = await announcements.append('known', sender);
      const missed = [await announcements.append('one', sender), await announcements.append('two', sender)];

      const since = await announcements.since(known.position);

      expect(since).toEqual({ announcements: missed, lastPosition: missed[1]?.position });
      expect(await announcements.since(since.lastPosition)).toEqual({ ...since, announcements: [] });
    });

    test('tells whoever knows no position where to begin, and nothing else', async () => {
      const announcements = new AnnouncementStore(database);
      const { position } = await announcements.append('long ago', await newUser('Ada'));

      expect(await announcements.since(undefined)).toEqual({ announcements: [], lastPosition: position });
    });
  });

  describe('UserDirectory', () => {
    test('a token opens the account it was made for and no other', async () => {
      const ada = await users.create(own('Ada'));
      const grace = await users.create(own('Grace'));

      expect(await users.isTokenOf(ada.name, ada.token)).toBe(true);
      expect(await users.isTokenOf(ada.name, grace.token)).toBe(false);
      expect(await users.isTokenOf(own('nobody'), ada.token)).toBe(false);
      expect(await users.isTokenOf(ada.name, '')).toBe(false);
      expect(await users.findNameByToken(ada.token)).toBe(ada.name);
    });

    test('a token is not stored as it is', async () => {
      const { name, token } = await users.create(own('Ada'));

      const [row] = await database.query('select * from users where name = $1', [name]);

      expect(JSON.stringify(row)).not.toContain(token);
    });

    test('a name that is taken is refused, also in other letters', async () => {
      const name = await newUser('Ada');

      await expect(users.create(name)).rejects.toMatchObject({ code: 'NAME_TAKEN' });
      await expect(users.create(name.toUpperCase())).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    });

    test.each(['', ' ', 'a/b', 'a:b', 'two words', '.hidden', 'x'.repeat(25), 42, undefined])(
      '%p is no name',
      async (name) => {
        await expect(users.create(name)).rejects.toMatchObject({ code: 'NAME_INVALID' });
      },
    );

    test('letters of all languages make a name', async () => {
      const name = own('Zoë李');

      await expect(users.create(` ${name} `)).resolves.toMatchObject({ name: name.normalize('NFC') });
    });
  });

  describe('MessageStore', () => {
    test('positions count the messages of each conversation', async () => {
      const sender = await newUser('Ada');
      const [one, other] = [conversationOfRoom(own('room')), conversationOfRoom(own('room'))];

      const first = await messages.append(one, { id: 'message-1', sender, text: 'a' });
      const second = await messages.append(one, { id: 'message-2', sender, text: 'b' });
      const elsewhere = await messages.append(other, { id: 'message-3', sender, text: 'c' });

      expect([first, second, elsewhere].map(({ position }) => position)).toEqual([1, 2, 1]);
    });

    test('a message that comes again is stored once and answered as the first time', async () => {
      const sender = await newUser('Ada');
      const room = conversationOfRoom(own('room'));
      const first = await messages.append(room, { id: 'message-1', sender, text: 'first' });
      await messages.append(room, { id: 'message-2', sender, text: 'between' });

      const again = await messages.append(room, { id: 'message-1', sender, text: 'first' });

      expect(again).toEqual(first);
      expect((await messages.read(room, {})).messages.map(({ position }) => position)).toEqual([1, 2]);
    });

    test('two people may choose the same id', async () => {
      const room = conversationOfRoom(own('room'));

      await messages.append(room, { id: 'same-id-1', sender: await newUser('Ada'), text: 'a' });
      await messages.append(room, { id: 'same-id-1', sender: await newUser('Grace'), text: 'b' });

      expect((await messages.read(room, {})).messages.map(({ text }) => text)).toEqual(['a', 'b']);
    });

    test('messages stored at the same moment get different positions without a gap', async () => {
      const sender = await newUser('Ada');
      const room = conversationOfRoom(own('room'));
      const ids = Array.from({ length: 40 }, (_, index) => `message-${index}`);

      await Promise.all(ids.map((id) => messages.append(room, { id, sender, text: id })));

      const { messages: stored } = await messages.read(room, {});
      expect(stored.map(({ position }) => position)).toEqual(ids.map((_, index) => index + 1));
    });

    test('one message sent many times at the same moment is stored once', async () => {
      const sender = await newUser('Ada');
      const room = conversationOfRoom(own('room'));

      const answers = await Promise.all(
        Array.from({ length: 10 }, () => messages.append(room, { id: 'message-1', sender, text: 'once' })),
      );

      const { messages: stored } = await messages.read(room, {});
      expect(stored).toHaveLength(1);
      expect(answers).toEqual(answers.map(() => stored[0]));
    });

    test('a conversation is read from its end, after a position and before a position', async () => {
      const sender = await newUser('Ada');
      const room = conversationOfRoom(own('room'));
      for (let index = 1; index <= 130; index += 1) {
        await messages.append(room, { id: `message-${index}`, sender, text: `${index}` });
      }
      const textsOf = async (range: { after?: number; before?: number }) => {
        const { messages: read, hasMore } = await messages.read(room, range);
        return { first: read.at(0)?.text, last: read.at(-1)?.text, hasMore };
      };

      expect(await textsOf({})).toEqual({ first: '31', last: '130', hasMore: true });
      expect(await textsOf({ before: 31 })).toEqual({ first: '1', last: '30', hasMore: false });
      expect(await textsOf({ after: 10 })).toEqual({ first: '11', last: '110', hasMore: true });
      expect(await textsOf({ after: 128 })).toEqual({ first: '129', last: '130', hasMore: false });
      expect(await textsOf({ after: 130 })).toEqual({ first: undefined, last: undefined, hasMore: false });
    });

    test('two people have one conversation, listed for both, the newest first', async () => {
      const [ada, grace, joseph] = [await newUser('Ada'), await newUser('Grace'), await newUser('Joseph')];
      await messages.append(conversationOfPair(ada, grace), { id: 'message-1', sender: ada, text: 'a' });
      await messages.append(conversationOfPair(joseph, ada), { id: 'message-2', sender: joseph, text: 'b' });
      await messages.append(conversationOfPair(grace, ada), { id: 'message-3', sender: grace, text: 'c' });

      expect(await messages.partnersOf(ada)).toEqual([
        { name: grace, lastPosition: 2 },
        { name: joseph, lastPosition: 1 },
      ]);
      expect(await messages.partnersOf(grace)).toEqual([{ name: ada, lastPosition: 2 }]);
    });

    test('text comes back as it was, whatever is in it', async () => {
      const sender = await newUser('Ada');
      const room = conversationOfRoom(own('room'));
      const text = `'; drop table messages; -- "<b>" \\ ünï 👋🏽\n\ttab`;

      await messages.append(room, { id: 'message-1', sender, text });

      expect((await messages.read(room, {})).messages[0]?.text).toBe(text);
    });
  });

  describe('ChatRoomDirectory', () => {
    test('members and nobody else see a room; everybody sees the lobby', async () => {
      const [ada, grace, joseph] = [await newUser('Ada'), await newUser('Grace'), await newUser('Joseph')];
      const id = await newRoom(ada, grace);

      expect((await rooms.roomsOf(grace)).map((room) => room.id)).toEqual(['lobby', id]);
      expect((await rooms.roomsOf(joseph)).map((room) => room.id)).toEqual(['lobby']);
      expect(await rooms.isMember(id, ada)).toBe(true);
      expect(await rooms.isMember(id, joseph)).toBe(false);
      expect(await rooms.isMember('lobby', joseph)).toBe(true);
    });

    test('a room that exists is not made again and keeps its members', async () => {
      const [ada, grace] = [await newUser('Ada'), await newUser('Grace')];
      const id = await newRoom(ada);

      await expect(rooms.create({ id, title: 'Other', members: [grace] })).rejects.toMatchObject({
        code: 'ROOM_EXISTS',
      });

      expect(await rooms.isMember(id, grace)).toBe(false);
    });

    test('members who do not exist are named, and the room is not made', async () => {
      const ada = await newUser('Ada');
      const id = own('room');

      const creation = rooms.create({ id, title: 'Room', members: [ada, 'nobody-1', 'nobody-2'] });

      await expect(creation).rejects.toMatchObject({
        code: 'MEMBERS_UNKNOWN',
        message: 'There is nobody called nobody-1 or nobody-2.',
        details: { unknownMembers: ['nobody-1', 'nobody-2'] },
      });
      expect(await rooms.isMember(id, ada)).toBe(false);
    });

    test('the list of rooms tells the position of the newest message', async () => {
      const ada = await newUser('Ada');
      const id = await newRoom(ada);
      await messages.append(conversationOfRoom(id), { id: 'message-1', sender: ada, text: 'a' });

      const room = (await rooms.roomsOf(ada)).find((each) => each.id === id);

      expect(room).toEqual({ id, title: 'A room', isPublic: false, members: [ada], lastPosition: 1 });
    });
  });
}

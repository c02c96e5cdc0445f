import { connect, type Inbox, type TestClient } from '../src/index.js';
import { createChat } from './test-application.js';

const application = createChat();
let client: TestClient;
let inbox: Inbox;
beforeEach(async () => {
  client = await connect(application);
  inbox = await client.subscribe('/topic/chat');
});
afterEach(() => client[Symbol.asyncDispose]());
afterAll(() => application.stop());

const publish = async (...texts: string[]): Promise<void> => {
  for (const text of texts) await application.template.convertAndSend('/topic/chat', text);
};

describe('next', () => {
  it('gives one message after the other, whether asked before or after they came', async () => {
    const first = inbox.next();
    const second = inbox.next();
    await publish('one', 'two', 'three');

    expect([await first, await second, await inbox.next()]).toEqual(['one', 'two', 'three']);
    expect(inbox.size).toBe(0);
    expect(inbox.messages.map(({ body }) => body)).toEqual(['one', 'two', 'three']);
  });

  it('says after its time where nothing came, and what had come before', async () => {
    await publish('one', 'two');
    await inbox.next();
    await inbox.next();

    await expect(inbox.next({ withinMs: 20 })).rejects.toThrow(
      'No message came to /topic/chat: within 20 ms. Received on this subscription so far:\n  one\n  two',
    );
  });

  it('that gave up takes no message from the one that asks later', async () => {
    await expect(inbox.next({ withinMs: 1 })).rejects.toThrow('so far: nothing');

    await publish('late');

    expect(await inbox.next()).toBe('late');
  });

  it('ends at once when the connection closes, and ever after', async () => {
    const next = inbox.next({ withinMs: 60_000 });
    client.sendOctets('NONSENSE\n\n\0');

    await expect(next).rejects.toThrow('the connection was closed with 1002 STOMP_UNKNOWN_COMMAND');
    await expect(inbox.next()).rejects.toThrow('the connection was closed');
  });

  it('still gives what came before the connection closed', async () => {
    await publish('last words');
    await inbox.expectNothing().catch(() => undefined);
    client.drop();
    await client.closed;

    expect(await inbox.next()).toBe('last words');
  });

  it('gives JSON parsed, text as text, other octets as they are', async () => {
    const types = [
      'application/json',
      'application/problem+json; charset=utf-8',
      'text/plain',
      'application/octet-stream',
    ];
    for (const contentType of types) await client.send('/topic/chat', '{"a":1}', { 'content-type': contentType });
    await client.send('/topic/chat', 'no json', { 'content-type': 'application/json' });

    const payloads = [
      await inbox.next(),
      await inbox.next(),
      await inbox.next(),
      await inbox.next(),
      await inbox.next(),
    ];

    expect(payloads).toEqual([{ a: 1 }, { a: 1 }, '{"a":1}', Buffer.from('{"a":1}'), 'no json']);
  });

  it('has headers beside it: nextMessage', async () => {
    await client.send('/topic/chat', 'hi', { constructor: 'x', price: '7' });

    const message = await inbox.nextMessage();

    expect(message.headers).toMatchObject({ constructor: 'x', price: '7', subscription: inbox.subscriptionId });
  });
});

describe('expectNothing', () => {
  it('passes when everything was taken', async () => {
    await publish('one');
    await inbox.next();

    await inbox.expectNothing();
  });

  it('fails and names what came, though it has only just been published', async () => {
    await publish('one', 'two');

    await expect(inbox.expectNothing()).rejects.toThrow('2 unexpected message(s) came to /topic/chat:\n  one\n  two');
  });
});

describe('unsubscribe', () => {
  it('ends the subscription before it resolves', async () => {
    await inbox.unsubscribe();

    await publish('too late');

    await inbox.expectNothing();
    expect(application.users.findSubscriptions(() => true)).toEqual([]);
  });
});

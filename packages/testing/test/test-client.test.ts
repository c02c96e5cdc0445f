import type { Application } from 'treadle';
import { connect, FakeClock, type Inbox, StompServerError, type TestClient } from '../src/index.js';
import { createChat } from './test-application.js';

let application: Application;
beforeEach(() => {
  application = createChat();
});
afterEach(() => application.stop());

describe('connect', () => {
  it('starts the application and resolves with a connected client', async () => {
    const client = await connect(application);

    expect(client.connectedFrame?.headers).toMatchObject({ version: '1.2', 'heart-beat': '0,0' });
    expect(application.users.getSession(client.sessionId ?? '')).toBeDefined();
    expect(client.userName).toBeUndefined();
  });

  it('connects as many users as a test needs', async () => {
    const alice = await connect(application, { login: 'alice', passcode: 'alice' });
    const bob = await connect(application, { login: 'bob', passcode: 'bob' });

    expect([alice.userName, bob.userName]).toEqual(['alice', 'bob']);
    expect(application.users.userCount).toBe(2);
  });

  it('rejects with what the ERROR says when it is refused', async () => {
    const refused = connect(application, { login: 'alice', passcode: 'guess' });

    await expect(refused).rejects.toBeInstanceOf(StompServerError);
    await expect(refused).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
      message: 'AUTHENTICATION_FAILED: The login was refused. The frame was CONNECT.',
      frame: { command: 'ERROR' },
    });
  });

  it.each([
    ['1.0,1.1', '1.1'],
    ['1.0', '1.0'],
    [undefined, '1.0'],
  ])('offers the versions asked for: %s gives %s', async (acceptVersion, version) => {
    const client = await connect(application, { acceptVersion });
    const inbox = await client.subscribe('/topic/chat');

    await client.send('/app/chat', { a: 'b:c' }, { note: 'x' });

    expect(client.connectedFrame?.headers['version']).toBe(version);
    expect(await inbox.next()).toEqual({ a: 'b:c' });
  });

  it('refuses a header that is no text, by its name, and leaves no promise behind', async () => {
    const headers = { 'prefetch-count': 1 } as unknown as Record<string, string>; // as JavaScript gives them
    const client = await connect(application);
    const message = "the header 'prefetch-count' is 1; headers are text: '1'";

    await expect(client.subscribe('/topic/chat', headers)).rejects.toThrow(new TypeError(`SUBSCRIBE: ${message}`));
    await expect(client.send('/app/chat', {}, headers)).rejects.toThrow(new TypeError(`SEND: ${message}`));
    await expect(connect(application, { headers })).rejects.toThrow(new TypeError(`CONNECT: ${message}`));
    await client.disconnect(); // what waits then is rejected: nothing does
  });

  it('gives the application the HTTP request it is told to', async () => {
    const seen: unknown[] = [];
    await using cookies = createChat({
      authenticate: ({ session, headers }) => {
        seen.push(session.handshake.headers['cookie'], session.handshake.url, headers.get('x-token'));
        return undefined;
      },
    });

    await connect(cookies, {
      handshake: { url: '/ws?room=1', headers: { cookie: 'id=7' } },
      headers: { 'x-token': 't' },
    });

    expect(seen).toEqual(['id=7', '/ws?room=1', 't']);
  });
});

describe('send', () => {
  it('resolves when the message was handled and its answer published', async () => {
    const client = await connect(application);
    const inbox = await client.subscribe('/topic/chat');

    await client.send('/app/chat', { text: 'hi' });

    expect(inbox.messages.map(({ payload }) => payload)).toEqual([{ text: 'hi' }]);
  });

  it.each([
    ['objects as JSON', { a: 1 }, 'application/json', '{"a":1}'],
    ['text as text', 'hi', 'text/plain', 'hi'],
    ['octets as they are', Buffer.from([1, 2]), 'application/octet-stream', '\u0001\u0002'],
    ['null as JSON', null, 'application/json', 'null'],
  ])('writes %s', async (_, payload, contentType, body) => {
    const client = await connect(application);
    const inbox = await client.subscribe('/topic/x');

    await client.send('/topic/x', payload);

    const message = await inbox.nextMessage();
    expect(message.headers['content-type']).toBe(contentType);
    expect(message.body).toBe(body);
  });

  it('of nothing has no body and no content-type', async () => {
    const client = await connect(application);
    const inbox = await client.subscribe('/topic/x');

    await client.send('/topic/x');

    const message = await inbox.nextMessage();
    expect(message.octets).toHaveLength(0);
    expect(message.headers).not.toHaveProperty('content-type');
  });

  it('rejects with the ERROR when the handler fails', async () => {
    const client = await connect(application);

    await expect(client.send('/app/fail')).rejects.toMatchObject({
      code: 'HANDLER_FAILED',
      message: expect.stringMatching(/^HANDLER_FAILED: .*\. The frame was SEND \/app\/fail\.$/),
    });
    expect(await client.closed).toMatchObject({ code: 1002 });
  });

  it('without receipt leaves the session open when the handler fails', async () => {
    const client = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');

    client.sendWithoutReceipt('/app/fail');

    expect(await errors.next()).toMatchObject({ code: 'HANDLER_FAILED', destination: '/app/fail' });
    expect(client.errorFrame).toBeUndefined();
  });

  it('rejects once the connection has closed', async () => {
    const client = await connect(application);
    await client.disconnect();

    await expect(client.send('/app/chat', {})).rejects.toThrow('the connection is closed');
  });
});

describe('a client', () => {
  it('gets what is for its user alone', async () => {
    const alice = await connect(application, { login: 'alice', passcode: 'alice' });
    const bob = await connect(application, { login: 'bob', passcode: 'bob' });
    const inboxes = [
      await alice.subscribe('/user/queue/whispers'),
      await bob.subscribe('/user/queue/whispers'),
    ] as const;

    await alice.send('/app/whisper', 'psst');

    expect(await inboxes[0].next()).toBe('alice whispers psst');
    await inboxes[1].expectNothing();
  });

  it('shows every frame it received, in order', async () => {
    const client = await connect(application);
    await client.subscribe('/topic/chat');

    await client.send('/app/chat', {});

    expect(client.frames.map(({ command }) => command)).toEqual(['CONNECTED', 'RECEIPT', 'MESSAGE', 'RECEIPT']);
  });

  it('can send any frame, and any octets', async () => {
    const client = await connect(application);

    const receipt = await client.request('SUBSCRIBE', { id: 'mine', destination: '/topic/x' });
    client.sendOctets('NONSENSE\n\n\0');
    const error = await client.nextError();

    expect(receipt.command).toBe('RECEIPT');
    expect(error.headers['code']).toBe('STOMP_UNKNOWN_COMMAND');
  });

  it('says so when an ERROR is awaited and none comes', async () => {
    const client = await connect(application);
    client.drop();

    await expect(client.nextError()).rejects.toThrow('No ERROR came: the connection was closed with 1006');
  });

  it('says so when an ERROR is awaited and the session goes on, and which frames came', async () => {
    const client = await connect(application);
    const inbox = await client.subscribe('/topic/chat');
    await client.send('/app/chat', { text: 'hi' });

    const awaited = client.nextError({ withinMs: 20 });

    await expect(awaited).rejects.toThrow(
      'No ERROR came: the connection was still open after 20 ms. Received on this connection so far:\n' +
        '  CONNECTED\n  RECEIPT receipt-2\n  MESSAGE /topic/chat {"text":"hi"}\n  RECEIPT receipt-3',
    );
    expect(inbox.size).toBe(1);
  });

  it('disconnects politely, once', async () => {
    const client = await connect(application);

    await client.disconnect();
    await client.disconnect();

    expect(await client.closed).toEqual({ code: 1000, reason: 'DISCONNECT' });
    expect(application.sessionCount).toBe(0);
  });

  it('goes with its block', async () => {
    {
      await using client = await connect(application);
      expect(client.sessionId).toBeDefined();
    }

    expect(application.sessionCount).toBe(0);
  });

  it('can stop reading, and is then given up by the server', async () => {
    const clock = new FakeClock();
    await using slow = createChat({ clock, heartBeat: { sends: 0, expects: 0 } });
    const client = await connect(slow);
    await client.subscribe('/topic/chat');

    client.stopReading();
    await slow.template.convertAndSend('/topic/chat', 'unread');
    await clock.advance(slow.limits.sendTimeMs);

    expect(await client.closed).toMatchObject({ code: 1006 });
    expect(slow.sessionCount).toBe(0);
  });

  it('has lost nothing when it reads again in time', async () => {
    const client = await connect(application);
    const inbox = await client.subscribe('/topic/chat');

    client.stopReading();
    await application.template.convertAndSend('/topic/chat', 'late');
    await inbox.expectNothing();
    client.readAgain();

    expect(await inbox.next()).toBe('late');
  });

  it('sees whether the server holds it back', async () => {
    const clock = new FakeClock();
    let release: () => void = () => undefined;
    const preSend = async <T>(message: T): Promise<T> => {
      await new Promise<void>((resolve) => (release = resolve));
      return message;
    };
    await using held = createChat({ clock, limits: { inboundQueueFrames: 1 } });
    const client = await connect(held);
    held.clientInboundChannel.addInterceptor({ preSend });

    client.sendWithoutReceipt('/app/chat', 1);
    client.sendWithoutReceipt('/app/chat', 2);

    expect(client.isHeldBack).toBe(true);
    client.drop();
    held.clientInboundChannel.removeInterceptor(held.clientInboundChannel.interceptors.at(-1) ?? {});
    release();
  });
});

describe('the fake clock', () => {
  it('drives heart-beats both ways', async () => {
    const clock = new FakeClock();
    await using beating = createChat({ clock, heartBeat: { sends: 1000, expects: 1000 } });
    const client = await connect(beating, { heartBeat: '1000,1000' });

    await clock.advance(1900);
    client.sendHeartBeat();
    await clock.advance(1900);
    const before = { beats: client.heartBeats > 2, error: client.errorFrame };
    await clock.advance(3000);

    expect(before).toEqual({ beats: true, error: undefined });
    expect(client.errorFrame?.headers['code']).toBe('HEART_BEAT_LOST');
  });
});

describe('types', () => {
  it('of payloads are the caller’s to name', async () => {
    const client: TestClient = await connect(application);
    const inbox: Inbox = await client.subscribe('/topic/chat');
    await client.send('/app/chat', { text: 'hi' });

    const message = await inbox.next<{ readonly text: string }>();
    const text: string = message.text;

    expect(text).toBe('hi');
  });
});

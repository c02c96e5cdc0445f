import { type RunningLab, startLab } from './running-lab.js';
import { bodyOf, headersOf, WebSocketClient } from './web-socket-client.js';

let lab: RunningLab;
beforeAll(async () => (lab = await startLab()));
afterAll(() => lab[Symbol.asyncDispose]());

describe('/app/echo.{id}', () => {
  it('answers the payload with its content type to /topic/echo.{id}', async () => {
    await using client = await WebSocketClient.connect(lab.address.url);
    await client.subscribe('e', '/topic/echo.7');

    const answer = await client.ask('SEND\ndestination:/app/echo.7\ncontent-type:application/json\n\n{ "a" : 1 }\0');

    expect(answer.startsWith('MESSAGE\n')).toBe(true);
    expect(bodyOf(answer)).toBe('{ "a" : 1 }');
    expect(headersOf(answer)).toMatchObject({
      subscription: 'e',
      destination: '/topic/echo.7',
      'content-type': 'application/json',
      'content-length': '11',
    });
  });

  it.each([
    ['text', 'text/plain', Buffer.from('grüß dich')],
    ['octets that are not UTF-8', 'application/octet-stream', Buffer.from([0xff, 0, 0xfe, 10])],
    ['nothing', 'text/plain', Buffer.alloc(0)],
  ])('answers %s unchanged', async (_, contentType, body) => {
    await using client = await WebSocketClient.connect(lab.address.url);
    await client.subscribe('e', '/topic/echo.8');
    const answered = new Promise<Buffer>((resolve) => client.webSocket.once('message', resolve));

    const head = `SEND\ndestination:/app/echo.8\ncontent-type:${contentType}\ncontent-length:${body.length}\n\n`;
    client.send(Buffer.concat([Buffer.from(head), body, Buffer.from([0])]));

    const answer = await answered;
    expect(answer.subarray(answer.indexOf('\n\n') + 2, -1)).toEqual(body);
    expect(headersOf(answer.toString('latin1'))['content-type']).toBe(contentType);
  });

  it('answers a payload without content type as octets', async () => {
    await using client = await WebSocketClient.connect(lab.address.url);
    await client.subscribe('e', '/topic/echo.9');

    const answer = await client.ask('SEND\ndestination:/app/echo.9\n\nhello\0');

    expect(bodyOf(answer)).toBe('hello');
    expect(headersOf(answer)['content-type']).toBe('application/octet-stream');
  });

  it('answers to all who listen, and to those who listen to a pattern', async () => {
    await using sender = await WebSocketClient.connect(lab.address.url);
    await using exact = await WebSocketClient.connect(lab.address.url);
    await using pattern = await WebSocketClient.connect(lab.address.url);
    await exact.subscribe('e', '/topic/echo.all');
    await pattern.subscribe('p', '/topic/*');

    sender.send('SEND\ndestination:/app/echo.all\n\nto all\0');

    expect([bodyOf(await exact.next()), bodyOf(await pattern.next())]).toEqual(['to all', 'to all']);
  });

  it('answers a body of 16 MiB, both ways', async () => {
    await using client = await WebSocketClient.connect(lab.address.url);
    await client.subscribe('e', '/topic/echo.big');
    const body = 'x'.repeat(16 * 1024 * 1024);

    const answer = await client.ask(`SEND\ndestination:/app/echo.big\ncontent-type:text/plain\n\n${body}\0`);

    expect(bodyOf(answer) === body).toBe(true); // a failed toBe would print 16 MiB
  });
});

describe('/app/echo', () => {
  it('answers an anonymous session and nobody else', async () => {
    await using sender = await WebSocketClient.connect(lab.address.url);
    await using other = await WebSocketClient.connect(lab.address.url);
    await sender.subscribe('q', '/user/queue/echo');
    await other.subscribe('q', '/user/queue/echo');

    const answer = await sender.ask('SEND\ndestination:/app/echo\ncontent-type:text/plain\n\nme\0');
    const toOther = await other.ask('SEND\ndestination:/app/echo\n\nother\0');

    expect([bodyOf(answer), bodyOf(toOther)]).toEqual(['me', 'other']);
    expect(headersOf(answer)).toMatchObject({ destination: '/user/queue/echo', 'content-type': 'text/plain' });
  });

  it('answers every session of the user who asks, and no other user', async () => {
    await using desk = await WebSocketClient.connect(lab.address.url, 'login:alice', 'passcode:alice');
    await using phone = await WebSocketClient.connect(lab.address.url, 'login:alice', 'passcode:alice');
    await using bob = await WebSocketClient.connect(lab.address.url, 'login:bob', 'passcode:bob');
    await desk.subscribe('q', '/user/queue/echo');
    await phone.subscribe('q', '/user/queue/echo');
    await bob.subscribe('q', '/user/queue/echo');

    const atDesk = await desk.ask('SEND\ndestination:/app/echo\n\nof alice\0');
    const atPhone = await phone.next();
    const atBob = await bob.ask('SEND\ndestination:/app/echo\n\nof bob\0');

    expect([bodyOf(atDesk), bodyOf(atPhone), bodyOf(atBob)]).toEqual(['of alice', 'of alice', 'of bob']);
  });
});

describe('/app/fail', () => {
  it('tells the session at its error destination, and nothing internal', async () => {
    await using client = await WebSocketClient.connect(lab.address.url);
    await client.subscribe('errors', '/user/queue/errors');

    const answer = await client.ask('SEND\ndestination:/app/fail\n\n\0');

    expect(JSON.parse(bodyOf(answer))).toMatchObject({ code: 'HANDLER_FAILED', destination: '/app/fail' });
    expect(answer).not.toContain('on purpose');
  });

  it('answers a receipt with ERROR', async () => {
    await using client = await WebSocketClient.connect(lab.address.url);

    const answer = await client.ask('SEND\ndestination:/app/fail\nreceipt:r1\n\n\0');

    expect(answer.startsWith('ERROR\n')).toBe(true);
    expect(headersOf(answer)['receipt-id']).toBe('r1');
    expect(answer).not.toContain('on purpose');
  });
});

describe('/app/slow/{milliseconds}', () => {
  it('answers after that time, and the receipt comes after the answer', async () => {
    await using client = await WebSocketClient.connect(lab.address.url);
    await client.subscribe('s', '/topic/slow/30');
    const askedAt = performance.now();

    const answer = await client.ask('SEND\ndestination:/app/slow/30\nreceipt:done\n\nat last\0');

    // A timer may fire up to a millisecond early by this clock.
    expect(performance.now() - askedAt).toBeGreaterThanOrEqual(29);
    expect(bodyOf(answer)).toBe('at last');
    expect(headersOf(await client.next())['receipt-id']).toBe('done');
  });
});

describe('/app/dto', () => {
  it('answers a valid person', async () => {
    await using client = await WebSocketClient.connect(lab.address.url);
    await client.subscribe('d', '/topic/dto');

    const answer = await client.ask(personFrame({ name: 'Zoë', age: 150 }));

    expect(JSON.parse(bodyOf(answer))).toEqual({ name: 'Zoë', age: 150 });
  });

  it.each([
    ['an empty name', { name: '', age: 1 }, 'name'],
    ['a name of 21 letters', { name: 'a'.repeat(21), age: 1 }, 'name'],
    ['a name with a digit', { name: 'al1ce', age: 1 }, 'name'],
    ['no name', { age: 1 }, 'name'],
    ['a negative age', { name: 'alice', age: -1 }, 'age'],
    ['an age above 150', { name: 'alice', age: 151 }, 'age'],
    ['an age that is no integer', { name: 'alice', age: 1.5 }, 'age'],
    ['an age in quotes', { name: 'alice', age: '7' }, 'age'],
  ])('refuses %s and says what is wrong', async (_, person, property) => {
    await using client = await WebSocketClient.connect(lab.address.url);
    await client.subscribe('errors', '/user/queue/errors');

    const answer = await client.ask(personFrame(person));

    expect(JSON.parse(bodyOf(answer))).toMatchObject({
      code: 'PAYLOAD_INVALID',
      issues: expect.arrayContaining([expect.objectContaining({ path: [property] })]),
    });
  });

  function personFrame(person: object): string {
    return `SEND\ndestination:/app/dto\ncontent-type:application/json\n\n${JSON.stringify(person)}\0`;
  }
});

describe('/app/now', () => {
  it('answers the subscription with the time', async () => {
    await using client = await WebSocketClient.connect(lab.address.url);
    const before = Date.now();

    const answer = await client.ask('SUBSCRIBE\nid:n\ndestination:/app/now\n\n\0');

    const time = new Date(bodyOf(answer)).getTime();
    expect(headersOf(answer)).toMatchObject({ subscription: 'n', destination: '/app/now' });
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });
});

describe('a destination that nobody handles', () => {
  it('is an error, never silence', async () => {
    await using client = await WebSocketClient.connect(lab.address.url);

    const answer = await client.ask('SEND\ndestination:/app/nowhere\nreceipt:r\n\n\0');

    expect(answer.startsWith('ERROR\n')).toBe(true);
  });
});

describe.each(['/topic/news', '/queue/work'])('%s', (destination) => {
  it('carries messages from client to client', async () => {
    await using reader = await WebSocketClient.connect(lab.address.url);
    await using writer = await WebSocketClient.connect(lab.address.url);
    await reader.subscribe('r', destination);

    writer.send(`SEND\ndestination:${destination}\n\nfresh\0`);

    expect(bodyOf(await reader.next())).toBe('fresh');
  });
});

import { type RunningLab, startLab } from './running-lab.js';
import { headersOf, WebSocketClient } from './web-socket-client.js';

let lab: RunningLab;
beforeAll(async () => (lab = await startLab()));
afterAll(() => lab[Symbol.asyncDispose]());

function connectFrame(...headers: readonly string[]): string {
  return `${['CONNECT', 'accept-version:1.2', ...headers].join('\n')}\n\n\0`;
}

describe('login', () => {
  it.each([['guest'], ['alice']])('%s with the same passcode becomes the user', async (name) => {
    await using client = await WebSocketClient.open(lab.address.url);

    const answer = await client.ask(connectFrame(`login:${name}`, `passcode:${name}`));

    expect(answer.startsWith('CONNECTED\n')).toBe(true);
    expect(lab.application.users.getUser(name)).toBeDefined();
  });

  it('is not needed: without it the session is anonymous', async () => {
    await using client = await WebSocketClient.open(lab.address.url);

    const answer = await client.ask(connectFrame());

    expect(answer.startsWith('CONNECTED\n')).toBe(true);
    expect(headersOf(answer)['user-name']).toBeUndefined();
  });

  it.each([
    ['another passcode', ['login:alice', 'passcode:bob']],
    ['no passcode', ['login:alice']],
    ['a passcode without a login', ['passcode:alice']],
  ])('with %s gets ERROR and is closed', async (_, headers) => {
    await using client = await WebSocketClient.open(lab.address.url);
    const closed = new Promise((resolve) => client.webSocket.once('close', resolve));

    const answer = await client.ask(connectFrame(...headers));

    expect(answer.startsWith('ERROR\n')).toBe(true);
    expect(answer).toContain('AUTHENTICATION_FAILED');
    await closed;
  });
});

describe('the host header', () => {
  it.each([
    ['any name', ['host:whatever.example']],
    ['none', []],
  ])('may be %s', async (_, headers) => {
    await using client = await WebSocketClient.open(lab.address.url);

    const answer = await client.ask(connectFrame(...headers));

    expect(answer.startsWith('CONNECTED\nversion:1.2\n')).toBe(true);
  });
});

describe('the sub-protocol', () => {
  it.each([['v12.stomp'], ['v11.stomp'], ['v10.stomp']])('%s is accepted', async (protocol) => {
    await using client = await WebSocketClient.open(lab.address.url, [protocol]);

    expect(client.webSocket.protocol).toBe(protocol);
  });

  it('is optional', async () => {
    await using client = await WebSocketClient.open(lab.address.url);

    const answer = await client.ask(connectFrame());

    expect(client.webSocket.protocol).toBe('');
    expect(answer.startsWith('CONNECTED\n')).toBe(true);
  });
});

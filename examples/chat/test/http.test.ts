import { ChatFixture } from './kit/chat-fixture.js';

let chat: ChatFixture;

beforeAll(async () => {
  chat = await ChatFixture.start();
}, 60_000);
afterAll(() => chat.stop());

describe('announcements', () => {
  test('an HTTP request reaches every window through the injected template', async () => {
    const [ada, grace] = [await chat.person('Ada'), await chat.person('Grace')];
    await using session = await grace.connect();
    const inbox = await session.subscribe('/topic/announcements');

    const { status } = await ada.api('POST', '/api/announcements', { text: ' The dye house is closed. ' });

    expect(status).toBe(202);
    expect(await inbox.next()).toMatchObject({ text: 'The dye house is closed.', sender: ada.name });
  });

  test('need an account and a text', async () => {
    const ada = await chat.person();

    expect(await chat.api('POST', '/api/announcements', { text: 'x' })).toMatchObject({ status: 401 });
    expect(await ada.api('POST', '/api/announcements', { text: '  ' })).toMatchObject({
      status: 400,
      body: { code: 'ANNOUNCEMENT_INVALID' },
    });
  });
});

describe('the page', () => {
  test('is served with a policy that allows no inline script and no foreign source', async () => {
    const response = await chat.fetch('/');

    expect(response.headers.get('content-type')).toContain('text/html');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toContain('http');
  });

  test('gets stompjs from this server', async () => {
    const response = await chat.fetch('/vendor/stompjs/index.js');

    expect(response.headers.get('content-type')).toContain('javascript');
    expect(await response.text()).toContain('client.js');
  });
});

describe('what is wrong with a request is said in JSON', () => {
  test('an unknown path', async () => {
    expect(await chat.api('GET', '/api/nothing')).toEqual({
      status: 404,
      body: { code: 'NOT_FOUND', message: 'There is nothing at GET /api/nothing.' },
    });
  });

  test('a body that is no JSON', async () => {
    const response = await chat.fetch('/api/users', {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  test('a body that is too long', async () => {
    expect(await chat.api('POST', '/api/users', { name: 'x'.repeat(40_000) })).toMatchObject({
      status: 413,
      body: { code: 'REQUEST_INVALID' },
    });
  });
});

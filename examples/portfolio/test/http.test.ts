import { silentLogger } from 'treadle';
import 'reflect-metadata';
import { PortfolioServer } from '../src/portfolio-server.js';
import { ScriptedMarket } from './kit/scripted-market.js';

let server: PortfolioServer;
let address: string;

beforeAll(async () => {
  server = new PortfolioServer({ movement: new ScriptedMarket(), logger: silentLogger });
  address = await server.start(0, '127.0.0.1');
});
afterAll(() => server.stop());

describe('signing in', () => {
  test('the page lists who can, without what they own', async () => {
    const { status, body } = await ask('GET', '/api/traders');

    expect(status).toBe(200);
    expect(body).toEqual({
      traders: [
        { name: 'harbour', fullName: 'Harbour Fund', role: 'trader' },
        { name: 'meadow', fullName: 'Meadow Fund', role: 'trader' },
        { name: 'visitor', fullName: 'Gallery Visitor', role: 'observer' },
      ],
    });
  });

  test('answers the account and a token, another one each time', async () => {
    const first = await ask('POST', '/api/sign-ins', { body: { name: 'harbour' } });
    const second = await ask('POST', '/api/sign-ins', { body: { name: 'harbour' } });

    expect(first.status).toBe(201);
    expect(first.body).toEqual({
      trader: { name: 'harbour', fullName: 'Harbour Fund', role: 'trader' },
      token: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(second.body.token).not.toBe(first.body.token);
  });

  test.each([{ name: 'nobody' }, { name: 7 }, {}, []])('%j is nobody', async (body) => {
    const answer = await ask('POST', '/api/sign-ins', { body });

    expect(answer).toEqual({
      status: 404,
      body: { code: 'TRADER_UNKNOWN', message: 'There is no account of that name.' },
    });
  });

  test('is undone by signing out, once', async () => {
    const { token } = (await ask('POST', '/api/sign-ins', { body: { name: 'harbour' } })).body;

    expect(await ask('DELETE', '/api/sign-ins', { token })).toMatchObject({ status: 204 });
    expect(await ask('DELETE', '/api/sign-ins', { token })).toMatchObject({
      status: 401,
      body: { code: 'TOKEN_UNKNOWN' },
    });
  });
});

describe('the page', () => {
  test('is served with a policy that allows no inline script and no foreign source', async () => {
    const response = await fetch(address);

    expect(response.headers.get('content-type')).toContain('text/html');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toContain('http');
  });

  test('gets stompjs from this server', async () => {
    const response = await fetch(`${address}/vendor/stompjs/index.js`);

    expect(response.headers.get('content-type')).toContain('javascript');
    expect(await response.text()).toContain('client.js');
  });
});

describe('what is wrong with a request is said in JSON', () => {
  test('an unknown path', async () => {
    expect(await ask('GET', '/api/nothing')).toEqual({
      status: 404,
      body: { code: 'NOT_FOUND', message: 'There is nothing at GET /api/nothing.' },
    });
  });

  test('a body that is no JSON', async () => {
    const response = await fetch(`${address}/api/sign-ins`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

async function ask(
  method: string,
  path: string,
  { body, token }: { body?: unknown; token?: string } = {},
): Promise<{ status: number; body: any /* a test looks into it with its own expectations */ }> {
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(address + path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

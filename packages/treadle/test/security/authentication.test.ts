import { AuthenticationError } from '../../src/foundation/errors.js';
import { type Authenticate, AuthenticationInterceptor } from '../../src/security/authentication.js';
import type { RawClient } from '../session/session-fixture.js';
import { SessionFixture, settled, until } from '../session/session-fixture.js';

const byPasscode: Authenticate = ({ login, passcode }) => {
  if (login === undefined) return undefined;
  if (login !== passcode) throw new AuthenticationError(`no such passcode for ${login}`);
  return { name: login };
};

function guarded(authenticate: Authenticate): SessionFixture {
  return new SessionFixture({ interceptors: [new AuthenticationInterceptor(authenticate)] });
}

async function logIn(fixture: SessionFixture, name: string, passcode: string): Promise<RawClient> {
  return fixture.connect(`accept-version:1.2\nlogin:${name}\npasscode:${passcode}`);
}

describe('authentication', () => {
  it.each([
    ['at once', byPasscode],
    ['later', (request) => settled().then(() => byPasscode(request))],
  ] satisfies [string, Authenticate][])('makes the user of the session, %s', async (_, authenticate) => {
    const fixture = guarded(authenticate);

    const client = await logIn(fixture, 'alice', 'alice');
    await until(() => client.commands.length > 0);

    expect(client.frame('CONNECTED')?.headers['user-name']).toBe('alice');
    expect(fixture.received[0]?.user).toEqual({ name: 'alice' });
  });

  it.each([undefined, null])('that answers %s leaves the session anonymous', async (nobody) => {
    const fixture = guarded(() => nobody);

    const client = await fixture.connect();

    expect(client.frame('CONNECTED')?.headers).not.toHaveProperty('user-name');
    expect(fixture.received[0]?.user).toBeUndefined();
  });

  it('that refuses gets the client ERROR and the end, and no reason (C9)', async () => {
    const fixture = guarded(byPasscode);

    const client = await logIn(fixture, 'alice', 'guess');

    expect(client.frame('ERROR')).toMatchObject({
      headers: { code: 'AUTHENTICATION_FAILED', message: 'The login was refused.' },
      body: 'The login was refused.\nThe frame was CONNECT.\n',
    });
    expect(client.end?.code).toBe(1002);
    expect(JSON.stringify(client.frames)).not.toMatch(/alice|guess/);
  });

  it('that fails is no login either, and says nothing of why', async () => {
    const fixture = guarded(() => Promise.reject(new Error('ldap://10.0.0.1 is down')));

    const client = await logIn(fixture, 'alice', 'alice');

    expect(client.errorCode).toBe('INTERNAL_ERROR');
    expect(JSON.stringify(client.frames)).not.toContain('ldap');
  });

  it('sees all headers of CONNECT and the HTTP request', async () => {
    const seen: unknown[] = [];
    const fixture = guarded(({ login: name, passcode, headers, session }) => {
      seen.push(name, passcode, headers.get('authorization'), session.handshake.url);
      return { name: 'token user' };
    });

    await fixture.connect('accept-version:1.2\nauthorization:Bearer x');

    expect(seen).toEqual([undefined, undefined, 'Bearer x', '/memory']);
  });

  it('takes the passcode away: nothing behind it sees it', async () => {
    const fixture = guarded(byPasscode);

    await logIn(fixture, 'alice', 'alice\npasscode:again');

    const headers = fixture.received[0]?.headers;
    expect(headers?.get('login')).toBe('alice');
    expect(headers?.has('passcode')).toBe(false);
  });

  it.each(['right', 'wrong'])('never has a passcode logged, be it right or wrong: %s', async (kind) => {
    const fixture = guarded(({ passcode }) => {
      if (passcode === 's3cret-wrong') throw new AuthenticationError();
      return { name: 'alice' };
    });

    const client = await logIn(fixture, 'alice', `s3cret-${kind}`);
    client.type('NONSENSE\n\n\0');
    await settled();

    expect(fixture.log.length).toBeGreaterThan(0);
    expect(inspectAll(fixture.log)).not.toContain('s3cret');
  });

  it('is asked for CONNECT only', async () => {
    let asked = 0;
    const fixture = guarded(() => {
      asked += 1;
      return { name: 'alice' };
    });
    const client = await fixture.connect();

    client.type('SEND\ndestination:/app/a\n\nhi\0DISCONNECT\n\n\0');
    await settled();

    expect(asked).toBe(1);
    expect(fixture.received.map(({ user }) => user?.name)).toEqual(['alice', 'alice', 'alice']);
  });

  it('lets nothing be sent before it has answered', async () => {
    const fixture = guarded(() => new Promise(() => undefined));
    const client = await logIn(fixture, 'alice', 'alice');

    client.type('SEND\ndestination:/app/a\n\nhi\0');
    await settled();

    expect(fixture.received).toEqual([]);
    expect(client.commands).toEqual([]);
  });
});

function inspectAll(log: SessionFixture['log']): string {
  return log
    .map(({ message, details }) => `${message} ${JSON.stringify(details)} ${String(details?.['error'])}`)
    .join('\n');
}

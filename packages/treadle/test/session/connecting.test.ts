import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageRejectedError } from '../../src/foundation/errors.js';
import { SERVER } from '../../src/session/connect-negotiation.js';
import { deferred, SessionFixture, settled } from './session-fixture.js';

describe('the first frame', () => {
  it.each([
    'SEND\ndestination:/app/a\n\nhi\0',
    'SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0',
    'DISCONNECT\n\n\0',
    'BEGIN\ntransaction:1\n\n\0',
  ])('must be CONNECT or STOMP: %j gets ERROR and the end (C1)', async (frame) => {
    const fixture = new SessionFixture();
    const client = fixture.open();

    client.type(frame);
    await settled();

    expect(client.errorCode).toBe('NOT_CONNECTED');
    expect(client.end?.code).toBe(1002);
    expect(fixture.received).toEqual([]);
  });

  it('may be STOMP, which is CONNECT by another name (C2)', async () => {
    const fixture = new SessionFixture();
    const client = fixture.open();

    client.type('STOMP\naccept-version:1.2\nhost:test\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
    expect(fixture.handled).toEqual(['CONNECT']);
  });

  it('may end its lines with CR LF, for its version is not known yet (F3b)', async () => {
    const client = new SessionFixture().open();

    client.type('CONNECT\r\naccept-version:1.1\r\nhost:test\r\n\r\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
  });

  it('may come behind line ends', async () => {
    const client = new SessionFixture().open();

    client.type('\n\r\n\nCONNECT\naccept-version:1.2\nhost:test\n\n\0');
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
  });

  it('may come octet by octet', async () => {
    const client = new SessionFixture().open();

    for (const letter of 'CONNECT\naccept-version:1.2\nhost:test\n\n\0') client.type(letter);
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
  });

  it.each(['host:elsewhere.example\n', 'host:\n', ''])('may name any host, or none: %j (C8)', async (host) => {
    const client = new SessionFixture().open();

    client.type(`CONNECT\naccept-version:1.2\n${host}\n\0`);
    await settled();

    expect(client.commands).toEqual(['CONNECTED']);
  });

  it('is answered by CONNECTED alone, even if it asks for a receipt (C12)', async () => {
    const client = await new SessionFixture().connect('accept-version:1.2\nreceipt:r1');

    expect(client.commands).toEqual(['CONNECTED']);
  });

  it.each(['CONNECT', 'STOMP'])('comes once: a second %s gets ERROR and the end (C11)', async (command) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(`${command}\naccept-version:1.2\nhost:test\n\n\0`);
    await settled();

    expect(client.errorCode).toBe('ALREADY_CONNECTED');
    expect(client.end?.code).toBe(1002);
    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
  });

  it('that is none of STOMP gets ERROR and the end', async () => {
    const client = new SessionFixture().open();

    client.type('GET / HTTP/1.1\r\n\r\n');
    await settled();

    expect(client.errorCode).toBe('STOMP_UNKNOWN_COMMAND');
    expect(client.end?.code).toBe(1002);
  });
});

describe('the version', () => {
  it.each([
    ['', '1.0', 'none accepted means 1.0 (C3)'],
    ['accept-version:1.0', '1.0', 'one'],
    ['accept-version:1.1', '1.1', 'one'],
    ['accept-version:1.2', '1.2', 'one'],
    ['accept-version:1.0,1.1,1.2', '1.2', 'the highest wins (C4)'],
    ['accept-version:1.2,1.0,1.1', '1.2', 'the order does not matter (C4)'],
    ['accept-version:1.1,2.0', '1.1', 'unknown ones are ignored (C4)'],
    ['accept-version:10.1,1.0', '1.0', 'items are compared whole (C4)'],
  ])('of %j is %s: %s', async (headers, version) => {
    const client = await new SessionFixture().connect(headers);

    expect(client.frame('CONNECTED')?.headers['version']).toBe(version);
  });

  it.each(['2.0', '10.1', '', '1.2.3'])(
    'must be one in common: %j gets ERROR listing ours, then the end (C5)',
    async (accepted) => {
      const fixture = new SessionFixture();

      const client = await fixture.connect(`accept-version:${accepted}`);

      const error = client.frame('ERROR');
      expect(error?.headers).toMatchObject({
        code: 'VERSION_UNSUPPORTED',
        version: '1.0,1.1,1.2',
        'content-type': 'text/plain;charset=utf-8',
      });
      expect(client.end?.code).toBe(1002);
      expect(fixture.received).toEqual([]);
    },
  );

  it('decides how later frames are read: 1.1 knows no CR escape', async () => {
    const client = await new SessionFixture().connect('accept-version:1.1');

    client.type('SEND\ndestination:/app/a\nx:\\r\n\n\0');
    await settled();

    expect(client.errorCode).toBe('STOMP_UNDEFINED_ESCAPE');
  });

  it('decides how frames are read and written: in 1.0 a backslash is a letter like any other (F13)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect('');

    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\nreceipt:a\\nb\n\n\0');
    await settled();

    expect(client.frame('RECEIPT')?.headers['receipt-id']).toBe('a\\nb');
  });
});

describe('CONNECTED', () => {
  it('carries version, heart-beat, session and server', async () => {
    const fixture = new SessionFixture({ heartBeat: { sends: 4000, expects: 6000 } });
    const client = await fixture.connect('accept-version:1.2\nheart-beat:500,500');

    expect(client.frame('CONNECTED')).toEqual({
      command: 'CONNECTED',
      headers: {
        version: '1.2',
        'heart-beat': '4000,6000',
        session: expect.stringMatching(/^[0-9a-f-]{36}$/),
        server: SERVER,
      },
      body: '',
    });
  });

  it('names the server and its version as the package does', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));

    expect(manifest).toMatchObject({ name: SERVER.split('/')[0], version: SERVER.split('/')[1] });
  });

  it('names the user that an interceptor set', async () => {
    const fixture = new SessionFixture({
      interceptors: [
        {
          preSend(message) {
            if (message.session) message.session.user = { name: 'alice: the first' };
            return message;
          },
        },
      ],
    });

    const client = await fixture.connect();

    expect(client.frame('CONNECTED')?.headers['user-name']).toBe('alice: the first');
  });

  it.each(['eve\nrole:admin', 'eve\r', '\n'])(
    'leaves out a user name that would break its lines: %j (F14)',
    async (name) => {
      const fixture = new SessionFixture();
      fixture.onMessage = ({ session }) => {
        if (session) session.user = { name };
      };

      const client = await fixture.connect();

      expect(client.commands).toEqual(['CONNECTED']);
      expect(Object.keys(client.frame('CONNECTED')?.headers ?? {})).toEqual([
        'version',
        'heart-beat',
        'session',
        'server',
      ]);
    },
  );

  it('waits until the handlers accepted CONNECT', async () => {
    const fixture = new SessionFixture();
    const accepting = deferred();
    fixture.onMessage = () => accepting.promise;
    const client = await fixture.connect();
    const before = client.commands;

    accepting.resolve();
    await settled();

    expect(before).toEqual([]);
    expect(client.commands).toEqual(['CONNECTED']);
  });

  it('comes before anything that was sent in the same breath', async () => {
    const fixture = new SessionFixture();
    const accepting = deferred();
    fixture.onMessage = ({ type }) => (type === 'CONNECT' ? accepting.promise : undefined);
    const client = fixture.open();

    client.type('CONNECT\naccept-version:1.2\nhost:test\n\n\0SEND\ndestination:/app/a\nreceipt:1\n\nhi\0');
    await settled();
    const before = fixture.handled;
    accepting.resolve();
    await settled();

    expect(before).toEqual(['CONNECT']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
  });
});

describe('a refused CONNECT', () => {
  const refusals = [
    ['null', () => null, 'MESSAGE_REJECTED'],
    [
      'a coded error',
      () => {
        throw new MessageRejectedError('the moon is full', { code: 'ACCESS_DENIED' });
      },
      'ACCESS_DENIED',
    ],
    [
      'a late coded error',
      () => Promise.reject(new MessageRejectedError('later', { code: 'ACCESS_DENIED' })),
      'ACCESS_DENIED',
    ],
    [
      'any other error',
      () => {
        throw new TypeError('database password is swordfish');
      },
      'INTERNAL_ERROR',
    ],
  ] as const;

  it.each(refusals)(
    '(%s from an interceptor) gets ERROR and the end, and what follows is not handled',
    async (_, preSend, code) => {
      const fixture = new SessionFixture({
        interceptors: [{ preSend: (message) => (message.type === 'CONNECT' ? preSend() : message) }],
      });
      const client = fixture.open();

      client.type('CONNECT\naccept-version:1.2\nhost:test\n\n\0SEND\ndestination:/app/a\n\nhi\0');
      await settled();

      expect(client.commands).toEqual(['ERROR']);
      expect(client.errorCode).toBe(code);
      expect(client.end).toBeDefined();
      expect(fixture.handled).not.toContain('MESSAGE hi');
      expect(fixture.registry.size).toBe(0);
    },
  );

  it('tells nothing of an unexpected error but that there was one, and logs it', async () => {
    const fixture = new SessionFixture();
    const failure = new TypeError('database password is swordfish');
    fixture.onMessage = () => Promise.reject(failure);

    const client = await fixture.connect();

    expect(client.end?.code).toBe(1011);
    expect(JSON.stringify(client.frames)).not.toContain('swordfish');
    expect(fixture.log).toContainEqual({
      level: 'error',
      message: 'a session failed',
      details: expect.objectContaining({
        error: failure,
        correlationId: client.frame('ERROR')?.headers['correlation-id'],
      }),
    });
  });
});

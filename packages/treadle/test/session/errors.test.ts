import { randomUUID } from 'node:crypto';
import { diagnostics, type SessionFailedEvent } from '../../src/foundation/diagnostics.js';
import { MessageHandlingError, MessageRejectedError } from '../../src/foundation/errors.js';
import type { Message } from '../../src/messaging/message.js';
import { deferred, SessionFixture, settled } from './session-fixture.js';

const send = (body: string, headers = ''): string => `SEND\ndestination:/app/a\n${headers}\n${body}\0`;

/** As the programming model fails: logged and answered already. */
function handlingError(): MessageHandlingError {
  return new MessageHandlingError('PAYLOAD_INVALID', 'c-1', 'Controller.method failed', { cause: new Error('inner') });
}

describe('an ERROR frame', () => {
  it('has a code, a fixed sentence, a correlation id, the receipt it is about and a readable body (E1, E2)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = () => {
      throw new MessageRejectedError('rule 17 of tenant 4 says no', { code: 'ACCESS_DENIED' });
    };

    client.type(send('hi', 'receipt:r-1\n'));
    await settled();

    expect(client.frame('ERROR')).toEqual({
      command: 'ERROR',
      headers: {
        message: 'Access is denied.',
        code: 'ACCESS_DENIED',
        'correlation-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        'receipt-id': 'r-1',
        'content-type': 'text/plain;charset=utf-8',
        'content-length': expect.stringMatching(/^\d+$/),
      },
      body: 'Access is denied.\nThe frame was SEND /app/a.\n',
    });
  });

  it('leaves a line in the log for what the client got wrong, with the reason and without our stack', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ type }) => {
      if (type === 'MESSAGE') throw new MessageRejectedError('rule 17 says no', { code: 'ACCESS_DENIED' });
    };

    client.type(send('hi'));
    await settled();

    const correlationId = client.frame('ERROR')?.headers['correlation-id'];
    const sessionId = client.frame('CONNECTED')?.headers['session'];
    expect(fixture.log).toEqual([
      {
        level: 'info',
        message: 'a session was ended',
        details: { code: 'ACCESS_DENIED', correlationId, sessionId, reason: 'rule 17 says no' },
      },
    ]);
  });

  it('names the log line and the diagnostics event by the same correlation id', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const failure = new Error('inner text');
    fixture.onMessage = ({ type }) => {
      if (type === 'MESSAGE') throw failure;
    };
    const published: SessionFailedEvent[] = [];
    const listener = (event: unknown): void => void published.push(event as SessionFailedEvent); // what this channel carries
    diagnostics.sessionFailed.subscribe(listener);

    client.type(send('hi'));
    await settled();
    diagnostics.sessionFailed.unsubscribe(listener);

    const correlationId = client.frame('ERROR')?.headers['correlation-id'];
    expect(published).toEqual([
      {
        code: 'INTERNAL_ERROR',
        correlationId,
        error: failure,
        sessionId: client.frame('CONNECTED')?.headers['session'],
      },
    ]);
    expect(fixture.log.filter(({ level }) => level === 'error')).toEqual([
      { level: 'error', message: 'a session failed', details: published[0] },
    ]);
  });

  it('keeps what is internal from the client', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = () => {
      throw new Error('select * from secrets failed', { cause: new Error('at /srv/app/db.ts:12') });
    };

    client.type(send('hi', 'receipt:1\n'));
    await settled();

    const seen = JSON.stringify(client.frames);
    expect(seen).not.toMatch(/secrets|srv|Error:|at /);
    expect(client.errorCode).toBe('INTERNAL_ERROR');
  });

  it('is the last frame, and the connection closes with the same code as its reason (E3)', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = () => {
      throw new MessageRejectedError('no', { code: 'ACCESS_DENIED' });
    };

    client.type(send('1') + send('2'));
    client.type(send('3'));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'ERROR']);
    expect(client.end).toEqual({ code: 1002, reason: 'ACCESS_DENIED' });
  });

  it.each([
    ['protocol mistakes', 'SEND\n\nno destination\0', 'STOMP_MISSING_HEADER', 1002],
    ['what is too big', `SEND\ndestination:/a\ncontent-length:65537\n\n`, 'STOMP_BODY_TOO_LARGE', 1009],
    ['a header line that is too long', `SEND\nx:${'y'.repeat(8200)}`, 'STOMP_HEADER_LINE_TOO_LONG', 1002],
    ['too many headers', `SEND\n${'x:y\n'.repeat(65)}`, 'STOMP_HEADER_COUNT_EXCEEDED', 1002],
  ])('closes with a code that says what it was about: %s', async (_, frame, code, closeCode) => {
    const client = await new SessionFixture().connect();

    client.type(frame);
    await settled();

    expect(client.errorCode).toBe(code);
    expect(client.end?.code).toBe(closeCode);
  });

  it.each([
    ['a body where none may be', 'SUBSCRIBE\nid:1\ndestination:/topic/a\n\nbody\0', 'STOMP_BODY_NOT_ALLOWED'],
    ['no NUL behind the counted body', 'SEND\ndestination:/a\ncontent-length:2\n\nhello\0', 'STOMP_MISSING_NUL'],
    ['a header without colon', 'SEND\ndestination\n\n\0', 'STOMP_MALFORMED_HEADER'],
    ['an undefined escape', 'SEND\ndestination:/a\\t\n\n\0', 'STOMP_UNDEFINED_ESCAPE'],
    ['a content-length that is none', 'SEND\ndestination:/a\ncontent-length:+1\n\n\0', 'STOMP_INVALID_CONTENT_LENGTH'],
    ['a lower-case command', 'send\ndestination:/a\n\n\0', 'STOMP_UNKNOWN_COMMAND'],
    ["a server's command", 'MESSAGE\ndestination:/a\n\n\0', 'STOMP_UNKNOWN_COMMAND'],
    ['SUBSCRIBE without id', 'SUBSCRIBE\ndestination:/topic/a\n\n\0', 'STOMP_MISSING_HEADER'],
    ['SUBSCRIBE without destination', 'SUBSCRIBE\nid:1\n\n\0', 'STOMP_MISSING_HEADER'],
    ['an ack mode that is none', 'SUBSCRIBE\nid:1\ndestination:/topic/a\nack:maybe\n\n\0', 'STOMP_UNKNOWN_ACK_MODE'],
    ['BEGIN without transaction', 'BEGIN\n\n\0', 'STOMP_MISSING_HEADER'],
    ['COMMIT without transaction', 'COMMIT\n\n\0', 'STOMP_MISSING_HEADER'],
    ['ABORT without transaction', 'ABORT\n\n\0', 'STOMP_MISSING_HEADER'],
  ])('answers %s', async (_, frame, code) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(frame);
    await settled();

    expect(client.errorCode).toBe(code);
    expect(client.end?.code).toBe(1002);
    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
  });

  it('says what the broker has against an acknowledgement', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ type }) => {
      if (type === 'ACK') throw new MessageRejectedError('ACK', { code: 'ACKNOWLEDGEMENT_UNKNOWN' });
    };

    client.type('ACK\nid:1\nreceipt:7\n\n\0');
    await settled();

    expect(client.frame('ERROR')?.headers).toMatchObject({ code: 'ACKNOWLEDGEMENT_UNKNOWN', 'receipt-id': '7' });
  });
});

describe('a message that application code failed to handle and answered itself', () => {
  it('leaves the session open when it asked for no receipt', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ payload }) => {
      if (Buffer.from(payload).toString() === 'bad') throw handlingError();
    };

    client.type(send('bad') + send('good', 'receipt:2\n'));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 2']);
    expect(client.end).toBeUndefined();
  });

  it('ends it with ERROR when it asked for one, with the correlation id known already', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = () => Promise.reject(handlingError());

    client.type(send('bad', 'receipt:1\n'));
    await settled();

    expect(client.frame('ERROR')?.headers).toMatchObject({
      code: 'PAYLOAD_INVALID',
      message: 'The payload breaks the rules of this destination.',
      'correlation-id': 'c-1',
      'receipt-id': '1',
    });
    expect(client.end?.code).toBe(1002);
  });
});

describe('an interceptor that stops a frame', () => {
  const stop: [string, () => null | Promise<null> | never, string][] = [
    ['with null', () => null, 'MESSAGE_REJECTED'],
    ['with null, later', () => Promise.resolve(null), 'MESSAGE_REJECTED'],
    [
      'with a coded error',
      () => {
        throw new MessageRejectedError('no', { code: 'ACCESS_DENIED' });
      },
      'ACCESS_DENIED',
    ],
    [
      'with any error',
      () => {
        throw new RangeError('oops');
      },
      'INTERNAL_ERROR',
    ],
  ];
  const frames: [Message['type'], string][] = [
    ['MESSAGE', send('hi', 'receipt:1\n')],
    ['SUBSCRIBE', 'SUBSCRIBE\nid:1\ndestination:/topic/a\nreceipt:1\n\n\0'],
    ['MESSAGE', send('hi')],
    ['SUBSCRIBE', 'SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0'],
  ];

  it.each(
    frames.flatMap(([type, frame]) => stop.map(([how, preSend, code]) => [how, type, frame, preSend, code] as const)),
  )('%s is told to the client: %s in %j', async (_, type, frame, preSend, code) => {
    const interceptor = { preSend: (message: Message) => (message.type === type ? preSend() : message) };
    const fixture = new SessionFixture({ interceptors: [interceptor] });
    const client = await fixture.connect();

    client.type(frame);
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'ERROR']);
    expect(client.errorCode).toBe(code);
    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
    expect(fixture.registry.size).toBe(0);
  });
});

describe('an interceptor that throws what does not want to be looked at', () => {
  it.each([
    [
      'a proxy',
      new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error('no');
          },
        },
      ),
    ],
    ['an object without prototype', Object.create(null)],
    ['nothing', undefined],
    ['a symbol', Symbol('x')],
  ])('ends the session like any other failure: %s', async (_, thrown: unknown) => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.inbound.addInterceptor({
      preSend: () => {
        throw thrown as Error; // whatever it is
      },
    });

    client.type(send('hi'));
    await settled();

    expect(client.frame('ERROR')?.headers['code']).toBe('INTERNAL_ERROR');
    expect(client.end?.code).toBe(1011);
  });
});

describe('a session that the server ends because its client is too slow', () => {
  it('closes with 4500, as when the network shows it', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type(send('hi'));
    await settled();

    fixture.sessionOf(client).fail('SLOW_CONSUMER', 'an interceptor holds too much for it');
    await settled();

    expect(client.frame('ERROR')?.headers['code']).toBe('SLOW_CONSUMER');
    expect(client.end?.code).toBe(4500);
  });
});

describe('a frame that cannot be read', () => {
  it('is answered after the frames before it, which are handled', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const handling = deferred();
    fixture.onMessage = ({ payload }) => (Buffer.from(payload).toString() === 'slow' ? handling.promise : undefined);

    client.type(
      `${send('slow', 'receipt:1\n')}${send('quick', 'receipt:2\n')}NONSENSE\n\n\0${send('never', 'receipt:3\n')}`,
    );
    client.type(send('never', 'receipt:4\n'));
    await settled();
    const before = client.commands;
    handling.resolve();
    await settled();

    expect(before).toEqual(['CONNECTED']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'RECEIPT 2', 'ERROR']);
    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE slow', 'MESSAGE quick', 'DISCONNECT']);
  });

  it('harms no other session', async () => {
    const fixture = new SessionFixture();
    const [bad, good] = [await fixture.connect(), await fixture.connect()];

    bad.type(`SEND\n${randomUUID()}\n\n\0`);
    good.type(send('hi', 'receipt:1\n'));
    await settled();

    expect(bad.commands).toEqual(['CONNECTED', 'ERROR']);
    expect(good.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
  });
});

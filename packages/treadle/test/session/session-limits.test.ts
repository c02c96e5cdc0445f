import { deferred, SessionFixture, settled, until } from './session-fixture.js';

describe('the time to connect', () => {
  it('is limited: who says nothing gets ERROR and the end (C15)', async () => {
    const fixture = new SessionFixture({ limits: { connectTimeMs: 5000 } });
    const client = fixture.open();

    await fixture.clock.advance(4999);
    const before = client.end;
    await fixture.clock.advance(1);

    expect(before).toBeUndefined();
    expect(client.errorCode).toBe('CONNECT_TIME_EXCEEDED');
    expect(client.end?.code).toBe(1002);
    expect(fixture.registry.size).toBe(0);
  });

  it('also runs for half a CONNECT, and for heart-beats without one', async () => {
    const fixture = new SessionFixture({ limits: { connectTimeMs: 5000 } });
    const [half, beating] = [fixture.open(), fixture.open()];

    half.type('CONNECT\naccept-version:1.2\nhos');
    beating.type('\n');
    await fixture.clock.advance(3000);
    half.type('t');
    beating.type('\n');
    await fixture.clock.advance(2000);

    expect([half.errorCode, beating.errorCode]).toEqual(['CONNECT_TIME_EXCEEDED', 'CONNECT_TIME_EXCEEDED']);
  });

  it('ends a session that is still being authenticated; it is not connected later', async () => {
    const fixture = new SessionFixture({ limits: { connectTimeMs: 5000 } });
    const accepting = deferred();
    fixture.onMessage = ({ type }) => (type === 'CONNECT' ? accepting.promise : undefined);
    const client = await fixture.connect();

    await fixture.clock.advance(5000);
    accepting.resolve();
    await settled();

    expect(client.commands).toEqual(['ERROR']);
    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
    expect(fixture.events).toEqual([]);
    expect(fixture.clock.timerCount).toBe(0);
  });

  it('does not go on for a session that has ended before it was connected', async () => {
    const fixture = new SessionFixture();
    const [gone, refused] = [fixture.open(), fixture.open()];

    gone.peer.close();
    refused.type('NONSENSE\n\n\0');
    await settled();

    expect(fixture.clock.timerCount).toBe(0);
  });

  it('does not matter any more to a connected session', async () => {
    const fixture = new SessionFixture({ limits: { connectTimeMs: 5000 } });
    const client = await fixture.connect();

    await fixture.clock.advance(60_000);

    expect(client.commands).toEqual(['CONNECTED']);
    expect(client.end).toBeUndefined();
  });
});

describe('before CONNECT', () => {
  it('a long body is refused before it has come', async () => {
    const client = new SessionFixture().open();

    client.type('SEND\ndestination:/app/a\ncontent-length:2000\n\n');
    await settled();

    expect(client.errorCode).toBe('STOMP_BODY_TOO_LARGE');
    expect(client.end?.code).toBe(1009);
  });

  it('a long body is refused while it comes, when its length was not announced', async () => {
    const client = new SessionFixture().open();

    client.type(`SEND\ndestination:/app/a\n\n${'x'.repeat(2000)}`);
    await settled();

    expect(client.errorCode).toBe('STOMP_BODY_TOO_LARGE');
  });

  it('a body is not taken either that is longer than a smaller limit', async () => {
    const client = new SessionFixture({ limits: { frameBodyOctets: 10 } }).open();

    client.type('SEND\ndestination:/app/a\ncontent-length:11\n\n');
    await settled();

    expect(client.errorCode).toBe('STOMP_BODY_TOO_LARGE');
  });

  it('is over when CONNECT was read: a long body may follow in the same octets, while it is being authenticated', async () => {
    const fixture = new SessionFixture();
    fixture.onMessage = ({ type }) => (type === 'CONNECT' ? settled() : undefined);
    const client = fixture.open();

    client.type(`CONNECT\naccept-version:1.2\n\n\0SEND\ndestination:/app/a\nreceipt:1\n\n${'x'.repeat(60_000)}\0`);
    await until(() => client.commands.length === 2);

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
  });
});

describe('the number of subscriptions', () => {
  const subscribe = (id: string): string => `SUBSCRIBE\nid:${id}\ndestination:/topic/a\nreceipt:${id}\n\n\0`;

  it('is limited: one too many gets ERROR and the end', async () => {
    const fixture = new SessionFixture({ limits: { subscriptions: 2 } });
    const client = await fixture.connect();

    client.type(subscribe('1') + subscribe('2') + subscribe('3'));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'RECEIPT 2', 'ERROR']);
    expect(client.errorCode).toBe('SUBSCRIPTION_LIMIT_EXCEEDED');
    expect(client.end?.code).toBe(1002);
  });

  it('counts those that have ended no more', async () => {
    const fixture = new SessionFixture({ limits: { subscriptions: 1 } });
    const client = await fixture.connect();

    client.type(`${subscribe('1')}UNSUBSCRIBE\nid:1\n\n\0${subscribe('2')}`);
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'RECEIPT 2']);
  });

  it('is that of each session', async () => {
    const fixture = new SessionFixture({ limits: { subscriptions: 1 } });
    const clients = [await fixture.connect(), await fixture.connect()];

    for (const client of clients) client.type(subscribe('1'));
    await settled();

    expect(clients.map(({ commands }) => commands.at(-1))).toEqual(['RECEIPT 1', 'RECEIPT 1']);
  });
});

describe('a session whose client has left', () => {
  const send = 'SEND\ndestination:/app/a\nreceipt:1\n\n\0';

  it('waits for frames in progress no longer than lingerTimeMs', async () => {
    const fixture = new SessionFixture({ limits: { lingerTimeMs: 5000 } });
    const client = await fixture.connect();
    fixture.onMessage = ({ type }) => (type === 'MESSAGE' ? new Promise(() => undefined) : undefined);
    client.type(send + send);

    client.peer.close(1006);
    await fixture.clock.advance(4999);
    const before = fixture.registry.size;
    await fixture.clock.advance(1);

    expect(before).toBe(1);
    expect(fixture.registry.size).toBe(0);
    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE /app/a', 'DISCONNECT']);
    expect(fixture.events.at(-1)).toMatchObject({ code: 1006 });
    expect(fixture.clock.timerCount).toBe(0);
    expect(fixture.log).toContainEqual(expect.objectContaining({ level: 'warn' }));
    expect(fixture.abandoned).toHaveLength(1);
  });

  it('is given up as late when the server ended it', async () => {
    const fixture = new SessionFixture({ limits: { lingerTimeMs: 5000 } });
    const client = await fixture.connect();
    fixture.onMessage = ({ type }) => (type === 'MESSAGE' ? new Promise(() => undefined) : undefined);
    client.type(send);
    await settled();
    for (const session of fixture.received.flatMap((message) => message.session ?? []).slice(0, 1)) {
      session.fail('ACCESS_DENIED', 'tested');
    }

    await fixture.clock.advance(4999);
    const before = [...fixture.abandoned];
    await fixture.clock.advance(1);

    expect(before).toEqual([]);
    expect(fixture.abandoned).toHaveLength(1);
    expect(fixture.clock.timerCount).toBe(0);
  });

  it.each(['resolve', 'reject'] as const)('is not disturbed when the frame settles later (%s)', async (settle) => {
    const fixture = new SessionFixture({ limits: { lingerTimeMs: 5000 } });
    const client = await fixture.connect();
    const handling = deferred();
    fixture.onMessage = ({ type }) => (type === 'MESSAGE' ? handling.promise : undefined);
    client.type(send + send);
    client.peer.close(1006);
    await fixture.clock.advance(5000);

    handling[settle](new Error('too late'));
    await settled();

    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE /app/a', 'DISCONNECT']);
    expect(fixture.events).toHaveLength(2); // connected and disconnected
  });
});

describe('the number of sessions', () => {
  it('is limited: one too many gets ERROR and 1013, though it brought its CONNECT along', async () => {
    const fixture = new SessionFixture({ limits: { sessions: 2 } });
    const clients = [await fixture.connect(), await fixture.connect()];

    const oneTooMany = await fixture.connect();

    expect(oneTooMany.commands).toEqual(['ERROR']);
    expect(oneTooMany.errorCode).toBe('SESSION_LIMIT_EXCEEDED');
    expect(oneTooMany.end?.code).toBe(1013);
    expect(fixture.handled).toEqual(['CONNECT', 'CONNECT']);
    expect(clients.map(({ end }) => end)).toEqual([undefined, undefined]);
  });

  it('counts sessions that have ended no more', async () => {
    const fixture = new SessionFixture({ limits: { sessions: 1 } });
    const first = await fixture.connect();
    first.peer.close();
    await settled();

    const second = await fixture.connect();

    expect(second.commands).toEqual(['CONNECTED']);
  });

  it('counts those who have not said CONNECT yet', () => {
    const fixture = new SessionFixture();

    fixture.open();
    fixture.open();

    expect(fixture.registry.size).toBe(2);
  });
});

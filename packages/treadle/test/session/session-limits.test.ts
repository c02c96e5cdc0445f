import { deferred, SessionFixture, settled } from './session-fixture.js';

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

import { deferred, type RawClient, SessionFixture, settled } from './session-fixture.js';

/** Connects a client that says `heart-beat:sends,expects`, to a server that says 1000,1000. */
async function connectBeating(
  heartBeat: string | undefined,
  fixture = beatingServer(),
): Promise<[SessionFixture, RawClient]> {
  const header = heartBeat === undefined ? '' : `\nheart-beat:${heartBeat}`;
  return [fixture, await fixture.connect(`accept-version:1.2${header}`)];
}

function beatingServer(): SessionFixture {
  return new SessionFixture({ heartBeat: { sends: 1000, expects: 1000 }, limits: { sendTimeMs: 100_000 } });
}

/** The times of everything the server sent within `milliseconds`, looked at every 10 ms. */
async function timesOfSigns(fixture: SessionFixture, client: RawClient, milliseconds: number): Promise<number[]> {
  const times: number[] = [];
  let seen = client.heartBeats + client.frames.length;
  for (let elapsed = 10; elapsed <= milliseconds; elapsed += 10) {
    await fixture.clock.advance(10);
    const now = client.heartBeats + client.frames.length;
    if (now > seen) times.push(elapsed);
    seen = now;
  }
  return times;
}

describe("the server's heart-beats", () => {
  it.each([
    ['the client wants none', '0,0'],
    ['the client says nothing of them (C10)', undefined],
    ['the client only sends some itself', '1000,0'],
  ])('do not come when %s (H1)', async (_, heartBeat) => {
    const fixture = new SessionFixture({ heartBeat: { sends: 1000, expects: 0 } });
    const [, client] = await connectBeating(heartBeat, fixture);

    await fixture.clock.advance(60_000);

    expect(client.heartBeats).toBe(0);
  });

  it('do not come when the server has none to offer, which it says in CONNECTED (H1, H2)', async () => {
    const fixture = new SessionFixture({ heartBeat: { sends: 0, expects: 0 } });
    const [, client] = await connectBeating('500,500', fixture);

    await fixture.clock.advance(60_000);

    expect(client.frame('CONNECTED')?.headers['heart-beat']).toBe('0,0');
    expect(client.heartBeats).toBe(0);
    expect(client.end).toBeUndefined();
  });

  it.each([
    ['0,1000', 1000],
    ['0,400', 1000],
    ['0,3000', 3000],
  ])(
    'come within the longer of both wishes: %s gives %d ms, never later and with time to travel (H3)',
    async (heartBeat, interval) => {
      const [fixture, client] = await connectBeating(heartBeat);

      const times = await timesOfSigns(fixture, client, 10 * interval);

      const gaps = times.map((time, index) => time - (times[index - 1] ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(0.8 * interval + 10);
      expect(times.length).toBeGreaterThanOrEqual(12);
    },
  );

  it('come no more often than they must: fewer than two per interval', async () => {
    const [fixture, client] = await connectBeating('0,1000');

    await fixture.clock.advance(10_000);

    expect(client.heartBeats).toBeLessThan(20);
  });

  it('are one line end each (H8)', async () => {
    const [fixture, client] = await connectBeating('0,1000');

    await fixture.clock.advance(1000);

    expect(client.heartBeats).toBe(1);
    expect(client.frames).toHaveLength(1);
  });

  it('are left out while frames say the same', async () => {
    const [fixture, client] = await connectBeating('0,1000');
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');

    for (let round = 0; round < 40; round += 1) {
      fixture.deliver(client, '1');
      await fixture.clock.advance(300);
    }

    expect(client.heartBeats).toBe(0);
  });

  it('fill the gap whenever traffic ends: no silence is longer than agreed', async () => {
    const [fixture, client] = await connectBeating('0,1000');
    client.type('SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0');

    for (let pause = 310; pause < 1500; pause += 130) {
      fixture.deliver(client, '1');
      await settled();
      const times = await timesOfSigns(fixture, client, pause + 1000);
      expect(times[0]).toBeLessThanOrEqual(810);
    }
  });

  it('end with the session', async () => {
    const [fixture, client] = await connectBeating('1000,1000');
    client.type('DISCONNECT\n\n\0');
    await settled();

    await fixture.clock.advance(10_000);

    expect(client.heartBeats).toBe(0);
    expect(fixture.clock.timerCount).toBe(0);
  });
});

describe("the client's heart-beats", () => {
  it.each([
    ['1000,0', 1000],
    ['3000,0', 3000],
    ['200,0', 1000],
  ])('are missed after two and before three intervals of silence: %s, %d ms (H4)', async (heartBeat, interval) => {
    const [fixture, client] = await connectBeating(heartBeat);
    await fixture.clock.advance(interval * 4.3 - interval * 4); // somewhere within an interval
    client.type('\n');

    await fixture.clock.advance(2 * interval);
    const before = client.errorCode;
    await fixture.clock.advance(interval);

    expect(before).toBeUndefined();
    expect(client.errorCode).toBe('HEART_BEAT_LOST');
    expect(client.end?.code).toBe(1002);
    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
  });

  it.each(['0,1000', '0,0'])('are not expected from who promised none: %s (H1)', async (heartBeat) => {
    const [fixture, client] = await connectBeating(heartBeat);

    await fixture.clock.advance(60_000);

    expect(client.end).toBeUndefined();
  });

  it('keep a client that keeps to the interval for ever, even if each comes a little late (H5)', async () => {
    const [fixture, client] = await connectBeating('1000,0');

    for (let beat = 0; beat < 50; beat += 1) {
      await fixture.clock.advance(1150);
      client.type('\n');
    }

    expect(client.end).toBeUndefined();
  });

  it('may be any octet: half a frame that grows is life too (H4, H7)', async () => {
    const [fixture, client] = await connectBeating('1000,0');
    client.type('SEND\ndestination:/app/a\n\n');

    for (let beat = 0; beat < 50; beat += 1) {
      await fixture.clock.advance(1000);
      client.type('x');
    }

    expect(client.end).toBeUndefined();
  });

  it('may be frames', async () => {
    const [fixture, client] = await connectBeating('1000,0');

    for (let beat = 0; beat < 10; beat += 1) {
      await fixture.clock.advance(1000);
      client.type('SEND\ndestination:/app/a\n\nhi\0');
    }

    expect(client.end).toBeUndefined();
  });

  it('are not missed while we ourselves do not read', async () => {
    const fixture = new SessionFixture({ heartBeat: { sends: 0, expects: 1000 }, limits: { inboundQueueFrames: 2 } });
    const [, client] = await connectBeating('1000,0', fixture);
    const handling = deferred();
    fixture.onMessage = ({ type }) => (type === 'MESSAGE' ? handling.promise : undefined);
    for (let count = 0; count < 5; count += 1) client.type('SEND\ndestination:/app/a\n\nhi\0');

    await fixture.clock.advance(60_000);
    const during = { isPaused: client.peer.isPaused, end: client.end };
    handling.resolve();
    await settled();
    await fixture.clock.advance(1000);
    const after = client.end;
    await fixture.clock.advance(3000);

    expect(during).toEqual({ isPaused: true, end: undefined });
    expect(after).toBeUndefined();
    expect(client.errorCode).toBe('HEART_BEAT_LOST');
  });

  it('are not waited for before CONNECTED: the clock starts there (H7)', async () => {
    const fixture = beatingServer();
    const accepting = deferred();
    fixture.onMessage = ({ type }) => (type === 'CONNECT' ? accepting.promise : undefined);
    const [, client] = await connectBeating('1000,0', fixture);

    await fixture.clock.advance(10_000);
    accepting.resolve();
    await settled();
    await fixture.clock.advance(2000 - 1);

    expect(client.commands).toEqual(['CONNECTED']);
  });
});

describe('the heart-beat header', () => {
  it.each([
    ['500,500', '1000,1000'],
    ['0,500', '1000,0'],
    ['500,0', '0,1000'],
    ['0,0', '0,0'],
    [undefined, '0,0'],
    ['60000,2000', '2000,60000'],
  ])('of CONNECTED says what holds for this client: %s is answered by %s', async (asked, answered) => {
    const [, client] = await connectBeating(asked);

    expect(client.frame('CONNECTED')?.headers['heart-beat']).toBe(answered);
  });

  it.each(['a,10', '10', '1,2,3', '-1,0', '', ',', '1.5,2', ' 1,2'])(
    '%j is malformed: ERROR and the end (H6)',
    async (heartBeat) => {
      const [fixture, client] = await connectBeating(heartBeat);

      expect(client.errorCode).toBe('STOMP_MALFORMED_HEART_BEAT');
      expect(client.end?.code).toBe(1002);
      expect(fixture.received).toEqual([]);
    },
  );

  it('with numbers beyond any timer harms nobody', async () => {
    const [fixture, client] = await connectBeating('9007199254740991,9007199254740991');

    await fixture.clock.advance(60_000);

    expect(client.commands).toEqual(['CONNECTED']);
    expect(client.heartBeats).toBe(0);
  });
});

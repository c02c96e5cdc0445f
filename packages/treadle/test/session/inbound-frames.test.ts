import { EMPTY_BODY, type Frame } from '@treadle/stomp';
import { connect, FakeClock } from '@treadle/testing';
import { type Application, createApplication, silentLogger } from '../../src/index.js';
import { DEFAULTS } from '../../src/options.js';
import { InboundFrames } from '../../src/session/inbound-frames.js';
import { deferred, SessionFixture, settled, until } from './session-fixture.js';

const send = (body: string, headers = ''): string => `SEND\ndestination:/app/a\n${headers}\n${body}\0`;
const names = Array.from({ length: 1000 }, (_, index) => String(index));
const many = names.map((name) => send(name)).join('');

/** Frames without a session, and what their connection is told. */
function createInbound(perform: (frame: Frame) => void): { inbound: InboundFrames; flow: string[] } {
  const flow: string[] = [];
  const inbound = new InboundFrames({
    connection: { pause: () => flow.push('pause'), resume: () => flow.push('resume') },
    clock: new FakeClock(),
    limits: DEFAULTS.limits,
    work: { perform, done: () => undefined, failed: () => undefined, mustFollow: () => false },
    onFrame: () => undefined,
    onBroken: () => undefined,
  });
  return { inbound, flow };
}

describe('a chunk of many frames', () => {
  it('is decoded bit by bit: other sessions have their turn before the rest of it is looked at', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(many);
    const atOnce = fixture.registry.stats.frames.SEND;
    await until(() => fixture.handled.length === 1001);

    expect(atOnce).toBeLessThanOrEqual(256);
    expect(fixture.registry.stats.frames.SEND).toBe(1000);
  });

  it('is decoded no further while as many frames wait as may', async () => {
    const fixture = new SessionFixture({ limits: { inboundQueueFrames: 20 } });
    const client = await fixture.connect();
    const handling = deferred();
    fixture.onMessage = () => handling.promise;

    client.type(many);
    await settled();
    const before = fixture.registry.stats.frames.SEND;
    handling.resolve();
    await until(() => fixture.handled.length === 1001);

    expect(before).toBe(21); // one is in progress
  });

  it('is decoded up to that limit, though one frame takes its time: an UNSUBSCRIBE in it ends what waits for it', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = ({ type, session, subscriptionId = '' }) =>
      type === 'SUBSCRIBE'
        ? new Promise<void>((resolve) =>
            session?.subscriptionSignal(subscriptionId).addEventListener('abort', () => resolve()),
          )
        : undefined;

    client.type(
      `SUBSCRIBE\nid:1\ndestination:/app/a\n\n\0${send('x').repeat(200)}UNSUBSCRIBE\nid:1\nreceipt:r\n\n\0${send('y')}`,
    );
    await until(() => client.commands.includes('RECEIPT r'));

    expect(fixture.handled.at(-1)).toBe('MESSAGE y');
  });

  it('keeps its place before chunks that come behind it', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    const octets = Buffer.from(many + send('last'));
    for (let at = 0; at < octets.length; at += 5_000) client.peer.write(octets.subarray(at, at + 5_000));
    await until(() => fixture.handled.length === 1002);

    expect(fixture.handled.slice(1)).toEqual([...names, 'last'].map((name) => `MESSAGE ${name}`));
  });

  it('stops the reading of its client as long as some of it is left, which the statistics show', async () => {
    const fixture = new SessionFixture();
    const [client] = [await fixture.connect(), await fixture.connect()];

    client.type(many);
    const during = [client.peer.isPaused, fixture.registry.stats.sessions.paused];
    await until(() => fixture.handled.length === 1002);
    const after = [client.peer.isPaused, fixture.registry.stats.sessions.paused];

    expect(during).toEqual([true, 1]);
    expect(after).toEqual([false, 0]);
  });

  it('is no silence of the client: its heart-beats are not missed meanwhile', async () => {
    const fixture = new SessionFixture({ limits: { inboundQueueFrames: 2 }, heartBeat: { expects: 100 } });
    const client = await fixture.connect('accept-version:1.2\nheart-beat:100,0');
    const handling = deferred();
    fixture.onMessage = ({ type }) => (type === 'MESSAGE' ? handling.promise : undefined);

    client.type(many);
    await fixture.clock.advance(1000);

    expect(client.end).toBeUndefined();
  });

  it('with DISCONNECT inside ends there: RECEIPT, close, and nothing of what is behind it', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(`${send('before').repeat(300)}DISCONNECT\nreceipt:d\n\n\0${send('behind').repeat(500)}NONSENSE`);
    await until(() => client.end !== undefined);
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT d']);
    expect(client.end?.code).toBe(1000);
    expect(fixture.handled.filter((line) => line === 'MESSAGE before')).toHaveLength(300);
    expect(fixture.handled).not.toContain('MESSAGE behind');
  });

  it('with DISCONNECT at its beginning is let go of at once: nothing waits for the rest', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(`DISCONNECT\n\n\0${many}`);
    await settled();

    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
    expect(fixture.clock.timerCount).toBe(0);
  });

  it('counts to its end though its client has left', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(many);
    client.peer.close();
    await until(() => fixture.registry.size === 0);

    expect(fixture.handled).toEqual(['CONNECT', ...names.map((name) => `MESSAGE ${name}`), 'DISCONNECT']);
  });

  it('is handled to its end before the server stops, each frame in its own time', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = () => Promise.resolve();

    client.type(many + send('last', 'receipt:r\n'));
    await fixture.registry.stop(new Promise(() => undefined));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT r']);
    expect(client.end?.code).toBe(1001);
    expect(fixture.handled).toHaveLength(1003);
  });

  it.each([undefined, Promise.resolve()])(
    'is drained to its end also when the stop comes from inside one of its frames (handled: %s)',
    async (handled) => {
      const fixture = new SessionFixture();
      const client = await fixture.connect();
      let stopped: Promise<void> | undefined;
      fixture.onMessage = ({ type }) => {
        if (type === 'MESSAGE') stopped ??= fixture.registry.stop(new Promise(() => undefined));
        return handled;
      };

      client.type(many);
      await settled();
      await stopped;

      expect(fixture.handled.filter((line) => line.startsWith('MESSAGE'))).toHaveLength(1000);
    },
  );

  it('is handled one frame after the other, though the first were done at once and later ones take time', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    let inProgress = 0;
    let most = 0;
    const takeTime = async (): Promise<void> => {
      inProgress += 1;
      most = Math.max(most, inProgress);
      await settled();
      inProgress -= 1;
    };
    fixture.onMessage = () => (fixture.received.length <= 129 ? undefined : takeTime());

    client.type(
      names
        .slice(0, 200)
        .map((name) => send(name))
        .join(''),
    );
    await until(() => fixture.handled.length === 201);

    expect(most).toBe(1);
    expect(fixture.handled.slice(1)).toEqual(names.slice(0, 200).map((name) => `MESSAGE ${name}`));
  });

  it('that is broken further on ends the session when the frames before that are handled', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    fixture.onMessage = () => Promise.resolve();

    client.type(`${many}SEND\nno colon\n\n\0${send('behind')}`);
    await until(() => client.end !== undefined);

    expect(client.errorCode).toBe('STOMP_MALFORMED_HEADER');
    expect(fixture.handled).toEqual(['CONNECT', ...names.map((name) => `MESSAGE ${name}`), 'DISCONNECT']);
  });

  it('may begin with CONNECT: what was negotiated holds for all behind it', async () => {
    const fixture = new SessionFixture();
    const client = fixture.open();

    client.type(
      `CONNECT\naccept-version:1.1\nhost:a\n\n\0${send('x'.repeat(2000)).repeat(300)}SEND\ndestination:/app/\\c\n\n\0`,
    );
    await until(() => fixture.handled.length === 302);

    expect(client.commands).toEqual(['CONNECTED']);
    expect(fixture.handled.at(-1)).toBe('MESSAGE /app/:');
  });

  it('of nothing but heart-beats has its end too', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type('\n'.repeat(200_000) + send('x', 'receipt:r\n'));
    const atOnce = fixture.registry.stats.frames.SEND;
    await until(() => client.commands.includes('RECEIPT r'));

    expect(atOnce).toBe(0);
  });

  it('that are long lets others have their turn after few of them', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(send('x'.repeat(40_000)).repeat(20));
    const atOnce = fixture.registry.stats.frames.SEND;
    await until(() => fixture.handled.length === 21);

    expect(atOnce).toBeLessThan(10);
  });
});

describe('octets that arrive after the reading was stopped', () => {
  it('come behind what is left of earlier ones', async () => {
    const bodies: string[] = [];
    const { inbound, flow } = createInbound(({ body }) => void bodies.push(Buffer.from(body).toString()));
    const octets = Buffer.from(many);

    // In the middle of frames, as a socket reads.
    for (let at = 0; at < octets.length; at += 7_001) inbound.take(octets.subarray(at, at + 7_001));
    await new Promise<void>((resolve) => inbound.whenIdle(resolve));

    expect(bodies).toEqual(names);
    expect(flow).toEqual(['pause', 'resume']);
  });
});

describe("a frame of the server's own", () => {
  const own = { command: 'UNSUBSCRIBE', headers: ['id', '1'], body: EMPTY_BODY } as const;

  it('stands behind what has come and is not decoded, and before what comes later; then the client is read again', async () => {
    const handled: string[] = [];
    const { inbound, flow } = createInbound(
      ({ command, body }) => void handled.push(`${command} ${Buffer.from(body).toString()}`),
    );

    inbound.take(Buffer.from(many + send('last')));
    inbound.add(own);
    inbound.take(Buffer.from(send('later')));
    inbound.add(own);
    await new Promise<void>((resolve) => inbound.whenIdle(resolve));

    expect(handled.slice(-4)).toEqual(['SEND last', 'UNSUBSCRIBE ', 'SEND later', 'UNSUBSCRIBE ']);
    expect(flow).toEqual(['pause', 'resume']);
  });

  it('is handled at once where nothing is left to be handled', () => {
    const handled: string[] = [];
    const { inbound, flow } = createInbound(({ command }) => void handled.push(command));

    inbound.add(own);

    expect(handled).toEqual(['UNSUBSCRIBE']);
    expect(flow).toEqual([]);
  });
});

describe('a session that was ended from outside', () => {
  let application: Application;
  afterEach(() => application.stop());

  it('takes nothing more of the chunk in progress', async () => {
    application = createApplication({ logger: silentLogger });
    const client = await connect(application);
    client.sendOctets(send('x').replace('/app/a', '/topic/a').repeat(1000));

    await application.users.getSession(client.sessionId ?? '')?.disconnect();
    const { frames } = application.stats();
    await settled();

    expect(application.stats().frames.SEND).toBe(frames.SEND);
    expect(frames.SEND).toBeLessThan(1000);
  });
});

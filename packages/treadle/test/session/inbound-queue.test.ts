import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MessageHandlingError } from '../../src/foundation/errors.js';
import { deferred, SessionFixture, settled, until } from './session-fixture.js';

const send = (body: string): string => `SEND\ndestination:/app/a\n\n${body}\0`;
// Names and values count, not what parts them.
const HEADER_OCTETS = 'destination'.length + '/app/a'.length;

/** A connected client whose frames are held up until `release`. */
async function holdUp(limits: { inboundQueueFrames?: number; inboundQueueOctets?: number }) {
  const fixture = new SessionFixture({ limits });
  const client = await fixture.connect();
  const releases: (() => void)[] = [];
  fixture.onMessage = ({ type }) => {
    if (type !== 'MESSAGE') return undefined;
    const handling = deferred();
    releases.push(handling.resolve);
    return handling.promise;
  };
  /** Lets the frame in progress end. */
  const release = async (): Promise<void> => {
    releases.shift()?.();
    await settled();
  };
  return { fixture, client, release };
}

describe('the queue of frames that wait', () => {
  it('stops the reading when it holds as many frames as allowed', async () => {
    const { client } = await holdUp({ inboundQueueFrames: 4 });

    for (const name of ['in progress', '1', '2', '3']) client.type(send(name));
    const before = client.peer.isPaused;
    client.type(send('4'));

    expect(before).toBe(false);
    expect(client.peer.isPaused).toBe(true);
  });

  it('stops the reading when it holds as many octets as allowed', async () => {
    const { client } = await holdUp({ inboundQueueOctets: 1000 });

    client.type(send('in progress'));
    client.type(send('x'.repeat(900)));
    const before = client.peer.isPaused;
    client.type(send('x'.repeat(100)));

    expect(before).toBe(false);
    expect(client.peer.isPaused).toBe(true);
  });

  it('counts headers as well as bodies', async () => {
    const { client } = await holdUp({ inboundQueueOctets: 1000 });
    const withHeader = (octets: number): string => `SEND\ndestination:/app/a\nnote:${'x'.repeat(octets)}\n\n\0`;

    client.type(send('in progress'));
    client.type(withHeader(900));
    const before = client.peer.isPaused;
    client.type(withHeader(100));

    expect(before).toBe(false);
    expect(client.peer.isPaused).toBe(true);
  });

  it('lets reading go on when half of it is done', async () => {
    const { client, release } = await holdUp({ inboundQueueFrames: 4 });
    for (const name of ['in progress', '1', '2', '3', '4']) client.type(send(name));

    const paused = [client.peer.isPaused];
    for (let count = 0; count < 3; count += 1) {
      await release();
      paused.push(client.peer.isPaused);
    }

    // 4, 3, 2, 1 frames wait: below half of 4 it goes on.
    expect(paused).toEqual([true, true, true, false]);
  });

  it('lets reading go on when half of the octets are done, though frames still wait', async () => {
    const { client, release } = await holdUp({ inboundQueueOctets: 1000 });
    client.type(send('in progress'));
    for (let count = 0; count < 10; count += 1) client.type(send('x'.repeat(120 - HEADER_OCTETS)));

    const paused = [client.peer.isPaused];
    for (let count = 0; count < 6; count += 1) await release();
    paused.push(client.peer.isPaused);

    // 1200, then 480 octets wait: below half of 1000 it goes on.
    expect(paused).toEqual([true, false]);
  });

  it('loses nothing and keeps the order, however much a client sends', async () => {
    const { fixture, client, release } = await holdUp({ inboundQueueFrames: 4 });
    const names = Array.from({ length: 50 }, (_, index) => String(index));

    for (const name of names) client.type(send(name));
    await settled();
    const handledAtFirst = fixture.handled.length;
    for (let count = 0; count < names.length; count += 1) await release();

    expect(handledAtFirst).toBe(2); // CONNECT and the one in progress
    expect(fixture.handled).toEqual(['CONNECT', ...names.map((name) => `MESSAGE ${name}`)]);
    expect(client.peer.isPaused).toBe(false);
  });

  it('reads a client no further when its frames come joined in one chunk', async () => {
    const { fixture, client, release } = await holdUp({ inboundQueueFrames: 2 });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];

    client.type(names.map(send).join(''));
    client.type(send('g'));
    const isPaused = client.peer.isPaused;
    for (let count = 0; count < 7; count += 1) await release();

    expect(isPaused).toBe(true);
    expect(fixture.handled.slice(1)).toEqual([...names, 'g'].map((name) => `MESSAGE ${name}`));
  });

  it('of one session stops the reading of that session only', async () => {
    const { fixture, client } = await holdUp({ inboundQueueFrames: 1 });
    client.type(send('1') + send('2') + send('3'));

    const other = await fixture.connect();

    expect(client.peer.isPaused).toBe(true);
    expect(other.peer.isPaused).toBe(false);
    expect(other.commands).toEqual(['CONNECTED']);
  });

  it('reads what a client sent before it left', async () => {
    const { fixture, client, release } = await holdUp({ inboundQueueFrames: 1 });
    for (const name of ['1', '2', '3', '4']) client.type(send(name));

    client.peer.close(1006);
    for (let count = 0; count < 4; count += 1) await release();

    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE 1', 'MESSAGE 2', 'MESSAGE 3', 'MESSAGE 4', 'DISCONNECT']);
  });
});

describe('a session that is never idle', () => {
  it('keeps none of the frames it has handled', async () => {
    const { fixture, client, release } = await holdUp({});
    const body = 'x'.repeat(60_000);
    for (let count = 0; count < 3; count += 1) client.type(send(body));
    const before = await octetsInUse();

    for (let count = 0; count < 500; count += 1) {
      client.type(send(body));
      await release();
      fixture.received.length = 0; // or the fixture would keep them
    }

    expect((await octetsInUse()) - before).toBeLessThan(10_000_000); // not 30 MB
  });
});

describe('many frames in one chunk', () => {
  it('let other sessions have their turn in between', async () => {
    const fixture = new SessionFixture();
    const [greedy, modest] = [await fixture.connect(), await fixture.connect()];

    greedy.type(send('greedy').repeat(1000));
    modest.type(send('modest'));
    await until(() => fixture.handled.length === 1003);

    expect(fixture.handled.indexOf('MESSAGE modest')).toBeLessThan(600);
  });

  it('take several turns also when each of them is handled asynchronously, but at once', async () => {
    const fixture = new SessionFixture();
    const [greedy, modest] = [await fixture.connect(), await fixture.connect()];
    fixture.onMessage = () => Promise.resolve();

    greedy.type(send('greedy').repeat(1000));
    setImmediate(() => modest.type(send('modest')));
    await until(() => fixture.handled.length === 1003);

    expect(fixture.handled.indexOf('MESSAGE modest')).toBeLessThan(600);
  });

  it.each([
    ['few large frames', 40, 'x'.repeat(2000)],
    ['small ones', 120, 'small'],
  ])('let other sessions have their turn after some work, also when it is that of %s', async (_what, count, body) => {
    const fixture = new SessionFixture();
    const [greedy, modest] = [await fixture.connect(), await fixture.connect()];
    fixture.onMessage = ({ payload }) => (payload.length === body.length ? work(1) : undefined);

    greedy.type(send(body).repeat(count));
    modest.type(send('modest'));
    await until(() => fixture.handled.length === count + 3);

    expect(fixture.handled.indexOf('MESSAGE modest')).toBeLessThan(count);
  });

  it('let other sessions have their turn after some work that failed, or went on asynchronously', async () => {
    const fixture = new SessionFixture();
    const [failing, late, modest] = [await fixture.connect(), await fixture.connect(), await fixture.connect()];
    fixture.onMessage = ({ payload }) => {
      if (payload[0] === 'f'.charCodeAt(0)) return failAfter(1);
      return payload[0] === 'l'.charCodeAt(0) ? Promise.resolve().then(() => work(1)) : undefined;
    };

    failing.type(send('f'.repeat(2000)).repeat(40));
    late.type(send('l'.repeat(2000)).repeat(40));
    setImmediate(() => modest.type(send('modest')));
    await until(() => fixture.handled.length === 84);

    expect(fixture.handled.indexOf('MESSAGE modest')).toBeLessThan(60);
  });

  it('keep their order, and stop the reading while they wait', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const names = Array.from({ length: 1000 }, (_, index) => String(index));

    client.type(names.map(send).join(''));
    const isPaused = client.peer.isPaused;
    client.type(send('one more'));
    await until(() => fixture.handled.length === 1002);

    expect(isPaused).toBe(true);
    expect(fixture.handled.slice(1)).toEqual([...names, 'one more'].map((name) => `MESSAGE ${name}`));
    expect(client.peer.isPaused).toBe(false);
  });

  it('are all handled before a broken one ends the session, and before a stop', async () => {
    const fixture = new SessionFixture();
    const [broken, stopped] = [await fixture.connect(), await fixture.connect()];

    broken.type(`${send('hi').repeat(500)}NONSENSE\n\n\0`);
    stopped.type(send('hi').repeat(500));
    await fixture.registry.stop(new Promise(() => undefined));

    expect(fixture.handled.filter((line) => line === 'MESSAGE hi')).toHaveLength(1000);
    expect(broken.errorCode).toBe('STOMP_UNKNOWN_COMMAND');
  });

  it('are forgotten when one of them ends the session', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();

    client.type(`${send('hi').repeat(100)}CONNECT\n\n\0${send('late').repeat(500)}`);
    await until(() => client.end !== undefined);
    await settled();

    expect(fixture.handled.filter((line) => line === 'MESSAGE late')).toEqual([]);
    expect(fixture.registry.size).toBe(0);
  });
});

/** Keeps the processor busy for so many milliseconds. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Does the same and fails as handlers do whose failure was told. */
function failAfter(milliseconds: number): never {
  work(milliseconds);
  throw new MessageHandlingError('HANDLER_FAILED', 'c-1', 'it failed');
}

/** Heap and buffers that are still needed. */
async function octetsInUse(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void; // the flag above puts it there
  await settled();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

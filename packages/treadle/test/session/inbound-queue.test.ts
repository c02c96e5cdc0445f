import { deferred, SessionFixture, settled } from './session-fixture.js';

const send = (body: string): string => `SEND\ndestination:/app/a\n\n${body}\0`;

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
    const { client } = await holdUp({ inboundQueueOctets: 100 });

    client.type(send('in progress'));
    client.type(send('x'.repeat(99)));
    const before = client.peer.isPaused;
    client.type(send('x'));

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
    const { client, release } = await holdUp({ inboundQueueOctets: 100 });
    client.type(send('in progress'));
    for (let count = 0; count < 10; count += 1) client.type(send('x'.repeat(12)));

    const paused = [client.peer.isPaused];
    for (let count = 0; count < 6; count += 1) await release();
    paused.push(client.peer.isPaused);

    // 120, then 48 octets wait: below half of 100 it goes on.
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

import { MessageHandlingError } from '../../src/foundation/errors.js';
import { type Deferred, deferred, SessionFixture, settled } from './session-fixture.js';

const send = (body: string, headers = ''): string => `SEND\ndestination:/app/a\n${headers}\n${body}\0`;

/** A connected client; frames whose body begins with `beside` let go of their turn, and are in progress until they are finished by name. */
async function open(limits: { inboundQueueFrames?: number; inboundQueueOctets?: number; lingerTimeMs?: number } = {}) {
  const fixture = new SessionFixture({ limits });
  const client = await fixture.connect();
  const inProgress = new Map<string, Deferred>();
  fixture.onMessage = ({ payload, turn, destination, type }) => {
    const name = Buffer.from(payload).toString() || `${type} ${destination}`;
    if (!/^(SUBSCRIBE .)?(beside|slow)/.test(name)) return undefined;
    const work = deferred();
    inProgress.set(name, work);
    if (name.includes('beside')) turn?.letGo();
    return work.promise;
  };
  const finish = async (name: string): Promise<void> => {
    inProgress.get(name)?.resolve();
    await settled();
  };
  const fail = async (name: string): Promise<void> => {
    inProgress.get(name)?.reject(new Error('no'));
    await settled();
  };
  return { fixture, client, inProgress, finish, fail };
}

describe('a frame that lets go of its turn', () => {
  it('is not waited for by the next ones, and is answered when it is done', async () => {
    const { fixture, client, finish } = await open();

    client.type(send('beside 1', 'receipt:1\n') + send('beside 2', 'receipt:2\n') + send('quick', 'receipt:3\n'));
    await settled();
    const before = client.commands;
    await finish('beside 2');
    await finish('beside 1');

    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE beside 1', 'MESSAGE beside 2', 'MESSAGE quick']);
    expect(before).toEqual(['CONNECTED', 'RECEIPT 3']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 3', 'RECEIPT 2', 'RECEIPT 1']);
  });

  it('may do so later, when others wait already', async () => {
    const { fixture, client, inProgress } = await open();
    const turns: (() => void)[] = [];
    const usual = fixture.onMessage;
    fixture.onMessage = (message) => {
      turns.push(() => message.turn?.letGo());
      return usual(message);
    };
    client.type(send('slow') + send('next'));
    await settled();
    const before = fixture.handled;

    turns[0]?.();
    const atOnce = fixture.handled;
    await settled();

    expect(before).toEqual(['CONNECT', 'MESSAGE slow']);
    expect(atOnce).toEqual(before); // who lets go comes to its end before the next one begins
    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE slow', 'MESSAGE next']);
    expect([...inProgress.keys()]).toEqual(['slow']);
  });

  it('has no effect when it lets go a second time, or when it is done', async () => {
    const { fixture, client, finish } = await open();
    const usual = fixture.onMessage;
    const turns: (() => void)[] = [];
    fixture.onMessage = (message) => {
      turns.push(() => message.turn?.letGo());
      return usual(message);
    };

    client.type(send('beside') + send('quick') + send('slow') + send('last'));
    await settled();
    for (const letGo of turns.slice(0, 2)) letGo(); // of the one that did, and of the one that is done
    await settled();
    const before = fixture.handled.at(-1);
    await finish('slow');

    expect(before).toBe('MESSAGE slow');
    expect(fixture.handled.at(-1)).toBe('MESSAGE last');
  });

  it('keeps the order of those behind it', async () => {
    const { fixture, client, finish } = await open();

    client.type(send('beside') + send('slow 1') + send('slow 2') + send('slow 3'));
    await settled();
    await finish('beside');
    const before = fixture.handled.at(-1);
    for (const name of ['slow 1', 'slow 2', 'slow 3']) await finish(name);

    expect(before).toBe('MESSAGE slow 1');
    expect(fixture.handled.slice(1)).toEqual(['beside', 'slow 1', 'slow 2', 'slow 3'].map((name) => `MESSAGE ${name}`));
  });

  it.each(['succeeds', 'fails'])('and %s at once after all leaves nothing behind', async (outcome) => {
    const { fixture, client } = await open();
    fixture.onMessage = ({ turn, type }) => {
      if (type !== 'MESSAGE') return;
      turn?.letGo();
      if (outcome === 'fails') throw new MessageHandlingError('HANDLER_FAILED', 'c-1', 'told already');
    };

    client.type(send('1') + send('2'));
    client.peer.close(1006);
    await settled();

    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE 1', 'MESSAGE 2', 'DISCONNECT']);
    expect(fixture.registry.size).toBe(0);
  });

  it('that throws at once after all ends the session as any other', async () => {
    const { fixture, client } = await open();
    fixture.onMessage = ({ turn, type }) => {
      if (type !== 'MESSAGE') return;
      turn?.letGo();
      throw new Error('no');
    };

    client.type(send('1'));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'ERROR']);
    expect(fixture.registry.size).toBe(0);
  });
});

describe('what waits for frames that let go', () => {
  it('is DISCONNECT: its receipt says that all frames before it were processed', async () => {
    const { fixture, client, finish } = await open();

    client.type(`${send('beside 1', 'receipt:1\n')}${send('beside 2')}DISCONNECT\nreceipt:bye\n\n\0`);
    await settled();
    await finish('beside 1');
    const before = client.commands;
    await finish('beside 2');

    expect(before).toEqual(['CONNECTED', 'RECEIPT 1']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'RECEIPT bye']);
    expect(fixture.handled.at(-1)).toBe('DISCONNECT');
    expect(client.end).toEqual({ code: 1000, reason: 'DISCONNECT' });
  });

  it('keeps what comes later behind it', async () => {
    const { fixture, client, finish } = await open();

    client.type(`SUBSCRIBE\nid:1\ndestination:/beside/1\n\n\0`);
    client.type('UNSUBSCRIBE\nid:1\n\n\0');
    client.type(send('later'));
    await settled();
    const before = fixture.handled.at(-1);
    await finish('SUBSCRIBE /beside/1');

    expect(before).toBe('SUBSCRIBE /beside/1');
    expect(fixture.handled.slice(-2)).toEqual(['UNSUBSCRIBE /beside/1', 'MESSAGE later']);
  });

  it('is UNSUBSCRIBE, for the SUBSCRIBE of the same id and no other', async () => {
    const { fixture, client, finish } = await open();
    const subscribe = (id: string): string => `SUBSCRIBE\nid:${id}\ndestination:/beside/${id}\n\n\0`;

    client.type('SUBSCRIBE\nid:0\ndestination:/quick\n\n\0');
    client.type(subscribe('1') + subscribe('2') + send('beside'));
    client.type('UNSUBSCRIBE\nid:0\n\n\0UNSUBSCRIBE\nid:1\n\n\0UNSUBSCRIBE\nid:2\n\n\0');
    await settled();
    const atFirst = fixture.handled.slice(-1);
    await finish('SUBSCRIBE /beside/2');
    const then = fixture.handled.slice(-1);
    await finish('SUBSCRIBE /beside/1');

    expect(atFirst).toEqual(['UNSUBSCRIBE /quick']);
    expect(then).toEqual(atFirst); // the second one waits behind the first one
    expect(fixture.handled.slice(-2)).toEqual(['UNSUBSCRIBE /beside/1', 'UNSUBSCRIBE /beside/2']);
  });

  it('is a SUBSCRIBE that takes the same id again', async () => {
    const { fixture, client, fail } = await open();
    const subscribe = 'SUBSCRIBE\nid:1\ndestination:/beside/1\n\n\0';

    client.type(subscribe + subscribe);
    await settled();
    const before = [fixture.handled.at(-1), client.errorCode];
    await fail('SUBSCRIBE /beside/1');

    expect(before).toEqual(['SUBSCRIBE /beside/1', undefined]);
    expect(client.errorCode).toBe('INTERNAL_ERROR');
  });

  it('is the end of a session whose client has left', async () => {
    const { fixture, client, finish } = await open();
    client.type(send('beside') + send('quick'));

    client.peer.close(1006);
    await settled();
    const before = fixture.handled;
    await finish('beside');

    expect(before).toEqual(['CONNECT', 'MESSAGE beside', 'MESSAGE quick']);
    expect(fixture.handled.at(-1)).toBe('DISCONNECT');
    expect(fixture.registry.size).toBe(0);
  });

  it('is that end for `lingerTimeMs` at most', async () => {
    const { fixture, client } = await open({ lingerTimeMs: 500 });
    client.type(send('beside'));

    client.peer.close(1006);
    await settled();
    await fixture.clock.advance(500);

    expect(fixture.handled.at(-1)).toBe('DISCONNECT');
    expect(fixture.registry.size).toBe(0);
  });

  it('is the stop of the server', async () => {
    const { fixture, client, finish } = await open();
    client.type(send('beside', 'receipt:1\n'));
    let isStopped = false;

    const stopped = fixture.registry.stop(new Promise(() => undefined)).then(() => (isStopped = true));
    await settled();
    const before = isStopped;
    await finish('beside');
    await stopped;

    expect(before).toBe(false);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
    expect(client.end?.code).toBe(1001);
  });

  it('is what a broken frame behind them does to the session', async () => {
    const { client, finish } = await open();

    client.type(`${send('beside', 'receipt:1\n')}NONSENSE\n\n\0`);
    await settled();
    const before = client.commands;
    await finish('beside');

    expect(before).toEqual(['CONNECTED']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'ERROR']);
  });
});

describe('a frame that fails after it let go', () => {
  it('ends the session with ERROR, whatever is in progress, and none of that is answered any more', async () => {
    const { fixture, client, fail, finish } = await open();

    client.type(send('beside 1', 'receipt:1\n') + send('beside 2', 'receipt:2\n') + send('slow') + send('never'));
    await settled();
    await fail('beside 2');
    await finish('beside 1');
    await finish('slow');

    expect(client.commands).toEqual(['CONNECTED', 'ERROR']);
    expect(client.frame('ERROR')?.headers['receipt-id']).toBe('2');
    expect(fixture.handled).not.toContain('MESSAGE never');
    expect(fixture.handled.filter((line) => line === 'DISCONNECT')).toHaveLength(1);
  });

  it('says nothing when the session has ended meanwhile', async () => {
    const { fixture, client, fail } = await open();
    client.type(send('beside', 'receipt:1\n') + 'CONNECT\n\n\0');
    await settled();
    const before = client.commands;

    await fail('beside');

    expect(before).toEqual(['CONNECTED', 'ERROR']);
    expect(client.commands).toEqual(before);
    expect(fixture.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('frames in progress beside the order', () => {
  it('count for the limit of frames: the session is not read until half of them are done', async () => {
    const { client, finish } = await open({ inboundQueueFrames: 4 });

    for (const name of ['1', '2', '3']) client.type(send(`beside ${name}`));
    await settled();
    const before = client.peer.isPaused;
    client.type(send('beside 4'));
    await settled();
    const paused = [client.peer.isPaused];
    for (const name of ['1', '2', '3']) {
      await finish(`beside ${name}`);
      paused.push(client.peer.isPaused);
    }

    expect(before).toBe(false);
    expect(paused).toEqual([true, true, true, false]);
  });

  it('let the session be read again though another frame holds its order', async () => {
    const { client, finish } = await open({ inboundQueueFrames: 2 });
    client.type(send('beside 1') + send('beside 2') + send('slow'));
    await settled();
    const before = client.peer.isPaused;

    await finish('beside 1');
    await finish('beside 2');

    expect(before).toBe(true);
    expect(client.peer.isPaused).toBe(false);
  });

  it('count for the limit of octets', async () => {
    const { client, finish } = await open({ inboundQueueOctets: 1000 });
    const large = `beside ${'x'.repeat(990)}`;

    client.type(send(large));
    await settled();
    const before = client.peer.isPaused;
    await finish(large);

    expect(before).toBe(true);
    expect(client.peer.isPaused).toBe(false);
  });

  it('still give other sessions their turn, many as they may be', async () => {
    const { fixture, client } = await open({ inboundQueueFrames: 10_000 });
    const other = await fixture.connect();

    client.type(Array.from({ length: 1000 }, (_, index) => send(`beside ${index}`)).join(''));
    other.type(send('modest'));
    for (let turn = 0; turn < 20; turn += 1) await settled();

    expect(fixture.handled.indexOf('MESSAGE modest')).toBeLessThan(600);
    expect(fixture.handled).toHaveLength(1003);
  });
});

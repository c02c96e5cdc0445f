import { type RawClient, SessionFixture, settled } from './session-fixture';

const begin = (id: string): string => `BEGIN\ntransaction:${id}\n\n\0`;
const commit = (id: string, headers = ''): string => `COMMIT\ntransaction:${id}\n${headers}\n\0`;
const abort = (id: string, headers = ''): string => `ABORT\ntransaction:${id}\n${headers}\n\0`;
const send = (body: string, headers = ''): string => `SEND\ndestination:/app/a\n${headers}\n${body}\0`;
const sendIn = (id: string, body: string, headers = ''): string => send(body, `transaction:${id}\n${headers}`);

const VERSIONS = ['1.0', '1.1', '1.2'];

async function connected(version = '1.2'): Promise<{ fixture: SessionFixture; client: RawClient }> {
  const fixture = new SessionFixture();
  return { fixture, client: await fixture.connect(`accept-version:${version}`) };
}

describe.each(VERSIONS)('a transaction of STOMP %s', (version) => {
  it('is invisible before COMMIT, and all of it there behind it, in order (T1)', async () => {
    const { fixture, client } = await connected(version);

    client.type(begin('tx') + sendIn('tx', 'one') + sendIn('tx', 'two') + send('outside', 'receipt:1\n'));
    await settled();
    const before = [...fixture.handled];
    client.type(commit('tx', 'receipt:2\n'));
    await settled();

    expect(before).toEqual(['CONNECT', 'MESSAGE outside']);
    expect(fixture.handled.slice(2)).toEqual(['MESSAGE one', 'MESSAGE two']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'RECEIPT 2']);
  });

  it('leaves nothing behind ABORT (T2)', async () => {
    const { fixture, client } = await connected(version);

    client.type(begin('tx') + sendIn('tx', 'one') + abort('tx', 'receipt:1\n') + send('after', 'receipt:2\n'));
    await settled();

    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE after']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1', 'RECEIPT 2']);
  });

  it('does not mix with others that are open (T7)', async () => {
    const { fixture, client } = await connected(version);

    client.type(begin('a') + begin('b') + sendIn('a', 'a1') + sendIn('b', 'b1') + sendIn('a', 'a2'));
    client.type(commit('b') + abort('a', 'receipt:1\n'));
    await settled();

    expect(fixture.handled).toEqual(['CONNECT', 'MESSAGE b1']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
  });

  it.each([
    ['SEND', sendIn('tx', 'one')],
    ['ACK', 'ACK\nid:7\nmessage-id:7\nsubscription:1\ntransaction:tx\n\n\0'],
    ['COMMIT', commit('tx')],
    ['ABORT', abort('tx')],
    ...(version === '1.0' ? [] : [['NACK', 'NACK\nid:7\nmessage-id:7\nsubscription:1\ntransaction:tx\n\n\0']]),
  ])('must be open when %s names it (T9)', async (_, frame) => {
    const { fixture, client } = await connected(version);

    client.type(frame);
    await settled();

    expect(client.errorCode).toBe('TRANSACTION_UNKNOWN');
    expect(client.end?.code).toBe(1002);
    expect(fixture.handled).toEqual(['CONNECT', 'DISCONNECT']);
  });
});

describe('the id of a transaction', () => {
  it.each([
    ['COMMIT', commit('tx')],
    ['ABORT', abort('tx')],
  ])('may be used again behind %s (T7)', async (_, ending) => {
    const { fixture, client } = await connected();

    client.type(begin('tx') + sendIn('tx', 'one') + ending + begin('tx') + sendIn('tx', 'two') + commit('tx'));
    await settled();

    expect(fixture.handled.at(-1)).toBe('MESSAGE two');
    expect(client.commands).toEqual(['CONNECTED']);
  });

  it('may not be that of one that is open (T8)', async () => {
    const { client } = await connected();

    client.type(begin('tx') + begin('tx'));
    await settled();

    expect(client.errorCode).toBe('TRANSACTION_ID_IN_USE');
    expect(client.end?.code).toBe(1002);
  });

  it('means nothing on another connection (T7)', async () => {
    const { fixture, client } = await connected();
    const other = await fixture.connect();
    client.type(begin('tx') + sendIn('tx', 'mine'));

    other.type(commit('tx'));
    await settled();
    client.type(commit('tx', 'receipt:1\n'));
    await settled();

    expect(other.errorCode).toBe('TRANSACTION_UNKNOWN');
    expect(fixture.handled).toContain('MESSAGE mine');
  });

  it('may have any characters, and is compared as it was meant', async () => {
    const { fixture, client } = await connected();

    client.type(begin('a\\cb\\\\') + sendIn('a:b\\\\', 'one') + commit('a\\cb\\\\', 'receipt:1\n'));
    await settled();

    expect(fixture.handled).toContain('MESSAGE one');
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
  });
});

describe('a SEND in a transaction', () => {
  it('gets its RECEIPT when it is held: a client may wait for it before COMMIT (R4)', async () => {
    const { fixture, client } = await connected();

    client.type(begin('tx') + sendIn('tx', 'one', 'receipt:held\n'));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT held']);
    expect(fixture.handled).toEqual(['CONNECT']);
  });

  it('is checked at once', async () => {
    const { client } = await connected();

    client.type(begin('tx') + 'SEND\ntransaction:tx\n\nwhere to\0');
    await settled();

    expect(client.errorCode).toBe('STOMP_MISSING_HEADER');
  });

  it('reaches handlers as any other: with its headers, and without its transaction and a turn', async () => {
    const { fixture, client } = await connected();

    client.type(begin('tx') + sendIn('tx', 'one', 'mood:good\n') + commit('tx'));
    await settled();

    const message = fixture.received.at(-1);
    expect(message).toMatchObject({ type: 'MESSAGE', destination: '/app/a', turn: undefined });
    expect(message?.headers.list).toEqual(['destination', '/app/a', 'mood', 'good']);
    expect(message?.session).toBe(fixture.received[0]?.session);
  });

  it('passes the interceptors at COMMIT', async () => {
    const seen: string[] = [];
    const fixture = new SessionFixture({
      interceptors: [
        {
          preSend: (message) => {
            seen.push(`${message.type} ${Buffer.from(message.payload).toString()}`.trim());
            return message;
          },
        },
      ],
    });
    const client = await fixture.connect();

    client.type(begin('tx') + sendIn('tx', 'one', 'receipt:1\n'));
    await settled();
    const before = [...seen];
    client.type(commit('tx'));
    await settled();

    expect(before).toEqual(['CONNECT']);
    expect(seen).toEqual(['CONNECT', 'MESSAGE one']);
  });

  it('does not keep the chunk it came in', async () => {
    const { fixture, client } = await connected();
    const large = 'x'.repeat(60_000);

    client.type(begin('tx') + sendIn('tx', 'small') + send(large) + sendIn('tx', 'y'.repeat(40_000)) + commit('tx'));
    await settled();

    const held = fixture.received.filter(({ destination }) => destination === '/app/a');
    const [, small, big] = held.map(({ payload }) => [payload.length, payload.buffer.byteLength]);
    expect(small).toEqual([5, 5]);
    expect(big?.[1]).toBeLessThanOrEqual(80_000);
  });
});

describe('the limits of transactions (T11)', () => {
  it.each([
    ['open at one time', { transactions: 2 }, begin('1') + begin('2'), begin('3')],
    [
      'frames held by all of them',
      { transactionFrames: 2 },
      begin('1') + begin('2') + sendIn('1', 'a') + sendIn('2', 'a'),
      sendIn('1', 'a'),
    ],
    [
      'frames, ACK and NACK among them',
      { transactionFrames: 2 },
      begin('1') + 'ACK\nid:1\ntransaction:1\n\n\0NACK\nid:2\ntransaction:1\n\n\0',
      sendIn('1', 'a'),
    ],
    [
      'octets held by all of them',
      { transactionOctets: 2_000 },
      begin('1') + begin('2') + sendIn('1', 'x'.repeat(900)) + sendIn('2', 'x'.repeat(900)),
      sendIn('1', 'x'.repeat(200)),
    ],
  ])('are %s', async (_, limits, within, beyond) => {
    const fixture = new SessionFixture({ limits });
    const client = await fixture.connect();

    client.type(within + send('', 'receipt:fine\n'));
    await settled();
    const before = client.commands;
    client.type(beyond);
    await settled();

    expect(before).toEqual(['CONNECTED', 'RECEIPT fine']);
    expect(client.errorCode).toBe('TRANSACTION_LIMIT_EXCEEDED');
    expect(client.end?.code).toBe(1002);
    expect(fixture.registry.stats.sessions.endedByCode).toEqual({ TRANSACTION_LIMIT_EXCEEDED: 1 });
  });

  it('count what is open: COMMIT and ABORT give their share back', async () => {
    const fixture = new SessionFixture({
      limits: { transactions: 1, transactionFrames: 2, transactionOctets: 2_000 },
    });
    const client = await fixture.connect();
    const round = (ending: string): string =>
      begin('tx') + sendIn('tx', 'x'.repeat(900)) + sendIn('tx', 'x'.repeat(900)) + ending;

    client.type(round(commit('tx')) + round(abort('tx')) + round(commit('tx', 'receipt:1\n')));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
  });
});

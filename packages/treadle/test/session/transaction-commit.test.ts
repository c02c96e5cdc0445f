import { MessageHandlingError, MessageRejectedError } from '../../src/foundation/errors';
import type { Message } from '../../src/messaging/message';
import { DEFAULTS } from '../../src/options';
import { deferred, type RawClient, SessionFixture, settled, until } from './session-fixture';

const begin = 'BEGIN\ntransaction:tx\n\n\0';
const ack = 'ACK\nid:7\ntransaction:tx\n\n\0';
const send = (body: string, headers = ''): string => `SEND\ndestination:/app/a\n${headers}\n${body}\0`;
const sendIn = (body: string, headers = ''): string => send(body, `transaction:tx\n${headers}`);
const commit = (headers = ''): string => `COMMIT\ntransaction:tx\n${headers}\n\0`;

const textOf = ({ payload }: Message): string => Buffer.from(payload).toString();

interface Setting {
  readonly fixture: SessionFixture;
  readonly client: RawClient;
  /** Bodies that were handled, and what became of the acknowledgement, in order. */
  readonly happened: string[];
}

/** A session whose handler fails at the body `bad` with this. */
async function failingWith(failure: () => Error): Promise<Setting> {
  const fixture = new SessionFixture();
  const client = await fixture.connect();
  const happened: string[] = [];
  fixture.onMessage = (message) => {
    message.acknowledgement?.transaction?.enlist({
      commit: () => void happened.push('commit'),
      rollback: () => happened.push('rollback'),
    });
    if (message.type === 'MESSAGE') happened.push(textOf(message));
    if (message.type === 'DISCONNECT') happened.push('DISCONNECT');
    if (textOf(message) === 'bad') throw failure();
  };
  return { fixture, client, happened };
}

describe('COMMIT', () => {
  it('sends each message when the one before is done, and lets later frames wait', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    const begun: string[] = [];
    const work = { one: deferred(), two: deferred() };
    fixture.onMessage = (message) => {
      begun.push(textOf(message));
      return work[textOf(message) as keyof typeof work]?.promise; // undefined for the others
    };

    client.type(begin + sendIn('one') + sendIn('two') + commit('receipt:c\n') + send('later'));
    await settled();
    const first = [...begun];
    work.one.resolve();
    await settled();
    const second = [...begun];
    const before = client.commands;
    work.two.resolve();
    await settled();

    expect(first).toEqual(['one']);
    expect(second).toEqual(['one', 'two']);
    expect(before).toEqual(['CONNECTED']);
    expect(begun).toEqual(['one', 'two', 'later']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT c']);
  });

  it('of an empty transaction is answered', async () => {
    const { client } = await failingWith(() => new Error('never'));

    client.type(begin + commit('receipt:c\n'));
    await settled();

    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT c']);
  });

  it('leaves the event loop to others when the transaction is large', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type(begin + sendIn('x').repeat(1000));
    await until(() => fixture.registry.stats.frames.SEND === 1000);
    const mostInARow = countInARow(fixture);

    client.type(commit('receipt:c\n'));
    await until(() => client.commands.includes('RECEIPT c'));

    expect(fixture.received).toHaveLength(1001);
    expect(mostInARow()).toBeLessThanOrEqual(256);
  });

  it('leaves it sooner when its messages take long', async () => {
    const fixture = new SessionFixture();
    const client = await fixture.connect();
    client.type(begin + sendIn('x').repeat(10));
    await settled();
    const mostInARow = countInARow(fixture, () => {
      const end = performance.now() + 11;
      while (performance.now() < end); // a handler that computes
    });

    client.type(commit('receipt:c\n'));
    await until(() => client.commands.includes('RECEIPT c'));

    expect(mostInARow()).toBe(1);
  });

  it('that has come counts, though the client is gone', async () => {
    const { fixture, client, happened } = await failingWith(() => new Error('never'));
    const held = deferred();
    const handle = fixture.onMessage;
    fixture.onMessage = (message) => {
      const result = handle(message);
      return textOf(message) === 'one' ? held.promise : result;
    };
    client.type(begin + ack + sendIn('one') + sendIn('two') + commit());
    await settled();

    client.peer.close(1006, 'lost');
    await settled();
    held.resolve();
    await settled();

    expect(happened).toEqual(['one', 'two', 'commit', 'DISCONNECT']);
  });

  it('goes on to its end when its session waits no longer for it, but what it acknowledged goes back', async () => {
    const { fixture, client, happened } = await failingWith(() => new Error('never'));
    const held = deferred();
    const handle = fixture.onMessage;
    fixture.onMessage = (message) => {
      const result = handle(message);
      return textOf(message) === 'one' ? held.promise : result;
    };
    client.type(begin + ack + sendIn('one') + sendIn('two') + commit());
    await settled();

    client.peer.close(1006, 'lost');
    await fixture.clock.advance(DEFAULTS.limits.lingerTimeMs);
    held.resolve();
    await settled();

    expect(happened).toEqual(['one', 'rollback', 'DISCONNECT', 'two']);
  });
});

describe('a message of a transaction that ends the session', () => {
  it('is the last one of it: ERROR to the COMMIT, and the acknowledgements are rolled back first', async () => {
    const { client, happened } = await failingWith(
      () => new MessageRejectedError('forbidden', { code: 'ACCESS_DENIED' }),
    );

    client.type(begin + ack + sendIn('good') + sendIn('bad') + sendIn('never') + commit('receipt:c\n'));
    await settled();

    expect(happened).toEqual(['good', 'bad', 'rollback', 'DISCONNECT']);
    expect(client.commands).toEqual(['CONNECTED', 'ERROR']);
    expect(client.frame('ERROR')?.headers).toMatchObject({ code: 'ACCESS_DENIED', 'receipt-id': 'c' });
    expect(client.end?.code).toBe(1002);
  });

  it('does so without a receipt too', async () => {
    const { client } = await failingWith(() => new MessageRejectedError('forbidden', { code: 'ACCESS_DENIED' }));

    client.type(begin + sendIn('bad') + commit());
    await settled();

    expect(client.errorCode).toBe('ACCESS_DENIED');
    expect(client.frame('ERROR')?.headers).not.toHaveProperty('receipt-id');
  });
});

describe.each([
  ['fails in application code', () => new MessageHandlingError('HANDLER_FAILED', 'c-1', 'it failed'), 'HANDLER_FAILED'],
  [
    'is refused alone',
    () => new MessageRejectedError('too fast', { code: 'SERVER_BUSY', endsSession: false }),
    'MESSAGE_REJECTED', // as the fixture tells it
  ],
])('a message of a transaction that %s', (_, failure, code) => {
  it('leaves the others alone, but the acknowledgements are rolled back', async () => {
    const { client, happened } = await failingWith(failure);

    client.type(begin + ack + sendIn('bad') + sendIn('good') + commit() + send('after', 'receipt:1\n'));
    await settled();

    expect(happened).toEqual(['bad', 'good', 'rollback', 'after']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
  });

  it('answers the receipt of COMMIT with ERROR, when the others are done', async () => {
    const { client, happened } = await failingWith(failure);

    client.type(begin + ack + sendIn('bad') + sendIn('good') + commit('receipt:c\n'));
    await settled();

    expect(happened).toEqual(['bad', 'good', 'rollback', 'DISCONNECT']);
    expect(client.commands).toEqual(['CONNECTED', 'ERROR']);
    expect(client.frame('ERROR')?.headers).toMatchObject({ code, 'receipt-id': 'c' });
  });
});

test('a message of a transaction that is refused alone is told of as one outside', async () => {
  const { fixture, client } = await failingWith(
    () => new MessageRejectedError('too fast', { code: 'SERVER_BUSY', endsSession: false }),
  );

  client.type(begin + sendIn('bad') + commit());
  await settled();

  expect(fixture.refused).toMatchObject([['MESSAGE', '/app/a', { code: 'SERVER_BUSY' }]]);
});

test('of several messages that fail the first one is what the client is told of', async () => {
  const codes = ['HANDLER_FAILED', 'PAYLOAD_INVALID'] as const;
  let count = 0;
  const { client } = await failingWith(() => {
    count += 1;
    return new MessageHandlingError(codes[count - 1] ?? 'HANDLER_FAILED', `c-${count}`, 'it failed');
  });

  client.type(begin + sendIn('bad') + sendIn('bad') + commit('receipt:c\n'));
  await settled();

  expect(client.frame('ERROR')?.headers).toMatchObject({ code: 'HANDLER_FAILED', 'correlation-id': 'c-1' });
});

/** Does this with every message from now on; gives how many were handled in one turn of the event loop at most. */
function countInARow(fixture: SessionFixture, work: () => void = () => undefined): () => number {
  let inARow = 0;
  let most = 0;
  fixture.onMessage = () => {
    if (inARow === 0) setImmediate(() => (inARow = 0));
    inARow += 1;
    most = Math.max(most, inARow);
    work();
  };
  return () => most;
}

import { MessageRejectedError } from '../../src/foundation/errors';
import { deferred, type RawClient, SessionFixture, settled } from './session-fixture';

const begin = (id: string): string => `BEGIN\ntransaction:${id}\n\n\0`;
const commit = (id: string, headers = ''): string => `COMMIT\ntransaction:${id}\n${headers}\n\0`;
const abort = (id: string, headers = ''): string => `ABORT\ntransaction:${id}\n${headers}\n\0`;
const sendIn = (id: string, body: string): string => `SEND\ndestination:/app/a\ntransaction:${id}\n\n${body}\0`;

describe('an acknowledgement in a transaction', () => {
  it.each([
    ['ACK', 'commit', commit('tx', 'receipt:end\n')],
    ['ACK', 'rollback', abort('tx', 'receipt:end\n')],
    ['NACK', 'commit', commit('tx', 'receipt:end\n')],
    ['NACK', 'rollback', abort('tx', 'receipt:end\n')],
  ] as const)('is an %s that is sent at once and counts at the end: %s (T5, T6)', async (type, outcome, ending) => {
    const { fixture, client } = await connected();
    const settlements = enlisting(fixture);

    client.type(`${begin('tx')}${type}\nid:7\ntransaction:tx\nreceipt:taken\n\n\0`);
    await settled();
    const before = [...settlements];
    client.type(ending);
    await settled();

    expect(before).toEqual([`${type} 7 enlisted`]);
    expect(settlements.slice(1)).toEqual([`${type} 7 ${outcome}`]);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT taken', 'RECEIPT end']);
  });

  it('counts when the messages of the transaction have been handled', async () => {
    const { fixture, client } = await connected();
    const settlements = enlisting(fixture);

    client.type(`${begin('tx')}ACK\nid:7\ntransaction:tx\n\n\0${sendIn('tx', 'result')}${commit('tx')}`);
    await settled();

    expect(settlements).toEqual(['ACK 7 enlisted', 'MESSAGE result', 'ACK 7 commit']);
  });

  it('fails at once when the broker does not know the message', async () => {
    const { fixture, client } = await connected();
    fixture.onMessage = ({ type }) => {
      if (type === 'ACK') throw new MessageRejectedError('no', { code: 'ACKNOWLEDGEMENT_UNKNOWN' });
    };

    client.type(`${begin('tx')}ACK\nid:7\ntransaction:tx\nreceipt:1\n\n\0`);
    await settled();

    expect(client.frame('ERROR')?.headers).toMatchObject({ code: 'ACKNOWLEDGEMENT_UNKNOWN', 'receipt-id': '1' });
  });

  it.each([
    ['DISCONNECT', (client: RawClient) => client.type('DISCONNECT\n\n\0')],
    ['the loss of the connection', (client: RawClient) => client.peer.close(1006, 'lost')],
    ['an ERROR', (client: RawClient) => client.type(commit('unknown'))],
  ])('is rolled back by %s, before others forget the session (T3, T4)', async (_, end) => {
    const { fixture, client } = await connected();
    const settlements = enlisting(fixture);
    client.type(`${begin('tx')}ACK\nid:7\ntransaction:tx\n\n\0${begin('b')}ACK\nid:8\ntransaction:b\n\n\0`);
    client.type(sendIn('b', 'never'));
    await settled();

    end(client);
    await settled();

    expect(settlements.slice(2)).toEqual(['ACK 7 rollback', 'ACK 8 rollback', 'DISCONNECT']);
  });

  it('that reaches the broker when the session is over is rolled back at once', async () => {
    const held = deferred();
    const fixture = new SessionFixture({
      interceptors: [{ preSend: (message) => (message.type === 'ACK' ? held.promise.then(() => message) : message) }],
      limits: { lingerTimeMs: 1_000 },
    });
    const client = await fixture.connect();
    const settlements = enlisting(fixture);
    client.type(`${begin('tx')}ACK\nid:7\ntransaction:tx\n\n\0`);
    client.peer.close(1006, 'lost');
    await fixture.clock.advance(1_000);

    held.resolve();
    await settled();

    expect(settlements).toEqual(['DISCONNECT', 'ACK 7 enlisted', 'ACK 7 rollback']);
  });

  it('that a broker elsewhere is asked about holds the RECEIPT of COMMIT until that has answered', async () => {
    const { fixture, client } = await connected();
    const answers = [deferred(), deferred()];
    let asked = 0;
    fixture.onMessage = ({ acknowledgement }) =>
      acknowledgement?.transaction?.enlist({
        commit: () => answers[asked++]?.promise,
        rollback: () => undefined,
      });

    client.type(
      `${begin('tx')}ACK\nid:7\ntransaction:tx\n\n\0ACK\nid:8\ntransaction:tx\n\n\0${commit('tx', 'receipt:1\n')}`,
    );
    await settled();
    const before = [asked, ...client.commands];
    answers[0]?.resolve();
    await settled();
    const halfway = client.commands;
    answers[1]?.resolve();
    await settled();

    expect(before).toEqual([2, 'CONNECTED']);
    expect(halfway).toEqual(['CONNECTED']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
  });

  it('that a broker elsewhere does not take fails the COMMIT when all have answered', async () => {
    const { fixture, client } = await connected();
    const late = deferred();
    const lost = new MessageRejectedError('the broker was lost', { code: 'ACKNOWLEDGEMENT_LOST' });
    fixture.onMessage = ({ acknowledgement }) =>
      acknowledgement?.transaction?.enlist({
        commit: () => (acknowledgement.ackId === '7' ? Promise.reject(lost) : late.promise),
        rollback: () => undefined,
      });

    client.type(
      `${begin('tx')}ACK\nid:7\ntransaction:tx\n\n\0ACK\nid:8\ntransaction:tx\n\n\0${commit('tx', 'receipt:1\n')}`,
    );
    await settled();
    const before = client.commands;
    late.resolve();
    await settled();

    expect(before).toEqual(['CONNECTED']);
    expect(client.commands).toEqual(['CONNECTED', 'ERROR']);
  });

  it('that a broker fails to settle does not keep the others from it', async () => {
    const { fixture, client } = await connected();
    const settlements: string[] = [];
    fixture.onMessage = ({ type, acknowledgement }) => {
      if (type !== 'ACK') settlements.push(type);
      acknowledgement?.transaction?.enlist({
        commit: () => {
          throw new Error('disk full');
        },
        rollback: () => {
          settlements.push('rollback');
          throw new Error('disk full');
        },
      });
    };

    client.type(`${begin('tx')}ACK\nid:7\ntransaction:tx\n\n\0${commit('tx', 'receipt:1\n')}`);
    client.type(`${begin('tx')}ACK\nid:8\ntransaction:tx\n\n\0ACK\nid:9\ntransaction:tx\n\n\0DISCONNECT\n\n\0`);
    await settled();

    expect(settlements).toEqual(['rollback', 'rollback', 'DISCONNECT']);
    expect(client.commands).toEqual(['CONNECTED', 'RECEIPT 1']);
    expect(fixture.log.filter(({ level }) => level === 'error')).toHaveLength(3);
  });
});

async function connected(): Promise<{ fixture: SessionFixture; client: RawClient }> {
  const fixture = new SessionFixture();
  return { fixture, client: await fixture.connect() };
}

/** Has a broker behind the channel that enlists every acknowledgement; gives what happened, in order. */
function enlisting(fixture: SessionFixture): string[] {
  const happened: string[] = [];
  fixture.onMessage = ({ type, acknowledgement, payload }) => {
    const name = [type, acknowledgement?.ackId ?? Buffer.from(payload).toString()].filter(Boolean).join(' ');
    happened.push(acknowledgement ? `${name} enlisted` : name);
    acknowledgement?.transaction?.enlist({
      commit: () => void happened.push(`${name} commit`),
      rollback: () => happened.push(`${name} rollback`),
    });
  };
  return happened;
}

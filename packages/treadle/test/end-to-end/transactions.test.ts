import 'reflect-metadata';
import { connect, type TestClient } from '@treadle/testing';
import {
  Concurrent,
  Controller,
  createApplication,
  Header,
  Headers,
  type HeaderRecord,
  MessageMapping,
  Payload,
  SendTo,
  silentLogger,
} from 'treadle';

@Controller()
class Ledger {
  readonly entries: string[] = [];

  @MessageMapping('/enter')
  @SendTo('/topic/entered')
  enter(@Payload(String) entry: string): string {
    return `entered ${entry}`;
  }

  @MessageMapping('/slow')
  @Concurrent(10)
  @SendTo('/topic/entered')
  async slow(@Payload(String) entry: string, @Header('turns', Number) turns: number): Promise<string> {
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return `slow ${entry}`;
  }

  @MessageMapping('/headers')
  @SendTo('/topic/entered')
  headers(@Headers() headers: HeaderRecord): string[] {
    return Object.keys(headers);
  }

  @MessageMapping('/spill')
  spill(): never {
    throw new Error('the ink is gone');
  }
}

function start() {
  return createApplication({ controllers: [Ledger], logger: silentLogger });
}

/** The bodies of what came to this subscription so far. */
const bodies = (inbox: { readonly messages: readonly { readonly body: string }[] }): string[] =>
  inbox.messages.map(({ body }) => body);

describe.each(['1.0', '1.1', '1.2'])('a transaction of a client of STOMP %s', (acceptVersion) => {
  test('takes effect at COMMIT, in order, at controllers and broker alike', async () => {
    await using application = start();
    await using receiver = await connect(application);
    const entered = await receiver.subscribe('/topic/entered');
    await using client = await connect(application, { acceptVersion });

    const transaction = await client.begin();
    await transaction.send('/app/enter', 'one');
    await transaction.send('/topic/entered', 'two');
    await transaction.send('/app/enter', 'three');
    await receiver.send('/topic/entered', 'before');
    await transaction.commit();
    await receiver.send('/topic/entered', 'after');

    expect(bodies(entered)).toEqual(['before', 'entered one', 'two', 'entered three', 'after']);
  });

  test('leaves nothing behind ABORT, nor when the client leaves', async () => {
    await using application = start();
    await using receiver = await connect(application);
    const entered = await receiver.subscribe('/topic/entered');
    const [aborting, leaving, dropping] = [
      await connect(application, { acceptVersion }),
      await connect(application, { acceptVersion }),
      await connect(application, { acceptVersion }),
    ];
    for (const client of [aborting, leaving, dropping]) {
      const transaction = await client.begin('tx');
      await transaction.send('/app/enter', 'never');
      if (client === aborting) await transaction.abort();
    }

    await aborting.disconnect();
    await leaving.disconnect();
    dropping.drop();
    await dropping.closed;
    await receiver.send('/topic/entered', 'after');

    expect(bodies(entered)).toEqual(['after']);
  });
});

describe('a message of a transaction', () => {
  test('waits for the one before, though its handler takes several at a time', async () => {
    await using application = start();
    await using client = await connect(application);
    const entered = await client.subscribe('/topic/entered');

    const transaction = await client.begin();
    await transaction.send('/app/slow', 'first', { turns: '5' });
    await transaction.send('/app/slow', 'second', { turns: '0' });
    await transaction.send('/app/enter', 'third');
    await transaction.commit();

    expect(bodies(entered)).toEqual(['slow first', 'slow second', 'entered third']);
  });

  test('has no trace of its transaction, for handlers and receivers', async () => {
    await using application = start();
    await using client = await connect(application);
    const entered = await client.subscribe('/topic/entered');

    const transaction = await client.begin();
    await transaction.send('/app/headers', undefined, { mood: 'good' });
    await transaction.send('/topic/entered', 'plain', { mood: 'good' });
    await transaction.commit();

    const [seen, plain] = entered.messages;
    expect(seen?.payload).toEqual(expect.arrayContaining(['destination', 'mood']));
    expect(seen?.payload).not.toContain('transaction');
    expect(plain?.headers).toMatchObject({ mood: 'good' });
    expect(plain?.headers).not.toHaveProperty('transaction');
    expect(plain?.headers).not.toHaveProperty('receipt');
  });

  test('that fails is told of, and the others go on', async () => {
    await using application = start();
    await using client = await connect(application);
    const [entered, errors] = [await client.subscribe('/topic/entered'), await client.subscribe('/user/queue/errors')];

    client.sendFrame('BEGIN', { transaction: 'tx' });
    client.sendWithoutReceipt('/app/spill', 'x', { transaction: 'tx' });
    client.sendWithoutReceipt('/app/enter', 'y', { transaction: 'tx' });
    client.sendFrame('COMMIT', { transaction: 'tx' });
    await client.send('/topic/entered', 'after');

    expect(bodies(entered)).toEqual(['entered y', 'after']);
    expect(await errors.next()).toMatchObject({ code: 'HANDLER_FAILED', destination: '/app/spill' });
  });

  test('that fails is the answer to a COMMIT with a receipt, and the session ends', async () => {
    await using application = start();
    await using receiver = await connect(application);
    const entered = await receiver.subscribe('/topic/entered');
    await using client = await connect(application);

    const transaction = await client.begin();
    await transaction.send('/app/spill');
    await transaction.send('/app/enter', 'y');
    const error: unknown = await transaction.commit().catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: 'HANDLER_FAILED' });
    expect(await entered.next()).toBe('entered y');
  });
});

test('what a client may hold in transactions is an option', async () => {
  await using application = createApplication({
    controllers: [Ledger],
    limits: { transactions: 1 },
    logger: silentLogger,
  });
  await using client: TestClient = await connect(application);
  await client.begin();

  const error: unknown = await client.begin().catch((reason: unknown) => reason);

  expect(error).toMatchObject({ code: 'TRANSACTION_LIMIT_EXCEEDED' });
  expect(application.stats().sessions.endedByCode).toEqual({ TRANSACTION_LIMIT_EXCEEDED: 1 });
});

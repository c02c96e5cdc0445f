import 'reflect-metadata';
import { inspect } from 'node:util';
import { IsInt, Max } from 'class-validator';
import { connect, type TestClient } from '@treadle/testing';
import {
  type Application,
  Controller,
  createApplication,
  ERRORS,
  type Logger,
  MessageMapping,
  Payload,
  SendTo,
  SendToUser,
  SubscribeMapping,
} from 'treadle';

class Order {
  @IsInt()
  @Max(5)
  cups!: number;
}

@Controller()
class TeaHouse {
  @MessageMapping('/slow')
  @SendTo('/topic/done')
  async slow(@Payload(String) what: string): Promise<string> {
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    return `slow ${what}`;
  }

  @MessageMapping('/quick')
  @SendTo('/topic/done')
  quick(@Payload(String) what: string): string {
    return `quick ${what}`;
  }

  @MessageMapping('/orders')
  @SendToUser('/queue/orders')
  order(@Payload(Order) order: Order): Order {
    return order;
  }

  @SubscribeMapping('/menu')
  menu(): string[] {
    return ['green', 'black'];
  }

  @MessageMapping('/spill')
  spill(): never {
    throw new Error('the third shelf broke');
  }
}

const log: unknown[] = [];
const logger: Logger = { debug: note, info: note, warn: note, error: note };

function note(...said: readonly unknown[]): void {
  log.push(said);
}

let application: Application;
let client: TestClient;

beforeEach(async () => {
  log.length = 0;
  application = createApplication({ controllers: [TeaHouse], logger });
  client = await connect(application);
});
afterEach(() => application.stop());

describe('order', () => {
  test('a quick handler does not overtake the slow one before it', async () => {
    const inbox = await client.subscribe('/topic/done');

    client.sendWithoutReceipt('/app/slow', 'one');
    client.sendWithoutReceipt('/app/quick', 'two');
    client.sendWithoutReceipt('/topic/done', 'straight three');
    await client.send('/app/quick', 'four');

    const received = inbox.messages.map(({ body }) => body);
    expect(received).toEqual(['slow one', 'quick two', 'straight three', 'quick four']);
  });

  test('one session does not wait for another', async () => {
    const other = await connect(application);
    const inbox = await other.subscribe('/topic/done');

    client.sendWithoutReceipt('/app/slow', 'mine');
    await other.send('/app/quick', 'yours');

    expect(await inbox.next()).toBe('quick yours');
    expect(await inbox.next()).toBe('slow mine');
  });
});

describe('receipts', () => {
  test('every frame that asks is answered, one after the other', async () => {
    const frames = ['one', 'two'].map((receipt) => ({ id: receipt, destination: '/topic/done', receipt }));
    for (const headers of frames) client.sendFrame('SUBSCRIBE', headers);
    client.sendWithoutReceipt('/app/slow', 'tea', { receipt: 'three' });
    client.sendFrame('UNSUBSCRIBE', { id: 'one', receipt: 'four' });
    client.sendFrame('DISCONNECT', { receipt: 'five' });

    await client.closed;

    const receipts = client.frames.filter(({ command }) => command === 'RECEIPT');
    expect(receipts.map(({ headers }) => headers['receipt-id'])).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  test('a SEND is receipted after its handler is done and its answer was delivered', async () => {
    const inbox = await client.subscribe('/topic/done');

    await client.send('/app/slow', 'tea');

    expect(inbox.messages).toHaveLength(1);
  });

  test('a SUBSCRIBE to a controller is receipted after its answer', async () => {
    const inbox = await client.subscribe('/app/menu');

    const commands = client.frames.map(({ command }) => command);
    expect(commands).toEqual(['CONNECTED', 'MESSAGE', 'RECEIPT']);
    expect(await inbox.next()).toEqual(['green', 'black']);
  });
});

describe('errors', () => {
  test.each([
    ['a handler fails', '/app/spill', undefined, 'HANDLER_FAILED'],
    ['a payload breaks the rules', '/app/orders', { cups: 6 }, 'PAYLOAD_INVALID'],
    ['nobody handles the destination', '/app/nowhere', undefined, 'DESTINATION_UNKNOWN'],
  ] as const)(
    'when %s, the sender reads code, sentence and correlation id, and the session goes on',
    async (...row) => {
      const [, destination, payload, code] = row;
      const errors = await client.subscribe('/user/queue/errors');

      client.sendWithoutReceipt(destination, payload);

      expect(await errors.next()).toMatchObject({
        code,
        message: ERRORS[code],
        correlationId: expect.any(String),
        destination,
      });
      await client.send('/app/orders', { cups: 1 });
    },
  );

  test('a receipt that cannot be given is answered with ERROR, and the session ends', async () => {
    const refused = client.send('/app/spill');

    await expect(refused).rejects.toMatchObject({ code: 'HANDLER_FAILED' });
    expect(client.errorFrame?.headers).toMatchObject({
      message: ERRORS.HANDLER_FAILED,
      'receipt-id': expect.any(String),
      'correlation-id': expect.any(String),
    });
    await client.closed;
  });

  test('what went wrong inside is in the log under the same correlation id, and nowhere else', async () => {
    const errors = await client.subscribe('/user/queue/errors');

    client.sendWithoutReceipt('/app/spill');
    const { correlationId } = await errors.next<{ correlationId: string }>();

    const said = inspect(log, { depth: 6 });
    expect(said).toContain('the third shelf broke');
    expect(said).toContain(correlationId);
    expect(client.frames.map(({ body }) => body).join('\n')).not.toContain('shelf');
  });
});

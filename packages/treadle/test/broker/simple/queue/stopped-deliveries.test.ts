import { MessageRejectedError } from '../../../../src/foundation/errors.js';
import type { ChannelInterceptor } from '../../../../src/messaging/channel-interceptor.js';
import type { Message } from '../../../../src/messaging/message.js';
import { createSession, textOf } from '../../broker-under-test.js';
import { nextTurn, startQueues } from './queue-under-test.js';

const alice = createSession('a');
const bob = createSession('b');

/** What an interceptor says to a message that it lets nobody have. */
type Refusal = (message: Message) => Message | null | Promise<Message | null>;

/** In every way that there is. */
const REFUSALS: readonly [string, Refusal][] = [
  ['drops', () => null],
  ['refuses', () => fail()],
  ['drops later', () => Promise.resolve(null)],
  ['refuses later', async () => fail()],
];

function fail(): never {
  throw new MessageRejectedError('not for you');
}

/** Keeps some messages from everybody, and notes what it was asked. */
function keeping(isKept: (message: Message) => boolean, refuse: Refusal) {
  const asked: string[] = [];
  const preSend: NonNullable<ChannelInterceptor['preSend']> = (message) => {
    if (!isKept(message)) return message;
    asked.push(`${message.sessionId}/${message.subscriptionId} ${textOf(message)}`);
    return refuse(message);
  };
  return { asked, interceptor: { preSend } };
}

/** Enough for anything that goes around to show. */
async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
}

describe.each(REFUSALS)('a message of a queue that an interceptor %s', (_, refuse) => {
  it('goes to another consumer, and is not marked: nobody has seen it', async () => {
    const { interceptor, asked } = keeping(({ sessionId }) => sessionId === 'a', refuse);
    const queues = startQueues({}, {}, [interceptor]);
    await queues.consume(alice, '1');
    await queues.consume(bob, '1');

    queues.send('1');
    await manyTurns();

    expect(asked).toEqual(['a/1 1']);
    expect(queues.takeDeliveries()).toEqual(['b/1 1']);
    expect(queues.broker.stats.messages).toMatchObject({ delivered: 1, redelivered: 0 });
  });

  it('is offered to each subscription once, waits for a further one, and never counts as a delivery', async () => {
    const { interceptor, asked } = keeping(({ sessionId }) => sessionId === 'a', refuse);
    const queues = startQueues({ maxDeliveries: 1 }, {}, [interceptor]);
    await queues.consume(alice, '1');
    await queues.consume(alice, '2');
    queues.send('1');
    await manyTurns();
    expect(queues.broker.stats.queues.waitingMessages).toBe(1);

    await queues.consume(alice, '3');
    await manyTurns();
    await queues.consume(bob, '1');
    await manyTurns();

    expect(asked).toEqual(['a/1 1', 'a/2 1', 'a/3 1']);
    expect(queues.takeDeliveries()).toEqual(['b/1 1']);
    expect(queues.broker.stats.messages).toMatchObject({ delivered: 1, deadLettered: 0 });
  });

  it('holds up nothing behind it', async () => {
    const { interceptor, asked } = keeping((message) => textOf(message).startsWith('kept'), refuse);
    const queues = startQueues({}, {}, [interceptor]);
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 1 });

    queues.send('kept 1', '1', 'kept 2', '2', '3');
    for (const text of ['1', '2', '3']) {
      await manyTurns();
      queues.ack(text);
    }

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 2', 'a/1 3']);
    expect(asked).toEqual(['a/1 kept 1', 'a/1 kept 2']);
    expect(queues.broker.stats.queues.waitingMessages).toBe(2);
  });

  it('comes again to the one it was kept from when another rejected it only if that one is new', async () => {
    const { interceptor, asked } = keeping(({ sessionId }) => sessionId === 'a', refuse);
    const queues = startQueues({}, {}, [interceptor]);
    await queues.consume(alice, '1');
    await queues.consume(bob, '1');
    queues.send('1');
    await manyTurns();

    queues.nack('1');
    await manyTurns();

    expect(asked).toEqual(['a/1 1']);
    expect(queues.takeDeliveries()).toEqual(['b/1 1', 'b/1 1 again']);
  });

  it('does not go around among the dead letters either', async () => {
    const { interceptor, asked } = keeping(({ destination }) => destination === '/queue/dead-letters', refuse);
    const queues = startQueues({ maxDeliveries: 1 }, {}, [interceptor]);
    await queues.consume(alice, '1');
    await queues.consume(bob, 'dead', '/queue/dead-letters');

    queues.send('poison');
    await manyTurns();
    queues.nack('poison');
    await manyTurns();

    expect(asked).toEqual(['b/dead poison']);
    expect(queues.broker.stats.queues.waitingMessages).toBe(1);
  });
});

it('a message that an interceptor keeps from a consumer costs it one look, however many are kept', async () => {
  const { interceptor, asked } = keeping(
    (message) => textOf(message) === 'kept',
    () => null,
  );
  const queues = startQueues({ maxMessages: 20_000 }, {}, [interceptor]);
  await queues.consume(alice, '1', '/queue/jobs', { ack: 'auto' });

  for (let count = 0; count < 10_000; count += 1) queues.send('kept');
  const before = performance.now();
  for (let count = 0; count < 1000; count += 1) queues.send('free');
  await manyTurns();

  expect(asked).toHaveLength(10_000);
  expect(queues.takeDeliveries()).toHaveLength(1000);
  expect(performance.now() - before).toBeLessThan(5000);
});

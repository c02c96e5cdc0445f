import { connect } from '@treadle/testing';
import { StreamTurns } from '../../../src/annotation/results/stream-turns';
import { Controller, MessageMapping, SendTo } from '../../../src/index';
import { applicationOf, turns } from './stream-fixture';

/** Takes turns until it has to wait, at most so many. */
function takeWhileFree(streamTurns: StreamTurns, atMost = 1000): { taken: number; wait: Promise<void> | undefined } {
  for (let taken = 0; taken < atMost; taken += 1) {
    const wait = streamTurns.take();
    if (wait) return { taken, wait };
  }
  return { taken: atMost, wait: undefined };
}

describe('the turns of streams', () => {
  test('are so many in a row, whoever takes them, then the event loop goes on', async () => {
    const streamTurns = new StreamTurns();

    const { taken, wait } = takeWhileFree(streamTurns);
    let isFree = false;
    void wait?.then(() => (isFree = true));
    await Promise.resolve();
    const before = isFree;
    await wait;

    expect(taken).toBe(256);
    expect([before, isFree]).toEqual([false, true]);
    expect(takeWhileFree(streamTurns).taken).toBe(255); // the one that waited has had the first
  });

  test('go to those who wait in the order they came, no more of them in one turn than fit', async () => {
    const streamTurns = new StreamTurns();
    takeWhileFree(streamTurns, 256);
    const woken: number[] = [];
    for (let index = 0; index < 600; index += 1) void streamTurns.take()?.then(() => woken.push(index));

    const counts: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      await turns(1);
      counts.push(woken.length);
    }

    expect(woken).toEqual(Array.from({ length: 600 }, (_none, index) => index));
    expect(counts.slice(0, 3)).toEqual([256, 512, 600]);
  });
});

describe('many streams that never wait', () => {
  const STREAMS = 60;

  /** `pulled` is how many items each of them was asked for. */
  function endless() {
    const pulled: number[] = [];
    @Controller()
    class Endless {
      @MessageMapping('/endless') @SendTo('/topic/nobody') *endless() {
        const index = pulled.push(0) - 1;
        for (let item = 0; item < 20_000; item += 1) {
          pulled[index] = item;
          yield item;
        }
      }
      @MessageMapping('/ping') ping() {}
    }
    return { Endless, pulled };
  }

  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

  test('send no more items together in one turn of the event loop than one of them would, and all go on', async () => {
    const { Endless, pulled } = endless();
    await using application = applicationOf([Endless]);
    await using client = await connect(application);
    for (let stream = 0; stream < STREAMS; stream += 1) client.sendWithoutReceipt('/app/endless');
    await client.send('/app/ping');

    const before = sum(pulled);
    const each = [...pulled];
    await turns(10);

    expect(sum(pulled) - before).toBeLessThanOrEqual(12 * 256);
    expect(pulled.every((count, index) => count > (each[index] ?? 0))).toBe(true);
    expect(pulled).toHaveLength(STREAMS);
  });

  test('do not cost their frames a turn each', async () => {
    const { Endless, pulled } = endless();
    await using application = applicationOf([Endless]);
    await using client = await connect(application);

    for (let stream = 0; stream < STREAMS; stream += 1) client.sendWithoutReceipt('/app/endless');
    await turns(5);

    expect(pulled).toHaveLength(STREAMS);
  });
});

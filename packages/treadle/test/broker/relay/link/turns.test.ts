import { Turns } from '../../../../src/broker/relay/link/turns.js';

/** Asks for so many turns, and notes whose have come. */
function ask(turns: Turns, count: number, signal?: AbortSignal): number[] {
  const begun: number[] = [];
  for (let index = 0; index < count; index += 1) {
    turns.take(signal).then(
      () => begun.push(index),
      () => begun.push(-1),
    );
  }
  return begun;
}

const soon = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('turns', () => {
  it('are so many at a time, and go on in the order they were asked for', async () => {
    const turns = new Turns(10);
    const begun = ask(turns, 13);
    await soon();
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

    turns.give();
    turns.give();
    await soon();

    expect(begun.slice(10)).toEqual([10, 11]);
  });

  it('are had at once while there are some, and nobody is overtaken', async () => {
    const turns = new Turns(2);
    expect([turns.takeNow(), turns.takeNow(), turns.takeNow()]).toEqual([true, true, false]);
    const begun = ask(turns, 1);

    turns.give();
    expect(turns.takeNow()).toBe(false);
    await soon();

    expect(begun).toEqual([0]);
  });

  it('that nobody waits for are there for the next', async () => {
    const turns = new Turns(10);
    ask(turns, 10);
    for (let index = 0; index < 10; index += 1) turns.give();

    const begun = ask(turns, 11);
    await soon();

    expect(begun).toHaveLength(10);
  });

  it('are not had by who has given up', async () => {
    const turns = new Turns(10);
    ask(turns, 10);
    const givingUp = new AbortController();
    const gone = ask(turns, 2, givingUp.signal);
    const [stays] = [ask(turns, 1)];

    givingUp.abort();
    turns.give();
    await soon();

    expect([gone, stays]).toEqual([[-1, -1], [0]]);
    await expect(turns.take(givingUp.signal)).rejects.toThrow();
  });
});

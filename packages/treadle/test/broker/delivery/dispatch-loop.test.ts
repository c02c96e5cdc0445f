import { type DispatchBudget, DispatchLoop, type DispatchTask } from '../../../src/broker/delivery/dispatch-loop.js';

/** A task that does as it is told and notes that it ran. */
function createTask(
  log: string[],
  name: string,
  action: (budget: DispatchBudget) => void = () => undefined,
): DispatchTask {
  return {
    dispatch(budget) {
      log.push(name);
      action(budget);
    },
  };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('DispatchLoop', () => {
  it('runs a task at once', () => {
    const log: string[] = [];

    new DispatchLoop().add(createTask(log, 'a'));

    expect(log).toEqual(['a']);
  });

  it('never runs a task inside another: what one adds comes behind it, once', () => {
    const log: string[] = [];
    const loop = new DispatchLoop();
    const inner = createTask(log, 'inner');
    const outer = createTask(log, 'outer', () => {
      loop.add(inner);
      loop.add(inner);
      log.push('outer done');
    });

    loop.add(outer);

    expect(log).toEqual(['outer', 'outer done', 'inner']);
  });

  it('leaves the rest to the next turn of the event loop when the budget is spent', async () => {
    const log: string[] = [];
    const loop = new DispatchLoop();
    const greedy: DispatchTask = createTask(log, 'greedy', (budget) => {
      while (!budget.isSpent) budget.spend();
      if (log.length < 3) loop.add(greedy);
    });

    loop.add(greedy);
    expect(log).toHaveLength(1);
    await nextTurn();
    expect(log).toHaveLength(2);
    await nextTurn();

    expect(log).toHaveLength(3);
  });

  it('runs what a batch adds when the batch is done, be it that it fails', () => {
    const log: string[] = [];
    const loop = new DispatchLoop();
    const failure = new Error('no');

    const run = (): void =>
      loop.batch(() => {
        loop.add(createTask(log, 'a'));
        log.push('still in the batch');
        throw failure;
      });

    expect(run).toThrow(failure);
    expect(log).toEqual(['still in the batch', 'a']);
  });

  it('runs a task that may wait in the next turn, together with those that are added meanwhile, in order', async () => {
    const log: string[] = [];
    const loop = new DispatchLoop();

    loop.addLater(createTask(log, 'first'));
    loop.add(createTask(log, 'second'));
    expect(log).toEqual([]);
    await nextTurn();

    expect(log).toEqual(['first', 'second']);
  });

  it('goes on with the others when a task fails', async () => {
    const log: string[] = [];
    const loop = new DispatchLoop();
    const failing = createTask(log, 'failing', () => {
      throw new Error('no');
    });

    expect(() =>
      loop.batch(() => {
        loop.add(failing);
        loop.add(createTask(log, 'other'));
      }),
    ).toThrow('no');
    await nextTurn();

    expect(log).toEqual(['failing', 'other']);
  });
});

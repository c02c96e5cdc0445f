import { LinkedList } from './linked-list.js';

/** Something that may have deliveries to make. */
export interface DispatchTask {
  /** Makes them. Called by the loop, never from inside another task; adds itself again when the budget ran out before it was done. */
  dispatch(budget: DispatchBudget): void;
}

/** Steps (deliveries, or messages looked at) that are left before other work of the process has its turn. */
export class DispatchBudget {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  spend(): void {
    this.#left -= 1;
  }
}

/** Some milliseconds of work. */
const STEPS_PER_SLICE = 1000;

/**
 * Runs tasks one after the other, never one inside another: a delivery may be acknowledged before it returns, and what that makes room for must
 * not pile up on the stack. Usually that is at once; after so many steps the rest waits for the next turn of the event loop.
 */
export class DispatchLoop {
  readonly #tasks = new LinkedList<DispatchTask>();
  readonly #queued = new Set<DispatchTask>();
  #isRunning = false;
  #isScheduled = false;

  /** Runs a task now, behind those that were added before; it is there once however often it is added. */
  add(task: DispatchTask): void {
    this.#enqueue(task);
    if (!this.#isRunning && !this.#isScheduled) this.#run();
  }

  /** Runs a task in the next turn of the event loop, so that what its cause owes its own client goes first. */
  addLater(task: DispatchTask): void {
    this.#enqueue(task);
    this.#schedule();
  }

  /** Runs `action`, and what it adds only when it is done. Does nothing special inside a running task. */
  batch<T>(action: () => T): T {
    if (this.#isRunning) return action();
    this.#isRunning = true;
    try {
      return action();
    } finally {
      this.#isRunning = false;
      if (!this.#isScheduled && this.#tasks.size > 0) this.#run();
    }
  }

  #enqueue(task: DispatchTask): void {
    if (this.#queued.has(task)) return;
    this.#queued.add(task);
    this.#tasks.add(task);
  }

  #run(): void {
    const budget = new DispatchBudget(STEPS_PER_SLICE);
    this.#isRunning = true;
    try {
      while (!budget.isSpent) {
        const task = this.#tasks.shift();
        if (!task) return;
        this.#queued.delete(task);
        budget.spend();
        task.dispatch(budget);
      }
    } finally {
      this.#isRunning = false;
      if (this.#tasks.size > 0) this.#schedule();
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#runScheduled);
  }

  readonly #runScheduled = (): void => {
    this.#isScheduled = false;
    this.#run();
  };
}

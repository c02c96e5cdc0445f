import type { DispatchBudget } from '../dispatch-loop.js';
import { LinkedList } from '../linked-list.js';
import { MessageLine } from './message-line.js';
import type { QueueConsumer } from './queue-consumer.js';
import type { QueuedMessage } from './queued-message.js';

/** What the consumers of a queue need of it. */
export interface QueueConsumersParts {
  readonly line: MessageLine;
  /** Takes a message from the line and delivers it. */
  readonly give: (message: QueuedMessage, consumer: QueueConsumer) => void;
  /** There is more to do: calls `dispatch` soon. */
  readonly wake: () => void;
}

/**
 * Decides who of a queue's consumers gets which message. A consumer is in one of three states:
 *
 * - up to date: it can take, and wants none of those that wait. What comes in is offered to these, in turn.
 * - behind: it can take, and has not looked at all that wait. These take, in turn, the first message they want.
 * - waiting for room: its window is full or its client reads too slowly.
 *
 * So a message is looked at once by each consumer that filters, however long it waits, and again only when it has come back.
 */
export class QueueConsumers {
  readonly #parts: QueueConsumersParts;
  readonly #all = new Set<QueueConsumer>();
  #filtering: Set<QueueConsumer> | undefined;
  readonly #upToDate = new LinkedList<QueueConsumer>();
  readonly #behind = new LinkedList<QueueConsumer>();
  readonly #parked = new LinkedList<QueueConsumer>();
  /** Came in and not yet shown to those who are up to date. */
  readonly #offered = new LinkedList<QueuedMessage>();
  /** The same of what came back, in whatever order: several may at once. */
  #offeredBack: MessageLine | undefined;
  #lowestOffered = Infinity;
  #named = 0;

  constructor(parts: QueueConsumersParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Whether a subscription names the queue. */
  get isNamed(): boolean {
    return this.#named > 0;
  }

  [Symbol.iterator](): Iterator<QueueConsumer> {
    return this.#all.values();
  }

  add(consumer: QueueConsumer): void {
    this.#all.add(consumer);
    if (consumer.isNamed) this.#named += 1;
    if (consumer.isFiltering) (this.#filtering ??= new Set<QueueConsumer>()).add(consumer);
    consumer.moveTo(this.#behind);
  }

  delete(consumer: QueueConsumer): void {
    consumer.isRemoved = true;
    consumer.moveTo(undefined);
    if (this.#all.delete(consumer) && consumer.isNamed) this.#named -= 1;
    this.#filtering?.delete(consumer);
  }

  /** A message stands in the line that did not before. @param isBack whether it did earlier, so that some may be past it */
  offer(message: QueuedMessage, isBack: boolean): void {
    const { position } = message;
    if (isBack) this.#filtering?.forEach((consumer) => (consumer.cursor = Math.min(consumer.cursor, position)));
    if (this.#upToDate.size === 0) return;
    if (isBack) (this.#offeredBack ??= new MessageLine()).add(message);
    else this.#offered.add(message);
    this.#lowestOffered = Math.min(this.#lowestOffered, position);
  }

  /** Gives out what can be given; true when the budget ran out before. */
  dispatch(budget: DispatchBudget): boolean {
    if (!this.#showOffered(budget)) return true;
    while (this.#behind.first) {
      if (budget.isSpent) return true;
      this.#serve(this.#behind.first.value, budget);
    }
    return false;
  }

  /** False when the budget ran out before all were shown. */
  #showOffered(budget: DispatchBudget): boolean {
    while (this.#offered.size > 0 || this.#offeredBack) {
      if (budget.isSpent) return false;
      const message = this.#takeOffered();
      if (message?.isWaiting) this.#show(message, budget);
    }
    this.#lowestOffered = Infinity;
    return true;
  }

  /** The first one by its place in the order of the queue. */
  #takeOffered(): QueuedMessage | undefined {
    const back = this.#offeredBack?.first;
    const { first } = this.#offered;
    if (!back || (first && first.value.position < back.position)) return this.#offered.shift();
    this.#offeredBack?.delete(back);
    if (this.#offeredBack?.size === 0) this.#offeredBack = undefined;
    return back;
  }

  #show(message: QueuedMessage, budget: DispatchBudget): void {
    let lastChoice: QueueConsumer | undefined;
    for (let place = this.#upToDate.first; place; place = place.next) {
      const consumer = place.value;
      budget.spend();
      if (!consumer.window.canTake) this.#park(consumer);
      else if (!consumer.wants(message)) continue;
      else if (message.rejectedBy === consumer.subscription) lastChoice = consumer;
      else return this.#give(message, consumer);
    }
    if (!lastChoice) return;
    if (this.#hasAnother(message, lastChoice, budget)) this.#fallBehind(lastChoice);
    else this.#give(message, lastChoice);
  }

  /** Gives one that is behind the first message it wants. */
  #serve(consumer: QueueConsumer, budget: DispatchBudget): void {
    budget.spend();
    if (!consumer.window.canTake) return this.#park(consumer);
    const message = this.#nextFor(consumer, budget);
    if (message?.rejectedBy === consumer.subscription && this.#hasAnother(message, consumer, budget)) {
      return consumer.moveTo(this.#behind); // the other one's turn comes first
    }
    if (message) return this.#give(message, consumer);
    if (consumer.cursor !== Infinity) return; // the budget ran out
    consumer.moveTo(this.#upToDate);
  }

  #nextFor(consumer: QueueConsumer, budget: DispatchBudget): QueuedMessage | undefined {
    const { line } = this.#parts;
    let message = consumer.isFiltering ? line.from(consumer.cursor) : line.first;
    while (message && !consumer.wants(message)) {
      budget.spend();
      consumer.cursor = message.position + 1;
      if (budget.isSpent) return undefined;
      message = line.from(consumer.cursor);
    }
    if (!message) consumer.cursor = Infinity;
    return message;
  }

  /** Whether somebody else comes to it who is behind, or has room again and will be told so. Those who are up to date were offered it, and did not want it. */
  #hasAnother(message: QueuedMessage, rejecter: QueueConsumer, budget: DispatchBudget): boolean {
    for (const list of [this.#behind, this.#parked]) {
      for (let place = list.first; place; place = place.next) {
        budget.spend();
        const consumer = place.value;
        if (consumer === rejecter || !consumer.window.canTake || !consumer.wants(message)) continue;
        if (list === this.#parked) this.#fallBehind(consumer);
        return true;
      }
    }
    return false;
  }

  /** It has not looked at all that wait any more. */
  #fallBehind(consumer: QueueConsumer): void {
    if (consumer.isIn(this.#upToDate)) consumer.cursor = this.#lowestOffered;
    consumer.moveTo(this.#behind);
  }

  /** Its turn comes again behind the others. */
  #give(message: QueuedMessage, consumer: QueueConsumer): void {
    consumer.moveTo(consumer.isIn(this.#behind) ? this.#behind : this.#upToDate);
    this.#parts.give(message, consumer);
  }

  #park(consumer: QueueConsumer): void {
    if (consumer.isIn(this.#upToDate)) consumer.cursor = this.#lowestOffered;
    consumer.moveTo(this.#parked);
    if (consumer.isAwaited) return;
    consumer.isAwaited = true;
    consumer.window.onRoom((budget) => {
      consumer.isAwaited = false;
      if (consumer.isRemoved) return;
      this.#fallBehind(consumer);
      // Those who are up to date come first: this one may be given what it has just rejected only if none of them wants it.
      if (this.#showOffered(budget)) this.#serve(consumer, budget);
      if (this.#behind.size > 0) this.#parts.wake();
    });
  }
}

import type { DispatchBudget } from '../../delivery/dispatch-loop.js';
import { LinkedList } from '../../delivery/linked-list.js';
import type { Subscription } from '../../delivery/subscription.js';
import { MessageLine } from './message-line.js';
import type { QueueConsumer } from './queue-consumer.js';
import type { QueuedMessage } from './queued-message.js';
import { UnseenMessages } from './unseen-messages.js';

/** What the consumers of a queue need of it. */
export interface QueueConsumersParts {
  readonly line: MessageLine;
  /** Takes a message from the line and delivers it. */
  readonly give: (message: QueuedMessage, consumer: QueueConsumer) => void;
  /** There is more to do: calls `dispatch` soon. */
  readonly wake: () => void;
}

/** Messages that one consumer looks at before the others have their turn. */
const LOOKS_PER_TURN = 100;

/**
 * Decides who of a queue's consumers gets which message. A consumer is in one of three states:
 *
 * - up to date: it can take, and wants none of those that wait. What comes in is offered to these, in turn.
 * - behind: it can take, and has not looked at all that wait. These take, in turn, the first message they want.
 * - waiting for room: its window is full or its client reads too slowly.
 *
 * So a message is looked at once by each consumer that does not want everything, however long it waits, and again only when it has come back.
 */
export class QueueConsumers {
  readonly #parts: QueueConsumersParts;
  readonly #all = new Map<Subscription, QueueConsumer>();
  /** Those who do not want everything. */
  #choosy: Set<QueueConsumer> | undefined;
  readonly #upToDate = new LinkedList<QueueConsumer>();
  readonly #behind = new LinkedList<QueueConsumer>();
  readonly #parked = new LinkedList<QueueConsumer>();
  /** Came in and not yet shown to those who are up to date. */
  readonly #offered = new LinkedList<QueuedMessage>();
  /** The same of what came back, in whatever order: several may at once. */
  #offeredBack: MessageLine | undefined;
  /** Behind the last message that came in. */
  #end = 0;
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
    this.#all.set(consumer.subscription, consumer);
    if (consumer.isNamed) this.#named += 1;
    if (consumer.subscription.filter) this.#makeChoosy(consumer);
    consumer.moveTo(this.#behind);
  }

  delete(consumer: QueueConsumer): void {
    consumer.moveTo(undefined);
    if (consumer.awaited) consumer.window.stopWaiting(consumer.awaited);
    if (this.#all.delete(consumer.subscription) && consumer.isNamed) this.#named -= 1;
    this.#choosy?.delete(consumer);
  }

  /** An interceptor did not let a subscription have what it was given, and is not asked again. Called before the message is offered once more. */
  keepFrom(subscription: Subscription, message: QueuedMessage): void {
    message.keepFrom(subscription);
    const consumer = this.#all.get(subscription);
    if (consumer) this.#makeChoosy(consumer);
  }

  /** A message stands in the line that did not before. @param isBack whether it did earlier, so that some may be past it */
  offer(message: QueuedMessage, isBack: boolean): void {
    if (isBack) this.#choosy?.forEach((consumer) => consumer.unseen?.add(message));
    else this.#end = message.position + 1;
    if (this.#upToDate.size === 0) return;
    if (isBack) (this.#offeredBack ??= new MessageLine()).add(message);
    else this.#offered.add(message);
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
    return true;
  }

  /** The first one by its place in the order of the queue: what came back stands before all that nobody was given yet. */
  #takeOffered(): QueuedMessage | undefined {
    const back = this.#offeredBack?.first;
    if (!back) return this.#offered.shift();
    this.#offeredBack?.delete(back);
    if (this.#offeredBack?.size === 0) this.#offeredBack = undefined;
    return back;
  }

  #show(message: QueuedMessage, budget: DispatchBudget): void {
    let lastChoice: QueueConsumer | undefined;
    for (let place = this.#upToDate.first; place; place = place.next) {
      const consumer = place.value;
      budget.spend();
      if (!consumer.window.canTake) {
        this.#missOffered(consumer, message);
        this.#park(consumer);
      } else if (!consumer.wants(message)) continue;
      else if (message.rejectedBy === consumer.subscription) lastChoice = consumer;
      else return this.#give(message, consumer);
    }
    if (!lastChoice) return;
    if (!this.#hasAnother(message, lastChoice, budget)) return this.#give(message, lastChoice);
    this.#missOffered(lastChoice, message);
    lastChoice.moveTo(this.#behind);
  }

  /** A consumer is up to date no more before it was shown everything. @param shown what it looked at and did not take */
  #missOffered({ unseen }: QueueConsumer, shown: QueuedMessage): void {
    if (!unseen) return;
    unseen.restart(this.#offered.first?.value.position ?? this.#end);
    unseen.add(shown);
    if (this.#offeredBack) unseen.addAll(this.#offeredBack);
  }

  /** Gives one that is behind the first message it wants. */
  #serve(consumer: QueueConsumer, budget: DispatchBudget): void {
    budget.spend();
    if (!consumer.window.canTake) return this.#park(consumer);
    const { unseen } = consumer;
    const message = unseen ? this.#findWanted(consumer, unseen, budget) : this.#parts.line.first;
    if (!message) return consumer.moveTo(unseen?.first ? this.#behind : this.#upToDate);
    // Of what it has just rejected the other one's turn comes first.
    const isTooSoon = message.rejectedBy === consumer.subscription && this.#hasAnother(message, consumer, budget);
    if (isTooSoon) consumer.moveTo(this.#behind);
    else this.#give(message, consumer);
  }

  #findWanted(consumer: QueueConsumer, unseen: UnseenMessages, budget: DispatchBudget): QueuedMessage | undefined {
    let message = unseen.first;
    for (let looks = 0; message && looks < LOOKS_PER_TURN && !budget.isSpent; looks += 1) {
      if (consumer.wants(message)) return message;
      budget.spend();
      unseen.pass(message);
      message = unseen.first;
    }
    return undefined;
  }

  /** Whether somebody else comes to it who is behind, or has room again and will be told so. Those who are up to date were offered it, and did not want it. */
  #hasAnother(message: QueuedMessage, rejecter: QueueConsumer, budget: DispatchBudget): boolean {
    for (const list of [this.#behind, this.#parked]) {
      for (let place = list.first; place; place = place.next) {
        budget.spend();
        const consumer = place.value;
        if (consumer === rejecter || !consumer.window.canTake || !consumer.wants(message)) continue;
        if (list === this.#parked) consumer.moveTo(this.#behind);
        return true;
      }
    }
    return false;
  }

  /** Its turn comes again behind the others. */
  #give(message: QueuedMessage, consumer: QueueConsumer): void {
    consumer.moveTo(consumer.isIn(this.#behind) ? this.#behind : this.#upToDate);
    this.#parts.give(message, consumer);
  }

  #park(consumer: QueueConsumer): void {
    consumer.moveTo(this.#parked);
    consumer.awaited ??= consumer.window.onRoom((budget) => {
      consumer.awaited = undefined;
      consumer.moveTo(this.#behind);
      // Those who are up to date come first: this one may be given what it has just rejected only if none of them wants it.
      if (this.#showOffered(budget)) this.#serve(consumer, budget);
      if (this.#behind.size > 0) this.#parts.wake();
    });
  }

  #makeChoosy(consumer: QueueConsumer): void {
    consumer.unseen ??= new UnseenMessages(this.#parts.line);
    (this.#choosy ??= new Set<QueueConsumer>()).add(consumer);
  }
}

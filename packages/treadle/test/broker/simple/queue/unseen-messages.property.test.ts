import * as fc from 'fast-check';
import { MessageLine } from '../../../../src/broker/simple/queue/message-line.js';
import { QueuedMessage } from '../../../../src/broker/simple/queue/queued-message.js';
import { UnseenMessages } from '../../../../src/broker/simple/queue/unseen-messages.js';
import { publish } from '../../broker-under-test.js';

const COUNT = 600;

/** A line of messages, with what a consumer has not looked at beside a plain set of the same. */
class Model {
  readonly line = new MessageLine();
  readonly unseen = new UnseenMessages(this.line);
  readonly owed = new Set<number>();
  readonly #messages = Array.from({ length: COUNT }, (_, position) => new QueuedMessage(position, publish('/queue/x')));
  readonly #waiting = new Set<number>();

  constructor() {
    for (const message of this.#messages) {
      this.line.add(message);
      this.#waiting.add(message.position);
      this.owed.add(message.position);
    }
  }

  /** Somebody else takes a message. */
  take(position: number): void {
    const message = this.#messages[position];
    if (!message || !this.#waiting.delete(position)) return;
    this.line.delete(message);
    this.owed.delete(position);
  }

  /** It takes it, and gives it back. */
  bounce(position: number): void {
    this.take(position);
    const message = this.#messages[position];
    if (!message) return;
    this.line.add(message);
    this.#waiting.add(position);
    this.unseen.add(message);
    this.owed.add(position);
  }

  /** The consumer looks at so many. @returns where they stand */
  look(count: number): number[] {
    const seen: number[] = [];
    for (let { first } = this.unseen; first && seen.length < count; { first } = this.unseen) {
      seen.push(first.position);
      this.unseen.pass(first);
      this.owed.delete(first.position);
    }
    return seen;
  }
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('take', 'bounce', 'look'),
    at: fc.nat(COUNT - 1),
    times: fc.integer({ min: 1, max: 40 }),
  }),
);

function run(model: Model, { kind, at, times }: { kind: string; at: number; times: number }): void {
  if (kind === 'look') model.look(times * 10);
  for (let step = 0; step < times; step += 1) {
    const position = (at + step * 7) % COUNT;
    if (kind === 'take') model.take(position);
    if (kind === 'bounce') model.bounce(position);
  }
}

it('what a consumer has not looked at is shown to it in the order of the queue, and nothing of it is missed', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const model = new Model();
      for (const step of given) run(model, step);

      const owed = [...model.owed];
      const seen = model.look(Infinity);

      expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
      expect(owed.filter((position) => !seen.includes(position))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

it('what it has looked at is not shown again, but for what came back, while that is not too much', () => {
  const model = new Model();
  model.look(Infinity);
  for (let count = 0; count < 100; count += 1) for (const at of [550, 3, 500]) model.bounce(at);
  model.take(500);

  expect(model.look(Infinity)).toEqual([3, 550]);
});

it('what came back is not noted without end', () => {
  const model = new Model();
  model.look(Infinity);
  for (let at = COUNT - 1; at > 200; at -= 1) model.bounce(at);

  expect(model.look(Infinity)).toEqual(Array.from({ length: COUNT - 201 }, (_, index) => 201 + index));
});

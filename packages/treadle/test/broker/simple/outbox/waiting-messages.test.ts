import * as fc from 'fast-check';
import type { OutboxMessage } from '../../../../src/broker/simple/outbox/outbox-message.js';
import { SessionBudget } from '../../../../src/broker/simple/outbox/session-budget.js';
import { WaitingMessages } from '../../../../src/broker/simple/outbox/waiting-messages.js';
import { publish, textOf } from '../../broker-under-test.js';

let nextNumber = 0;

function message(text: string, options: Partial<OutboxMessage> = {}): OutboxMessage {
  nextNumber += 1;
  return {
    published: publish('/topic/x', text),
    headers: undefined,
    octets: text.length,
    expiresAt: Infinity,
    isDroppable: false,
    key: undefined,
    number: nextNumber,
    deliveries: 0,
    ...options,
  };
}

const droppable = (text: string, key?: string): OutboxMessage => message(text, { isDroppable: true, key });

function drain(waiting: Pick<WaitingMessages, 'shift'>): string[] {
  const texts: string[] = [];
  for (let next = waiting.shift(); next; next = waiting.shift()) texts.push(textOf(next.published));
  return texts;
}

function filled(...messages: readonly OutboxMessage[]): WaitingMessages {
  const waiting = new WaitingMessages(new SessionBudget(Infinity));
  for (const each of messages) waiting.add(each);
  return waiting;
}

describe('WaitingMessages', () => {
  it('come out in the order they came, whether they may be dropped or not', () => {
    expect(drain(filled(message('a'), droppable('b'), message('c'), droppable('d')))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('drop the oldest one that may be dropped', () => {
    const waiting = filled(message('a'), droppable('b'), droppable('c'));
    const dropped = waiting.dropOldest();

    expect([dropped && textOf(dropped.published), drain(waiting)]).toEqual(['b', ['a', 'c']]);
  });

  it('drop nothing that may not be dropped', () => {
    expect(filled(message('a')).dropOldest()).toBeUndefined();
  });

  it('a later one with the same key takes the place of the earlier one', () => {
    const budget = new SessionBudget(Infinity);
    const waiting = new WaitingMessages(budget);
    const first = [droppable('gold 1', 'gold'), message('news'), droppable('silver 1', 'silver')];
    for (const each of first) waiting.add(each);
    const replaced = waiting.add(droppable('gold 22', 'gold'));

    expect(replaced && textOf(replaced.published)).toBe('gold 1');
    expect([waiting.size, budget.octets]).toEqual([3, 'gold 22newssilver 1'.length]);
    expect(drain(waiting)).toEqual(['gold 22', 'news', 'silver 1']);
  });

  it('a key that came out or was dropped is free again', () => {
    const waiting = filled(droppable('1', 'gold'), droppable('2', 'silver'));
    waiting.shift();
    waiting.dropOldest();
    const replaced = [waiting.add(droppable('3', 'gold')), waiting.add(droppable('4', 'silver'))];

    expect([replaced, drain(waiting)]).toEqual([
      [undefined, undefined],
      ['3', '4'],
    ]);
  });

  it('what comes back does not wait if a later one with its key does', () => {
    const first = droppable('1', 'gold');
    const waiting = filled(first);
    waiting.shift();
    waiting.add(droppable('2', 'gold'));

    expect([waiting.putBack(first), drain(waiting)]).toEqual([first, ['2']]);
  });

  it('what came back makes way for a later one with its key, which goes behind the others', () => {
    const first = droppable('1', 'gold');
    const waiting = filled(first, message('news'));
    waiting.shift();
    waiting.putBack(first);
    const replaced = waiting.add(droppable('2', 'gold'));

    expect([replaced, drain(waiting)]).toEqual([first, ['news', '2']]);
  });

  it('of two with one key that come back only the later one waits, in whichever order they come', () => {
    for (const isLaterFirst of [true, false]) {
      const [first, second] = [droppable('1', 'gold'), droppable('2', 'gold')];
      const waiting = filled();
      const returning = isLaterFirst ? [second, first] : [first, second];
      const givenUp = returning.map((each) => waiting.putBack(each));

      expect([givenUp.find((each) => each), drain(waiting)]).toEqual([first, ['2']]);
    }
  });

  it('what comes back does not count, nor does its going again', () => {
    const budget = new SessionBudget(Infinity);
    const waiting = new WaitingMessages(budget);
    const back = message('back');
    waiting.add(back);
    waiting.add(message('new'));
    waiting.shift();
    waiting.putBack(back);
    const whileBack = [waiting.size, budget.octets, waiting.isEmpty];
    waiting.shift();
    waiting.putBack(back);
    waiting.shift();
    waiting.shift();

    expect(whileBack).toEqual([1, 3, false]);
    expect([waiting.size, budget.octets, waiting.isEmpty]).toEqual([0, 0, true]);
  });

  it('what comes back goes before the others, in its own order', () => {
    const [a, b, c] = [message('a'), message('b'), message('c')];
    const waiting = filled(message('d'));
    for (const each of [b, c, a]) waiting.putBack(each);

    expect(drain(waiting)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('behave as a list that is searched from its beginning', () => {
    const step = fc.record({
      kind: fc.constantFrom('add' as const, 'add' as const, 'shift' as const, 'drop' as const, 'putBack' as const),
      isDroppable: fc.boolean(),
      key: fc.option(fc.nat(3), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const budget = new SessionBudget(Infinity);
        const [waiting, model] = [new WaitingMessages(budget), new ListOfWaitingMessages()];
        for (const [index, { kind, isDroppable, key }] of steps.entries()) {
          const found = [waiting, model].map((each) => {
            if (kind === 'shift') return each.shift();
            return kind === 'drop' ? each.dropOldest() : undefined;
          });
          if (kind === 'add') {
            const added = message(String(index), { isDroppable, key: isDroppable ? key?.toString() : undefined });
            found.push(waiting.add(added), model.add(added));
          }
          const back = kind === 'putBack' ? model.putBack() : undefined;
          if (back) found.push(waiting.putBack(back), model.insert(back));

          expect(found.at(-1)).toBe(found.at(-2));
          expect([waiting.size, budget.octets]).toEqual([model.size, model.octets]);
        }
        expect(drain(waiting)).toEqual(drain(model));
      }),
    );
  });
});

/** The same with searches from the beginning. */
class ListOfWaitingMessages {
  #returned: OutboxMessage[] = [];
  readonly #list: OutboxMessage[] = [];
  readonly #out: OutboxMessage[] = [];

  get size(): number {
    return this.#list.length;
  }

  get octets(): number {
    return this.#list.reduce((sum, { octets }) => sum + octets, 0);
  }

  add(added: OutboxMessage): OutboxMessage | undefined {
    const { key } = added;
    const hasKey = (each: OutboxMessage): boolean => key !== undefined && each.key === key;
    const returned = this.#returned.find(hasKey);
    this.#returned = this.#returned.filter((each) => each !== returned);
    const at = this.#list.findIndex(hasKey);
    if (at >= 0) return this.#list.splice(at, 1, added)[0];
    this.#list.push(added);
    return returned;
  }

  shift(): OutboxMessage | undefined {
    const first = this.#returned.shift() ?? this.#list.shift();
    if (first) this.#out.push(first);
    return first;
  }

  dropOldest(): OutboxMessage | undefined {
    const at = this.#list.findIndex(({ isDroppable }) => isDroppable);
    return at < 0 ? undefined : this.#list.splice(at, 1)[0];
  }

  /** The one that came out last. */
  putBack(): OutboxMessage | undefined {
    return this.#out.pop();
  }

  insert(back: OutboxMessage): OutboxMessage | undefined {
    const hasKey = (each: OutboxMessage): boolean => back.key !== undefined && each.key === back.key;
    if (this.#list.some(hasKey)) return back;
    const other = this.#returned.find(hasKey);
    if (other && other.number > back.number) return back;
    const rest = this.#returned.filter((each) => each !== other);
    this.#returned = [...rest, back].toSorted((one, another) => one.number - another.number);
    return other;
  }
}

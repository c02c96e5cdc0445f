import * as fc from 'fast-check';
import { type OutboxMessage, WaitingMessages } from '../../../../src/broker/simple/outbox/waiting-messages.js';
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
  const waiting = new WaitingMessages();
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
    const waiting = filled(droppable('gold 1', 'gold'), message('news'), droppable('silver 1', 'silver'));
    const replaced = waiting.add(droppable('gold 22', 'gold'));

    expect(replaced && textOf(replaced.published)).toBe('gold 1');
    expect([waiting.size, waiting.octets]).toEqual([3, 'gold 22newssilver 1'.length]);
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

  it('what comes back and goes again leaves the place of its key to the one that waits', () => {
    const first = droppable('1', 'gold');
    const waiting = filled(first);
    waiting.shift();
    waiting.add(droppable('2', 'gold'));
    waiting.putBack(first);
    waiting.shift();
    waiting.add(droppable('3', 'gold'));

    expect(drain(waiting)).toEqual(['3']);
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
        const [waiting, model] = [new WaitingMessages(), new ListOfWaitingMessages()];
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
          if (back) waiting.putBack(back);

          expect(found.at(-1)).toBe(found.at(-2));
          expect([waiting.size, waiting.octets]).toEqual([model.size, model.octets]);
        }
        expect(drain(waiting)).toEqual(drain(model));
      }),
    );
  });
});

/** The same with searches from the beginning. */
class ListOfWaitingMessages {
  readonly #list: OutboxMessage[] = [];
  readonly #out: OutboxMessage[] = [];
  #returned = 0;

  get size(): number {
    return this.#list.length;
  }

  get octets(): number {
    return this.#list.reduce((sum, { octets }) => sum + octets, 0);
  }

  add(added: OutboxMessage): OutboxMessage | undefined {
    const { key } = added;
    const at = this.#list.findIndex((each, place) => place >= this.#returned && key !== undefined && each.key === key);
    if (at >= 0) return this.#list.splice(at, 1, added)[0];
    this.#list.push(added);
    return undefined;
  }

  shift(): OutboxMessage | undefined {
    const first = this.#list.shift();
    if (first) this.#out.push(first);
    this.#returned = Math.max(0, this.#returned - 1);
    return first;
  }

  dropOldest(): OutboxMessage | undefined {
    const at = this.#list.findIndex(({ isDroppable }, place) => place >= this.#returned && isDroppable);
    return at < 0 ? undefined : this.#list.splice(at, 1)[0];
  }

  /** The one that came out last goes back to the front. */
  putBack(): OutboxMessage | undefined {
    const back = this.#out.pop();
    if (!back) return undefined;
    this.#list.unshift(back);
    this.#returned += 1;
    return back;
  }
}

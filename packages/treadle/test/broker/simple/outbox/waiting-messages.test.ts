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

function drain(waiting: WaitingMessages): string[] {
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

  it('what comes back goes before the others, in its own order', () => {
    const [a, b, c] = [message('a'), message('b'), message('c')];
    const waiting = filled(message('d'));
    for (const each of [b, c, a]) waiting.putBack(each);

    expect(drain(waiting)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('behave as a list that is searched from its beginning', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), isDroppable: fc.boolean(), key: fc.option(fc.nat(3)) }),
      fc.record({ kind: fc.constantFrom('shift' as const, 'drop' as const, 'putBack' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const waiting = new WaitingMessages();
        const model: OutboxMessage[] = [];
        const out: OutboxMessage[] = [];
        let returned = 0;
        for (const [index, each] of steps.entries()) {
          if (each.kind === 'add') {
            const key = each.isDroppable && each.key !== null ? String(each.key) : undefined;
            const added = message(String(index), { isDroppable: each.isDroppable, key });
            const at = model.findIndex((other, place) => place >= returned && key !== undefined && other.key === key);
            if (at < 0) model.push(added);
            else model[at] = added;
            waiting.add(added);
          } else if (each.kind === 'shift') {
            const expected = model.shift();
            if (expected && returned > 0) returned -= 1;
            expect(waiting.shift()).toBe(expected);
            if (expected) out.push(expected);
          } else if (each.kind === 'drop') {
            const at = model.findIndex((other, place) => place >= returned && other.isDroppable);
            expect(waiting.dropOldest()).toBe(at < 0 ? undefined : model.splice(at, 1)[0]);
          } else {
            const back = out.pop();
            if (!back) continue;
            waiting.putBack(back);
            model.unshift(back);
            returned += 1;
          }
          expect([waiting.size, waiting.octets]).toEqual([
            model.length,
            model.reduce((sum, { octets }) => sum + octets, 0),
          ]);
        }
        expect(drain(waiting)).toEqual(model.map(({ published }) => textOf(published)));
      }),
    );
  });
});

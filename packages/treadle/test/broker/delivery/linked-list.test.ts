import { LinkedList } from '../../../src/broker/delivery/linked-list.js';

function valuesOf<T>(list: LinkedList<T>): T[] {
  const values: T[] = [];
  for (let place = list.first; place; place = place.next) values.push(place.value);
  return values;
}

describe('LinkedList', () => {
  it('keeps the order of adding, and lets one be put before another', () => {
    const list = new LinkedList<string>();
    list.add('a');
    const c = list.add('c');

    list.add('b', c);

    expect(valuesOf(list)).toEqual(['a', 'b', 'c']);
    expect(list.size).toBe(3);
  });

  it('takes out what stands at a place, the second time nothing', () => {
    const list = new LinkedList<string>();
    const places = ['a', 'b', 'c', 'd'].map((value) => list.add(value));

    for (const index of [1, 1, 3, 0]) {
      const place = places[index];
      if (place) list.delete(place);
    }

    expect(valuesOf(list)).toEqual(['c']);
    expect(list.size).toBe(1);
  });

  it('does not take out what stands in another list', () => {
    const [one, other] = [new LinkedList<string>(), new LinkedList<string>()];
    const place = one.add('a');

    other.delete(place);

    expect(valuesOf(one)).toEqual(['a']);
    expect(other.size).toBe(0);
  });

  it('gives its values from the front until there are none', () => {
    const list = new LinkedList<string>();
    list.add('a');
    list.add('b');

    expect([list.shift(), list.shift(), list.shift()]).toEqual(['a', 'b', undefined]);
    expect(list.first).toBeUndefined();
  });

  it('can be walked on from a value that was just taken out', () => {
    const list = new LinkedList<number>();
    for (const value of [1, 2, 3, 4]) list.add(value);

    for (let place = list.first; place; place = place.next) if (place.value % 2 === 0) list.delete(place);

    expect(valuesOf(list)).toEqual([1, 3]);
  });
});

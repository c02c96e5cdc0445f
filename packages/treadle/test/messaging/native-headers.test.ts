import { NativeHeaders } from '../../src/messaging/native-headers';

const headers = new NativeHeaders(['a', '1', 'b', '2', 'a', '3']);

describe('NativeHeaders', () => {
  test('the first of repeated headers counts (STOMP 1.2 § Repeated Header Entries)', () => {
    expect(headers.get('a')).toBe('1');
    expect(headers.toObject()).toEqual({ a: '1', b: '2' });
  });

  test('all of repeated headers can be had, in order', () => {
    expect(headers.getAll('a')).toEqual(['1', '3']);
    expect(headers.getAll('none')).toEqual([]);
  });

  test('a first value that is empty counts too', () => {
    expect(new NativeHeaders(['a', '', 'a', 'x']).toObject()).toEqual({ a: '' });
  });

  test('names are case-sensitive', () => {
    expect([headers.has('a'), headers.has('A')]).toEqual([true, false]);
  });

  test('a value is never taken for a name', () => {
    expect(new NativeHeaders(['x', 'name', 'y', 'z']).get('name')).toBeUndefined();
  });

  test('a replaced header stands once, at the end', () => {
    expect(headers.with('a', '9').list).toEqual(['b', '2', 'a', '9']);
  });

  test('taking headers away leaves the rest in order', () => {
    expect(headers.without('a').list).toEqual(['b', '2']);
    expect(headers.without('b').list).toEqual(['a', '1', 'a', '3']);
    expect(headers.without('a', 'b').list).toEqual([]);
  });

  test('taking away what is not there gives the same object', () => {
    expect(headers.without('none')).toBe(headers);
  });

  test('a record gives headers as text, lists as repeated ones, undefined none', () => {
    const given = NativeHeaders.of({ n: 1, yes: true, none: undefined, list: ['x', 2] });

    expect([...given]).toEqual([
      ['n', '1'],
      ['yes', 'true'],
      ['list', 'x'],
      ['list', '2'],
    ]);
  });

  test('headers and nothing are taken as they are', () => {
    expect(NativeHeaders.of(headers)).toBe(headers);
    expect(NativeHeaders.of(undefined)).toBe(NativeHeaders.EMPTY);
  });

  test('a header named __proto__ is a header like any other', () => {
    const record = new NativeHeaders(['__proto__', 'x']).toObject();

    expect(Object.entries(record)).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(record)).toBeNull();
  });
});

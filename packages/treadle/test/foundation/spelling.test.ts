import { closest } from '../../src/foundation/spelling';

describe('the name that was meant', () => {
  test.each([
    ['roomid', ['room', 'roomId'], 'roomId'],
    ['rom', ['user', 'room'], 'room'],
    ['tciker', ['ticker', 'limit'], 'ticker'],
    ['x', ['y'], 'y'],
    ['colour', ['room', 'user'], undefined],
    ['room', [], undefined],
  ])('%s of %j is %s', (word, candidates, expected) => {
    expect(closest(word, candidates)).toBe(expected);
  });

  test('the nearer one counts, of equals the first', () => {
    expect(closest('item', ['items', 'item2', 'item'])).toBe('item');
    expect(closest('ite', ['items', 'item', 'itex'])).toBe('item');
  });
});

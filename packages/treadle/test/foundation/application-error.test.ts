import { ApplicationError } from '../../src/foundation/application-error.js';
import { ConfigurationError } from '../../src/foundation/errors.js';

test('an application error has its code, its sentence, its details and its cause', () => {
  const cause = new Error('inner');
  class RoomError extends ApplicationError {}

  const error = new RoomError('ROOM_FULL', 'The room is full.', { details: { seats: 4 }, cause });

  expect(error).toMatchObject({
    name: 'RoomError',
    code: 'ROOM_FULL',
    message: 'The room is full.',
    details: { seats: 4 },
    cause,
    endsSession: true,
  });
});

test.each(['', 'room full', 'roomFull', '1ST', 'A\nB', 'A'.repeat(65)])(
  'a code is made of capitals, digits and underscores, 64 at most: %j is refused',
  (code) => {
    expect(() => new ApplicationError(code, 'x')).toThrow(ConfigurationError);
  },
);

test.each(['A', 'ROOM_FULL', 'E404', 'A'.repeat(64)])('%j is a code', (code) => {
  expect(new ApplicationError(code, 'x').code).toBe(code);
});

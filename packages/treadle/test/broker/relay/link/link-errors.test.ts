import { errorLine } from '../../../../src/broker/relay/link/link-errors.js';

describe('what an ERROR frame says', () => {
  test.each([
    ['Bad CONNECT', "Access refused for user 'app'\n", "Bad CONNECT: Access refused for user 'app'"],
    ['User name [app] is invalid.', 'User name [app] is invalid.\n', 'User name [app] is invalid.'],
    [
      'User name [app] is invalid.',
      'java.lang.SecurityException: User name [app] is invalid.\r\n\tat org.example\r\n',
      'java.lang.SecurityException: User name [app] is invalid. at org.example',
    ],
  ])('is its header %j and its body, on one line, without saying anything twice', (message, body, line) => {
    expect(errorLine(message, body)).toBe(line);
  });

  test('is no longer than a line of a log should be', () => {
    expect(errorLine('no', 'x'.repeat(10_000)).length).toBeLessThanOrEqual(501);
  });
});

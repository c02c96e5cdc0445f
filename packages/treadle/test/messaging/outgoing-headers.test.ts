import { outgoingHeaders } from '../../src/messaging/outgoing-headers.js';
import { NativeHeaders } from '../../src/messaging/native-headers.js';

describe('outgoingHeaders (STOMP S2, S3; Spring M9)', () => {
  it('user-defined headers and content-type pass in order, with repeats and empty values', () => {
    const headers = new NativeHeaders([
      ...['content-type', 'application/json'],
      ...['correlation-id', '7'],
      ...['reply-to', '/queue/answers'],
      ...['color', 'red'],
      ...['color', 'green'],
      ...['empty', ''],
    ]);

    expect(outgoingHeaders(headers).list).toEqual(headers.list);
  });

  it.each([
    ['destination'],
    ['message-id'],
    ['subscription'],
    ['ack'],
    ['content-length'],
    ['receipt'],
    ['receipt-id'],
    ['transaction'],
    ['id'],
    ['selector'],
    ['accept-version'],
    ['heart-beat'],
    ['host'],
    ['session'],
  ])('%s is between the sender and the server, and stays there', (name) => {
    const headers = new NativeHeaders([name, 'x', 'color', 'red', name, 'y']);

    expect(outgoingHeaders(headers).list).toEqual(['color', 'red']);
  });

  it.each([
    'login',
    'passcode',
    'authorization',
    'Authorization',
    'Cookie',
    'X-CSRF-TOKEN',
    'X-XSRF-TOKEN',
    'PASSCODE',
  ])('%s never reaches another client', (name) => {
    expect(outgoingHeaders(new NativeHeaders([name, 'secret'])).list).toEqual([]);
  });

  it('apart from credentials a name is case-sensitive, so that Receipt is a header of the user', () => {
    expect(outgoingHeaders(new NativeHeaders(['Receipt', '1'])).list).toEqual(['Receipt', '1']);
  });
});

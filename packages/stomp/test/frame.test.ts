import {
  CLIENT_COMMANDS,
  headerValue,
  headerValues,
  isNeverEscaped,
  permitsBody,
  SERVER_COMMANDS,
} from '@treadle/stomp';

describe('headers', () => {
  const headers = ['x', '1', 'y', 'x', 'x', '2', 'empty', ''];

  it('the first of repeated headers counts (F16)', () => {
    expect(headerValue(headers, 'x')).toBe('1');
  });

  it('an empty value is a value', () => {
    expect(headerValue(headers, 'empty')).toBe('');
  });

  it('a header that is not there has no value, even if another has that text as value', () => {
    expect(headerValue(['a', 'b'], 'b')).toBeUndefined();
  });

  it('all values of a repeated header come in wire order', () => {
    expect(headerValues(headers, 'x')).toEqual(['1', '2']);
    expect(headerValues(headers, 'z')).toEqual([]);
  });
});

describe('commands', () => {
  const all = [...CLIENT_COMMANDS, ...SERVER_COMMANDS];

  it('SEND, MESSAGE and ERROR may have a body (F9)', () => {
    expect(all.filter(permitsBody)).toEqual(['SEND', 'MESSAGE', 'ERROR']);
  });

  it('CONNECT, STOMP and CONNECTED are never escaped (F14)', () => {
    expect(all.filter(isNeverEscaped)).toEqual(['CONNECT', 'STOMP', 'CONNECTED']);
  });
});

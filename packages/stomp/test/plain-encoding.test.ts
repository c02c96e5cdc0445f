import { encodeFrame, encodeFrameRest, EMPTY_BODY, type HeaderList, type StompVersion } from '@treadle/stomp';
import { encodeValue } from '../src/header-encoding.js';
import { encodePlain } from '../src/plain-encoding.js';
import { octetsOf } from './decoding';

const VERSIONS: readonly StompVersion[] = ['1.0', '1.1', '1.2'];
const LONGEST_HEAD = 1024;

function textOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString();
}

describe('a frame whose head is plain', () => {
  it('is written in one pass, with or without a command line, headers and body', () => {
    expect(textOf(encodePlain('MESSAGE\n', ['a', 'b', 'c', ''], octetsOf('é'))!)).toBe(
      'MESSAGE\na:b\nc:\ncontent-length:2\n\né\0',
    ); // it is plain
    expect(textOf(encodePlain('', [], EMPTY_BODY)!)).toBe('\n\0'); // as above
  });

  it('has the true content-length alone, whatever was given', () => {
    const headers = ['content-length', '7', 'x', 'y', 'content-length', 'nonsense: \\'];

    expect(textOf(encodePlain('', headers, octetsOf('abc'))!)).toBe('x:y\ncontent-length:3\n\nabc\0'); // it is plain
  });

  it.each(VERSIONS)('has the octets that any head has in STOMP %s, whatever character is in it', (version) => {
    for (let code = 0; code < 0x180; code += 1) {
      const value = `a${String.fromCharCode(code)}z`;

      const encoded = textOf(encodeFrameRest(['x', value, 'y', '1'], EMPTY_BODY, version));

      expect(encoded).toBe(`x:${encodeValue(value, version)}\ny:1\n\n\0`);
    }
  });

  it.each([
    ['a colon', ':'],
    ['a backslash', '\\'],
    ['a line feed', '\n'],
    ['a carriage return', '\r'],
    ['a NUL', '\0'],
    ['a delete', '\x7f'],
    ['an accent', 'é'],
    ['a character of two units', '😀'],
  ])('is plain no more with %s, in a name or a value', (_, character) => {
    expect(encodePlain('', ['x', `a${character}`], EMPTY_BODY)).toBeUndefined();
    expect(encodePlain('', [`x${character}`, 'a'], EMPTY_BODY)).toBeUndefined();
  });

  it('keeps all its octets at the length where the way of writing changes', () => {
    for (const length of [LONGEST_HEAD - 1, LONGEST_HEAD, LONGEST_HEAD + 1]) {
      const value = 'v'.repeat(length - 'SEND\nx:\n\n'.length);
      const headers: HeaderList = ['x', value];

      expect(encodePlain('SEND\n', headers, EMPTY_BODY) === undefined).toBe(length > LONGEST_HEAD);
      expect(textOf(encodeFrame({ command: 'SEND', headers, body: EMPTY_BODY }, '1.2'))).toBe(`SEND\nx:${value}\n\n\0`);
    }
  });
});

import {
  type Command,
  EMPTY_BODY,
  encodeFrame,
  encodeFrameRest,
  encodeFrameStart,
  HEART_BEAT,
  type HeaderList,
  type StompVersion,
} from '@treadle/stomp';
import { codeThrownBy, octetsOf } from './decoding';

function encoded(
  command: Command,
  headers: HeaderList,
  body: string | Uint8Array = EMPTY_BODY,
  version: StompVersion = '1.2',
): string {
  return Buffer.from(encodeFrame({ command, headers, body: octetsOf(body) }, version)).toString();
}

describe('an encoded frame', () => {
  it('has LF line ends, an empty line and a NUL at its end (F1, F3)', () => {
    expect(encoded('RECEIPT', ['receipt-id', '17', 'x', ''])).toBe('RECEIPT\nreceipt-id:17\nx:\n\n\0');
  });

  it('keeps repeated headers in their order (F16)', () => {
    expect(encoded('SEND', ['x', '1', 'y', '2', 'x', '3'])).toBe('SEND\nx:1\ny:2\nx:3\n\n\0');
  });

  it('does not pad or trim values (F12)', () => {
    expect(encoded('SEND', ['x', ' y '])).toBe('SEND\nx: y \n\n\0');
  });

  it('has characters beyond ASCII in UTF-8 (F11)', () => {
    const octets = encodeFrame({ command: 'SEND', headers: ['é', '😀', 'plain', 'text'], body: octetsOf('x') }, '1.2');

    expect(Buffer.compare(octets, octetsOf('SEND\né:😀\nplain:text\ncontent-length:1\n\nx\0'))).toBe(0);
  });

  it('passes the octets of the body unchanged (F11)', () => {
    const body = Uint8Array.of(0, 0xff, 0x80, 0x0a, 0);

    const octets = encodeFrame({ command: 'MESSAGE', headers: [], body }, '1.2');

    expect(Array.from(octets.subarray(-6))).toEqual([...body, 0]);
  });
});

describe('content-length (M3, F9)', () => {
  it.each(['SEND', 'MESSAGE', 'ERROR'] as const)('is on %s with a body, in octets', (command) => {
    expect(encoded(command, ['x', 'y'], 'é')).toBe(`${command}\nx:y\ncontent-length:2\n\né\0`);
  });

  it('replaces one that was given, so that it is never there twice', () => {
    expect(encoded('SEND', ['content-length', '7', 'x', 'y', 'content-length', '8'], 'abc')).toBe(
      'SEND\nx:y\ncontent-length:3\n\nabc\0',
    );
  });

  it('is not there without a body', () => {
    expect(encoded('SEND', ['content-length', '7'])).toBe('SEND\n\n\0');
  });

  it.each(['CONNECTED', 'RECEIPT', 'SUBSCRIBE'] as const)(
    'is not needed on %s, which must not have a body',
    (command) => {
      expect(codeThrownBy(() => encoded(command, [], 'x'))).toBe('STOMP_BODY_NOT_ALLOWED');
    },
  );
});

describe('escapes (F13)', () => {
  it('are \\r, \\n, \\c and \\\\ in 1.2, in names and values', () => {
    expect(encoded('SEND', ['a:\\', 'b\r\n:\\n'])).toBe('SEND\na\\c\\\\:b\\r\\n\\c\\\\n\n\n\0');
  });

  it('are \\n, \\c and \\\\ in 1.1', () => {
    expect(encoded('SEND', ['a:\\', 'b\n:\\n'], EMPTY_BODY, '1.1')).toBe('SEND\na\\c\\\\:b\\n\\c\\\\n\n\n\0');
  });

  it('are none in 1.0', () => {
    expect(encoded('SEND', ['a\\', 'b:\\n'], EMPTY_BODY, '1.0')).toBe('SEND\na\\:b:\\n\n\n\0');
  });

  it.each(['CONNECT', 'STOMP', 'CONNECTED'] as const)('are none on %s (F14)', (command) => {
    expect(encoded(command, ['login', 'a:b\\c'])).toBe(`${command}\nlogin:a:b\\c\n\n\0`);
  });

  describe.each(['CONNECT', 'STOMP', 'CONNECTED'] as const)('on %s, which has none (F14)', (command) => {
    it.each([
      ['LF in a value', ['user-name', 'a\nrole:admin']],
      ['CR in a value', ['user-name', 'a\r']],
      ['LF in a name', ['a\nb', '']],
      ['a colon in a name', ['a:b', '']],
    ])('%s is refused', (_what, headers) => {
      expect(codeThrownBy(() => encoded(command, headers))).toBe('STOMP_UNENCODABLE_HEADER');
    });
  });
});

describe('what a version cannot express (F15)', () => {
  it('becomes a space in a value for 1.0, so that LF makes no header line', () => {
    expect(encoded('MESSAGE', ['x', 'a\r\nb\nrole:admin'], EMPTY_BODY, '1.0')).toBe('MESSAGE\nx:a  b role:admin\n\n\0');
  });

  it('becomes a space in a value for 1.1, where only CR has no escape', () => {
    expect(encoded('MESSAGE', ['x', 'a\r\nb'], EMPTY_BODY, '1.1')).toBe('MESSAGE\nx:a \\nb\n\n\0');
  });

  it('becomes an underscore in a name, so that a colon or LF makes no other name', () => {
    expect(encoded('MESSAGE', ['x:y\r\nz', 'v'], EMPTY_BODY, '1.0')).toBe('MESSAGE\nx_y__z:v\n\n\0');
    expect(encoded('MESSAGE', ['x:y\rz', 'v'], EMPTY_BODY, '1.1')).toBe('MESSAGE\nx\\cy_z:v\n\n\0');
  });

  it.each(['1.0', '1.1'] as const)(
    'is not a CR at the end of a value in %s: it may be what the sender wrote (F4)',
    (version) => {
      expect(encoded('RECEIPT', ['receipt-id', '17\r'], EMPTY_BODY, version)).toBe('RECEIPT\nreceipt-id:17\r\n\n\0');
    },
  );
});

describe('a frame in two parts', () => {
  const versions = ['1.0', '1.1', '1.2'] as const;

  it.each(versions)('is the same frame in %s', (version) => {
    const own = ['subscription', 'a:b', 'message-id', 'é\n'];
    const shared = ['destination', '/topic/a\\b', 'content-length', '99', 'x', '€'];
    const body = octetsOf('{"text":"ü"}');

    const parts = Buffer.concat([encodeFrameStart('MESSAGE', own, version), encodeFrameRest(shared, body, version)]);

    expect(parts.toString()).toBe(encoded('MESSAGE', [...own, ...shared], body, version));
  });

  it('starts with the command line alone when the receiver has no headers of its own', () => {
    expect(Buffer.from(encodeFrameStart('ERROR', [], '1.2')).toString()).toBe('ERROR\n');
  });

  it('ends with the empty line and NUL alone when there is nothing to share', () => {
    expect(Buffer.from(encodeFrameRest([], EMPTY_BODY, '1.2')).toString()).toBe('\n\0');
  });
});

describe('a heart-beat', () => {
  it('is one LF', () => {
    expect(Array.from(HEART_BEAT)).toEqual([10]);
  });
});

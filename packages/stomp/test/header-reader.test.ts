import { itDecodes, octetsOf } from './decoding';

describe('headers', () => {
  describe('F11: they are UTF-8', () => {
    itDecodes([
      {
        title: 'names and values may have characters of two, three and four octets',
        input: 'SEND\nnamé:€\nplain:text\nx:😀 ok\n\n\0',
        frames: [{ command: 'SEND', headers: ['namé', '€', 'plain', 'text', 'x', '😀 ok'] }],
      },
      {
        title: 'a byte order mark is a character like others',
        input: 'SEND\nx:\uFEFFa\n\n\0',
        frames: [{ command: 'SEND', headers: ['x', '\uFEFFa'] }],
      },
      ...[
        ['a lone continuation octet', [0x80]],
        ['a cut character', [0xc3]],
        ['an overlong form', [0xc0, 0xaf]],
        ['a surrogate', [0xed, 0xa0, 0x80]],
        ['an octet that UTF-8 never has', [0xff]],
      ].map(([what, octets]) => ({
        title: `${String(what)} is refused`,
        input: Uint8Array.of(...octetsOf('SEND\nx:'), ...(octets as number[]), ...octetsOf('\n\n\0')), // the second of the pair
        error: 'STOMP_INVALID_UTF8',
      })),
      {
        title: 'invalid UTF-8 in CONNECT is refused too',
        input: Uint8Array.of(...octetsOf('CONNECT\nlogin:'), 0xff, ...octetsOf('\n\n\0')),
        error: 'STOMP_INVALID_UTF8',
      },
    ]);
  });

  describe('F12: they are never trimmed', () => {
    itDecodes([
      ...(['1.1', '1.2'] as const).map((version) => ({
        title: `spaces around names and values stay in ${version}`,
        version,
        input: 'SEND\n x : y \nz:\t\n\n\0',
        frames: [{ command: 'SEND', headers: [' x ', ' y ', 'z', '\t'] }],
      })),
      {
        title: 'in 1.0 one space behind the colon is dropped',
        version: '1.0',
        input: 'SEND\ndestination: /a\nx:  y \nz:\n\n\0',
        frames: [{ command: 'SEND', headers: ['destination', '/a', 'x', ' y ', 'z', ''] }],
      },
      {
        title: 'CONNECT without accept-version is one of 1.0',
        input: 'CONNECT\nlogin: alice\npasscode:secret\n\n\0',
        frames: [{ command: 'CONNECT', headers: ['login', 'alice', 'passcode', 'secret'] }],
      },
      {
        title: 'CONNECT with accept-version is not trimmed',
        version: '1.0',
        input: 'CONNECT\naccept-version:1.0,1.2\nlogin: alice\n\n\0',
        frames: [{ command: 'CONNECT', headers: ['accept-version', '1.0,1.2', 'login', ' alice'] }],
      },
    ]);
  });

  describe('F13: escapes are undone in one pass', () => {
    itDecodes([
      {
        title: '1.2 knows \\r, \\n, \\c and \\\\ in names and values',
        input: 'SEND\nn\\cx:a\\r\\n\\c\\\\n\\\\\n\n\0',
        frames: [{ command: 'SEND', headers: ['n:x', 'a\r\n:\\n\\'] }],
      },
      {
        title: '1.1 knows \\n, \\c and \\\\',
        version: '1.1',
        input: 'SEND\nn\\cx:a\\n\\c\\\\r\n\n\0',
        frames: [{ command: 'SEND', headers: ['n:x', 'a\n:\\r'] }],
      },
      {
        title: '1.0 knows none',
        version: '1.0',
        input: 'SEND\nx:\\c\\n\\\\\\t\\\n\n\0',
        frames: [{ command: 'SEND', headers: ['x', '\\c\\n\\\\\\t\\'] }],
      },
      {
        title: 'they work beside characters of several octets',
        input: 'SEND\né\\c:\\n€\n\n\0',
        frames: [{ command: 'SEND', headers: ['é:', '\n€'] }],
      },
      { title: '\\t is refused', input: 'SEND\nx:a\\tb\n\n\0', error: 'STOMP_UNDEFINED_ESCAPE' },
      { title: '\\C is refused', input: 'SEND\nx:\\C\n\n\0', error: 'STOMP_UNDEFINED_ESCAPE' },
      { title: '\\r is refused in 1.1', version: '1.1', input: 'SEND\nx:\\r\n\n\0', error: 'STOMP_UNDEFINED_ESCAPE' },
      {
        title: 'a backslash at the end of the line is refused',
        input: 'SEND\nx:a\\\n\n\0',
        error: 'STOMP_UNDEFINED_ESCAPE',
      },
      {
        title: 'a backslash at the end of a name is refused',
        input: 'SEND\nx\\:a\n\n\0',
        error: 'STOMP_UNDEFINED_ESCAPE',
      },
    ]);
  });

  describe('F14: CONNECT, STOMP and CONNECTED have no escapes', () => {
    itDecodes(
      (['CONNECT', 'STOMP', 'CONNECTED'] as const).map((command) => ({
        title: `a backslash in ${command} stands for itself`,
        accepts: 'any' as const,
        input: `${command}\naccept-version:1.2\nversion:1.2\nlogin:a\\c\\t\\\n\n\0`,
        frames: [{ command, headers: ['accept-version', '1.2', 'version', '1.2', 'login', 'a\\c\\t\\'] }],
      })),
    );
  });

  describe('F16: repeated headers', () => {
    itDecodes([
      {
        title: 'all are kept in wire order',
        input: 'SEND\nx:1\ny:2\nx:3\n\n\0',
        frames: [{ command: 'SEND', headers: ['x', '1', 'y', '2', 'x', '3'] }],
      },
    ]);
  });

  describe('F17 and F18: names, colons and values', () => {
    itDecodes([
      { title: 'a line without colon is refused', input: 'SEND\nx\n\n\0', error: 'STOMP_MALFORMED_HEADER' },
      { title: 'an empty name is refused', input: 'SEND\n:x\n\n\0', error: 'STOMP_MALFORMED_HEADER' },
      {
        title: 'only the first colon parts name and value',
        input: 'SEND\nx:a:b::\n\n\0',
        frames: [{ command: 'SEND', headers: ['x', 'a:b::'] }],
      },
      { title: 'a value may be empty', input: 'SEND\nx:\n\n\0', frames: [{ command: 'SEND', headers: ['x', ''] }] },
    ]);
  });
});

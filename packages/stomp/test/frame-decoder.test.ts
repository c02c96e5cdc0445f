import { itDecodes, octetsOf } from './decoding';

describe('a frame', () => {
  describe('F1: command, headers, empty line, body, NUL', () => {
    itDecodes([
      {
        title: 'has its command, its headers and its body',
        input: 'SEND\ndestination:/a\nx:y\n\nhello\0',
        frames: [{ command: 'SEND', headers: ['destination', '/a', 'x', 'y'], body: 'hello' }],
      },
      { title: 'may have no headers', input: 'DISCONNECT\n\n\0', frames: [{ command: 'DISCONNECT' }] },
      { title: 'may have no headers but a body', input: 'SEND\n\nhi\0', frames: [{ command: 'SEND', body: 'hi' }] },
      { title: 'has not ended before its NUL', input: 'SEND\ndestination:/a\n\nhello' },
      { title: 'has not ended before its empty line', input: 'SEND\ndestination:/a\n' },
      { title: 'has not ended inside its command', input: 'SEN' },
    ]);
  });

  describe('F2: commands and header names are case-sensitive', () => {
    itDecodes([
      {
        title: 'a command in lower case is unknown',
        input: 'send\ndestination:/a\n\n\0',
        error: 'STOMP_UNKNOWN_COMMAND',
      },
      {
        title: 'Content-Length is not content-length',
        input: 'SEND\nContent-Length:3\n\na\0',
        frames: [{ command: 'SEND', headers: ['Content-Length', '3'], body: 'a' }],
      },
    ]);
  });

  describe('C14: unknown commands', () => {
    itDecodes([
      {
        title: 'a word that no command starts with is refused without its line end',
        input: 'X',
        error: 'STOMP_UNKNOWN_COMMAND',
      },
      {
        title: 'a command longer than any known one is refused without its line end',
        input: 'DISCONNECTED',
        error: 'STOMP_UNKNOWN_COMMAND',
      },
      {
        title: 'the beginning of a command is refused at its line end',
        input: 'SUBSCR\n',
        error: 'STOMP_UNKNOWN_COMMAND',
      },
      { title: 'a space behind the command is refused', input: 'SEND \n\n\0', error: 'STOMP_UNKNOWN_COMMAND' },
      { title: 'a NUL between frames is refused', input: '\0', error: 'STOMP_UNKNOWN_COMMAND' },
      { title: 'octets above 0x7f are refused', input: Uint8Array.of(0xff, 0xfe), error: 'STOMP_UNKNOWN_COMMAND' },
      { title: 'a server frame from a client is refused', input: 'MESSAGE\n\n\0', error: 'STOMP_UNKNOWN_COMMAND' },
      {
        title: 'a client frame from a server is refused',
        accepts: 'server',
        input: 'SEND\n\n\0',
        error: 'STOMP_UNKNOWN_COMMAND',
      },
      {
        title: 'a decoder that accepts any takes frames of both sides',
        accepts: 'any',
        input: 'NACK\nid:1\n\n\0ERROR\nmessage:no\n\noops\0',
        frames: [
          { command: 'NACK', headers: ['id', '1'] },
          { command: 'ERROR', headers: ['message', 'no'], body: 'oops' },
        ],
      },
    ]);
  });
});

describe('line ends', () => {
  describe('F3: in 1.2 a line ends with LF or CR LF', () => {
    itDecodes([
      {
        title: 'CR LF ends every line',
        input: 'SEND\r\ndestination:/a\r\n\r\nhi\0',
        frames: [{ command: 'SEND', headers: ['destination', '/a'], body: 'hi' }],
      },
      {
        title: 'both may be mixed within one frame',
        input: 'SEND\ndestination:/a\r\nx:\n\r\n\r\nhi\0',
        frames: [{ command: 'SEND', headers: ['destination', '/a', 'x', ''], body: '\r\nhi' }],
      },
      {
        title: 'F18: a CR inside a header line is refused',
        input: 'SEND\nx:a\rb\n\n\0',
        error: 'STOMP_MALFORMED_HEADER',
      },
      { title: 'two CR before LF are refused', input: 'SEND\nx:a\r\r\n\n\0', error: 'STOMP_MALFORMED_HEADER' },
      { title: 'a CR inside the command is refused', input: 'SE\rND\n\n\0', error: 'STOMP_UNKNOWN_COMMAND' },
    ]);
  });

  describe('F3b: CONNECT, STOMP and CONNECTED may use CR LF in every version', () => {
    itDecodes([
      {
        title: 'CR LF ends the lines of CONNECT before a version is agreed',
        version: '1.0',
        input: 'CONNECT\r\naccept-version:1.0\r\n\r\n\0',
        frames: [{ command: 'CONNECT', headers: ['accept-version', '1.0'] }],
      },
      {
        title: 'CR LF ends the lines of STOMP before a version is agreed',
        version: '1.1',
        input: 'STOMP\r\naccept-version:1.1\r\n\r\n\0\r\n',
        frames: [{ command: 'STOMP', headers: ['accept-version', '1.1'] }],
      },
      {
        title: 'CR LF ends the lines of CONNECTED before a version is agreed',
        version: '1.1',
        accepts: 'server',
        input: 'CONNECTED\r\nversion:1.1\r\n\r\n\0',
        frames: [{ command: 'CONNECTED', headers: ['version', '1.1'] }],
      },
    ]);
  });

  describe.each(['1.0', '1.1'] as const)('F4: in %s CR is no line end', (version) => {
    itDecodes([
      {
        title: 'a CR before LF belongs to the value',
        version,
        input: 'SEND\nx:a\r\ny:b\rc\n\n\0',
        frames: [{ command: 'SEND', headers: ['x', 'a\r', 'y', 'b\rc'] }],
      },
      {
        title: 'a CR behind the command makes it unknown',
        version,
        input: 'SEND\r\n\n\0',
        error: 'STOMP_UNKNOWN_COMMAND',
      },
      {
        title: 'a line with only a CR is a header without colon',
        version,
        input: 'SEND\nx:a\n\r\n\0',
        error: 'STOMP_MALFORMED_HEADER',
      },
    ]);
  });

  describe('F5: line ends between frames are skipped', () => {
    itDecodes([
      {
        title: 'any number of LF and CR LF may stand before and after a frame',
        input: '\n\n\r\nBEGIN\ntransaction:1\n\n\0\n\r\n\nABORT\ntransaction:1\n\n\0\n',
        frames: [
          { command: 'BEGIN', headers: ['transaction', '1'] },
          { command: 'ABORT', headers: ['transaction', '1'] },
        ],
      },
      { title: 'a CR between frames without LF is refused', input: '\n\rSEND\n\n\0', error: 'STOMP_UNKNOWN_COMMAND' },
    ]);
  });
});

describe('the body', () => {
  describe('F6: content-length counts octets', () => {
    itDecodes([
      {
        title: 'NUL and line ends inside belong to the body',
        input: 'SEND\ncontent-length:7\n\na\0b\r\n\0\n\0',
        frames: [{ command: 'SEND', headers: ['content-length', '7'], body: 'a\0b\r\n\0\n' }],
      },
      {
        title: 'a character of several octets counts as several',
        input: 'SEND\ncontent-length:5\n\né€\0',
        frames: [{ command: 'SEND', headers: ['content-length', '5'], body: '\xc3\xa9\xe2\x82\xac' }],
      },
      {
        title: 'a length of zero is an empty body',
        input: 'SEND\ncontent-length:0\n\n\0',
        frames: [{ command: 'SEND', headers: ['content-length', '0'] }],
      },
      {
        title: 'F20: a frame without body may say so',
        input: 'SUBSCRIBE\ncontent-length:0\nid:1\n\n\0',
        frames: [{ command: 'SUBSCRIBE', headers: ['content-length', '0', 'id', '1'] }],
      },
      {
        title: 'leading zeros are decimal digits',
        input: 'SEND\ncontent-length:002\n\nab\0',
        frames: [{ command: 'SEND', headers: ['content-length', '002'], body: 'ab' }],
      },
      {
        title: 'F16: the first of two lengths counts',
        input: 'SEND\ncontent-length:3\ncontent-length:1\n\na\0b\0',
        frames: [{ command: 'SEND', headers: ['content-length', '3', 'content-length', '1'], body: 'a\0b' }],
      },
    ]);
  });

  describe('F7: without content-length it ends at the first NUL', () => {
    itDecodes([
      {
        title: 'line ends and colons inside belong to the body',
        input: 'SEND\n\n\na:b\r\n\n\0',
        frames: [{ command: 'SEND', body: '\na:b\r\n\n' }],
      },
      {
        title: 'F11: its octets need not be UTF-8',
        input: Uint8Array.of(...octetsOf('SEND\n\n'), 0xff, 0x80, 0xfe, 0),
        frames: [{ command: 'SEND', body: '\xff\x80\xfe' }],
      },
    ]);
  });

  describe('F8: content-length is a plain decimal number', () => {
    itDecodes(
      ['-1', '+1', '1.0', '0x1', '', 'one', ' 1', '1 ', '1e1', '9007199254740992', '9'.repeat(400), '١'].map(
        (value) => ({
          title: `"${value.slice(0, 20)}" is refused`,
          input: `SEND\ncontent-length:${value}\n\na\0`,
          error: 'STOMP_INVALID_CONTENT_LENGTH',
        }),
      ),
    );
    itDecodes([
      {
        title: 'a longer body than announced is refused',
        input: 'SEND\ncontent-length:2\n\nabc\0',
        error: 'STOMP_MISSING_NUL',
      },
      {
        title: 'an announced empty body that has octets is refused',
        input: 'SEND\ncontent-length:0\n\na\0',
        error: 'STOMP_MISSING_NUL',
      },
      { title: 'a shorter body than announced is unfinished', input: 'SEND\ncontent-length:4\n\nab\0' },
    ]);
  });

  describe('F9: only SEND, MESSAGE and ERROR have one', () => {
    itDecodes([
      { title: 'SUBSCRIBE with a body is refused', input: 'SUBSCRIBE\nid:1\n\nx\0', error: 'STOMP_BODY_NOT_ALLOWED' },
      { title: 'in 1.1 too', version: '1.1', input: 'ACK\nid:1\n\nx\0', error: 'STOMP_BODY_NOT_ALLOWED' },
      {
        title: 'CONNECT with an announced body is refused',
        input: 'CONNECT\ncontent-length:1\n\n',
        error: 'STOMP_BODY_NOT_ALLOWED',
      },
      {
        title: 'RECEIPT with a body is refused',
        accepts: 'server',
        input: 'RECEIPT\n\nx\0',
        error: 'STOMP_BODY_NOT_ALLOWED',
      },
      {
        title: 'MESSAGE and ERROR have one',
        accepts: 'server',
        input: 'MESSAGE\n\nx\0ERROR\n\ny\0',
        frames: [
          { command: 'MESSAGE', body: 'x' },
          { command: 'ERROR', body: 'y' },
        ],
      },
      {
        title: 'in 1.0 the body of SUBSCRIBE is ignored',
        version: '1.0',
        input: 'SUBSCRIBE\ndestination:/a\n\nignored\0SUBSCRIBE\ncontent-length:3\n\na\0b\0',
        frames: [
          { command: 'SUBSCRIBE', headers: ['destination', '/a'] },
          { command: 'SUBSCRIBE', headers: ['content-length', '3'] },
        ],
      },
    ]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FrameDecoder, STOMP_ERRORS, StompProtocolError } from '@treadle/stomp';

describe('a protocol error', () => {
  it('has its code and the facts in its message, for logs', () => {
    const error = new StompProtocolError('STOMP_MISSING_HEADER', 'SEND requires destination');

    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'StompProtocolError',
      code: 'STOMP_MISSING_HEADER',
      message: 'STOMP_MISSING_HEADER: SEND requires destination',
    });
  });

  it('has the fixed sentence of its code for the peer', () => {
    const error = new StompProtocolError('STOMP_MISSING_NUL', 'internal');

    expect(error.clientMessage).toBe(STOMP_ERRORS.STOMP_MISSING_NUL);
  });

  it('never tells the value of a header that could not be read (C9)', () => {
    const decoder = new FrameDecoder({ onFrame: () => undefined });
    const octets = new TextEncoder().encode('SEND\npasscode:secret\\t\n\n\0');

    expect(() => decoder.decode(octets)).toThrow(/^STOMP_UNDEFINED_ESCAPE: (?!.*secret)/);
  });
});

describe('the table of errors', () => {
  const sentences = Object.entries(STOMP_ERRORS);

  it.each(sentences)('%s has a sentence that needs no escapes in any version', (_code, sentence) => {
    expect(sentence).toMatch(/^[A-Z][A-Za-z0-9 ,'-]+\.$/);
  });

  it('stands in the README, row by row', () => {
    const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');

    const rows = [...readme.matchAll(/^\| `(STOMP_[A-Z0-9_]+)` +\| (.+?) +\|$/gm)].map(([, code, sentence]) => [
      code,
      sentence,
    ]);

    expect(rows).toEqual(sentences);
  });
});

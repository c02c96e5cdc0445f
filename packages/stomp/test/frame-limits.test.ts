import { FrameDecoder } from '@treadle/stomp';
import { itDecodes } from './decoding';

const LONGEST_LINE = 8 * 1024;

describe('F19: limits are checked while reading', () => {
  const line = (octets: number) => `x:${'y'.repeat(octets - 2)}`;
  const many = (count: number) => Array.from({ length: count }, (_, at) => `h${at}:v\n`).join('');

  itDecodes([
    {
      title: 'a header line of 8 KiB is accepted',
      input: `SEND\n${line(LONGEST_LINE)}\n\n\0`,
      frames: [{ command: 'SEND', headers: ['x', 'y'.repeat(LONGEST_LINE - 2)] }],
    },
    {
      title: 'its CR does not count',
      input: `SEND\n${line(LONGEST_LINE)}\r\n\n\0`,
      frames: [{ command: 'SEND', headers: ['x', 'y'.repeat(LONGEST_LINE - 2)] }],
    },
    {
      title: 'one octet more is refused',
      input: `SEND\n${line(LONGEST_LINE + 1)}\n\n\0`,
      error: 'STOMP_HEADER_LINE_TOO_LONG',
    },
    {
      title: 'an endless line is refused without its end',
      input: `SEND\n${line(LONGEST_LINE + 9)}`,
      error: 'STOMP_HEADER_LINE_TOO_LONG',
    },
    {
      title: 'an endless name is refused without its colon',
      input: `SEND\n${'x'.repeat(LONGEST_LINE + 9)}`,
      error: 'STOMP_HEADER_LINE_TOO_LONG',
    },
    {
      title: '64 headers are accepted',
      input: `SEND\n${many(64)}\n\0`,
      frames: [{ command: 'SEND', headers: Array.from({ length: 64 }, (_, at) => [`h${at}`, 'v']).flat() }],
    },
    {
      title: 'the 65th header is refused at its line end',
      input: `SEND\n${many(65)}`,
      error: 'STOMP_HEADER_COUNT_EXCEEDED',
    },
    {
      title: 'an announced body above 64 KiB is refused at once',
      input: 'SEND\ncontent-length:65537\n\n',
      error: 'STOMP_BODY_TOO_LARGE',
    },
    {
      title: 'an endless body is refused without its NUL',
      input: `SEND\n\n${'x'.repeat(65_537)}`,
      error: 'STOMP_BODY_TOO_LARGE',
    },
    {
      title: 'a body of the limit is accepted',
      limits: { maxBodyOctets: 5 },
      input: 'SEND\n\nhello\0SEND\ncontent-length:5\n\nhello\0',
      frames: [
        { command: 'SEND', body: 'hello' },
        { command: 'SEND', headers: ['content-length', '5'], body: 'hello' },
      ],
    },
    {
      title: 'a body one octet above it is refused',
      limits: { maxBodyOctets: 5 },
      input: 'SEND\n\nhello!\0',
      error: 'STOMP_BODY_TOO_LARGE',
    },
    {
      title: 'an ignored body of 1.0 has the same limit',
      version: '1.0',
      limits: { maxBodyOctets: 5 },
      input: 'BEGIN\n\nhello!\0',
      error: 'STOMP_BODY_TOO_LARGE',
    },
    {
      title: 'the number of headers can be lowered',
      limits: { maxHeaders: 1 },
      input: 'ACK\na:1\nb:2\n',
      error: 'STOMP_HEADER_COUNT_EXCEEDED',
    },
    {
      title: 'the length of a line can be lowered',
      limits: { maxHeaderLineOctets: 13 },
      input: 'ACK\ntransaction:12\n',
      error: 'STOMP_HEADER_LINE_TOO_LONG',
    },
  ]);
});

describe('a body above maxBodyOctets that its reader wants to skip', () => {
  const READ = ['oversized MESSAGE', 'MESSAGE kept', 'oversized MESSAGE', 'MESSAGE kept'];
  const LONG = 'x'.repeat(20_000);
  const input = [
    `MESSAGE\na:1\ncontent-length:20000\n\n${LONG}\0`,
    'MESSAGE\n\nkept\0',
    `MESSAGE\na:1\n\n${LONG}\0\n`,
    'MESSAGE\ncontent-length:4\n\nkept\0',
  ].join('');

  it.each([1, 7, 1_000, 5_000, 19_999, 100_000])(
    'is dropped, and what is behind it is read: chunks of %d octets',
    (size) => {
      const read: string[] = [];
      const decoder = new FrameDecoder({
        accepts: 'server',
        limits: { maxBodyOctets: 10 },
        onFrame: ({ command, body }) => read.push(`${command} ${Buffer.from(body).toString()}`),
        onOversized: ({ command, headers, body }) => {
          expect(headers.slice(0, 2)).toEqual(['a', '1']);
          expect(body).toHaveLength(0);
          read.push(`oversized ${command}`);
        },
      });

      const octets = Buffer.from(input);
      for (let at = 0; at < octets.length; at += size) decoder.decode(octets.subarray(at, at + size));

      expect(read).toEqual(READ);
    },
  );

  it('must still be one that its command may have, with its NUL behind it', () => {
    const decode = (frame: string) => () =>
      new FrameDecoder({
        accepts: 'server',
        limits: { maxBodyOctets: 2 },
        onFrame: () => undefined,
        onOversized: () => undefined,
      }).decode(Buffer.from(frame));

    expect(decode('RECEIPT\n\nbody\0')).toThrow('STOMP_BODY_NOT_ALLOWED');
    expect(decode('MESSAGE\ncontent-length:3\n\nbody\0')).toThrow('STOMP_MISSING_NUL');
  });
});

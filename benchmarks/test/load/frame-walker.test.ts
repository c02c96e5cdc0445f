import { FrameWalker } from '../../src/load/frame-walker.js';

/** Unmasked frame of a server, payload up to 65 535 octets. */
function serverFrame(payload: string | Buffer, firstOctet = 0x81): Buffer {
  const octets = Buffer.from(payload);
  const length = octets.length < 126 ? [octets.length] : [126, octets.length >> 8, octets.length & 0xff];
  return Buffer.concat([Buffer.from([firstOctet, ...length]), octets]);
}

/** Walks the chunks; undefined stands for a message whose payload was not kept. */
function walked(chunks: readonly Buffer[], keepsPayloads: boolean): (string | undefined)[] {
  const messages: (string | undefined)[] = [];
  const walker = new FrameWalker({
    onMessage: (octets, start, end) => messages.push(octets?.toString('utf8', start, end)),
    onControlFrame: (opcode, payload) => messages.push(`control ${opcode} ${payload.toString()}`),
  });
  walker.keepsPayloads = keepsPayloads;
  chunks.forEach((chunk) => walker.walk(chunk));
  return messages;
}

describe('FrameWalker', () => {
  const long = 'x'.repeat(300);
  const stream = Buffer.concat([serverFrame('one'), serverFrame(long), serverFrame(''), serverFrame('four')]);

  it('finds every message of a segment that carries several', () => {
    expect(walked([stream], false)).toEqual(['one', long, '', 'four']);
  });

  it('counts the same messages wherever the stream is split', () => {
    for (let at = 1; at < stream.length; at += 1) {
      const chunks = [stream.subarray(0, at), stream.subarray(at)];
      expect(walked(chunks, false)).toHaveLength(4);
      expect(walked(chunks, true)).toEqual(['one', long, '', 'four']);
    }
  });

  it('counts the same messages when octets arrive one by one', () => {
    const octets = [...stream].map((octet) => Buffer.from([octet]));

    expect(walked(octets, false)).toHaveLength(4);
    expect(walked(octets, true)).toEqual(['one', long, '', 'four']);
  });

  it('reads lengths of eight octets', () => {
    const payload = Buffer.alloc(70_000, 'y');
    const header = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]);
    const frame = Buffer.concat([header, payload, serverFrame('next')]);

    expect(walked([frame.subarray(0, 40_000), frame.subarray(40_000)], false)).toEqual([undefined, 'next']);
  });

  it('counts a message in several frames once', () => {
    const fragments = Buffer.concat([serverFrame('a', 0x01), serverFrame('b', 0x00), serverFrame('c', 0x80)]);

    expect(walked([fragments, serverFrame('whole')], true)).toEqual([undefined, 'whole']);
  });

  it('passes control frames on, also between the fragments of a message', () => {
    const frames = [serverFrame('a', 0x01), serverFrame('hello', 0x89), serverFrame('b', 0x80)];

    expect(walked(frames, false)).toEqual(['control 9 hello', undefined]);
  });
});

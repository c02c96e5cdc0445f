import { EMPTY_BODY, type Frame, FrameDecoder } from '@treadle/stomp';
import { decodeChunks, octetByOctet, octetsOf } from './decoding';

describe('the octets of a body', () => {
  const bodyOf = (chunks: readonly Uint8Array[], maxBodyOctets = 1 << 24): Uint8Array => {
    const frames: Frame[] = [];
    const decoder = new FrameDecoder({ limits: { maxBodyOctets }, onFrame: (frame) => frames.push(frame) });
    for (const chunk of chunks) decoder.decode(chunk);
    return frames[0]?.body ?? EMPTY_BODY;
  };
  const headed = (body: Uint8Array, headers = '') =>
    Buffer.concat([octetsOf(`SEND\n${headers}\n`), body, Uint8Array.of(0)]);
  const cut = (octets: Uint8Array, size: number) =>
    Array.from({ length: Math.ceil(octets.length / size) }, (_, at) => octets.subarray(at * size, (at + 1) * size));
  const pattern = (length: number) => Uint8Array.from({ length }, (_, at) => (at % 255) + 1);

  it('are a view of the chunk that holds all of them', () => {
    const chunk = new Uint8Array(headed(pattern(100), 'content-length:100\n'));

    expect(bodyOf([chunk]).buffer).toBe(chunk.buffer);
  });

  it('are a view of their chunk also when the NUL comes in the next one', () => {
    const chunk = new Uint8Array(headed(pattern(2000), 'content-length:2000\n'));

    expect(bodyOf([chunk.subarray(0, -1), Uint8Array.of(0)]).buffer).toBe(chunk.buffer);
  });

  it('are one array of their exact length when they cross chunks', () => {
    const body = bodyOf(cut(headed(pattern(100_000)), 30_000));

    expect(body.buffer.byteLength).toBe(100_000);
  });

  it('are the shared EMPTY_BODY when there are none', () => {
    expect(bodyOf([headed(EMPTY_BODY)])).toBe(EMPTY_BODY);
    expect(bodyOf(octetByOctet(headed(EMPTY_BODY, 'content-length:0\n')))).toBe(EMPTY_BODY);
  });

  describe.each(['', 'content-length:20000\n'])('with the headers %j', (headers) => {
    it.each([1, 7, 1000, 1023, 1024, 1025, 5000, 16_384, 20_050])(
      'arrive in order from chunks of %d octets',
      (size) => {
        const body = pattern(20_000);

        const arrived = bodyOf(cut(headed(body, headers), size));

        expect(Buffer.compare(arrived, body)).toBe(0);
      },
    );

    it('arrive in order from crumbs between large chunks', () => {
      const body = pattern(20_000);
      const octets = headed(body, headers);
      const edges = [0, 30, 60, 1200, 1210, 3500, 3501, 3502, 9000, 9100, octets.length];

      const arrived = bodyOf(edges.map((edge, at) => octets.subarray(edges[at - 1] ?? 0, edge)));

      expect(Buffer.compare(arrived, body)).toBe(0);
    });
  });

  it('do not leak from one frame into the next', () => {
    const octets = octetsOf('SEND\n\nfirst\0SEND\ncontent-length:2\n\nab\0SEND\n\n\0SEND\n\nlast\0');

    const { frames } = decodeChunks(octetByOctet(octets));

    expect(frames.map(({ body }) => body)).toEqual(['first', 'ab', '', 'last']);
  });

  it('cost no memory by being announced', () => {
    const length = 100 * 1024 * 1024;
    const decoders = Array.from(
      { length: 50 },
      () => new FrameDecoder({ limits: { maxBodyOctets: length }, onFrame: () => undefined }),
    );
    const before = process.memoryUsage().arrayBuffers;

    for (const decoder of decoders) decoder.decode(octetsOf(`SEND\ncontent-length:${length}\n\nsome`));

    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  });
});

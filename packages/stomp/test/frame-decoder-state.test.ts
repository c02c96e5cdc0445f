import { DEFAULT_FRAME_LIMITS, FrameDecoder, headerValue, type StompVersion } from '@treadle/stomp';
import { codeThrownBy, decodeChunks, latin1, octetByOctet, octetsOf } from './decoding';

describe('heart-beats', () => {
  it('are all line ends between frames, whichever way they are fed (F5)', () => {
    const octets = octetsOf('\n\r\nBEGIN\ntransaction:1\n\n\0\n\n');

    const outcomes = [decodeChunks([octets]), decodeChunks(octetByOctet(octets))];

    expect(outcomes.map(({ heartBeats }) => heartBeats)).toEqual([4, 4]);
  });

  it('are not the line ends inside a frame', () => {
    const { heartBeats } = decodeChunks([octetsOf('SEND\n\n\n\n\0')]);

    expect(heartBeats).toBe(0);
  });

  it('need no callback', () => {
    const decoder = new FrameDecoder({ onFrame: () => undefined });

    expect(() => decoder.decode(octetsOf('\n'))).not.toThrow();
  });
});

describe('isMidFrame', () => {
  it.each(['', '\n', '\r', '\r\n', 'ACK\nid:1\n\n\0', 'ACK\nid:1\n\n\0\n'])('is false after %j', (input) => {
    expect(decodeChunks([octetsOf(input)]).isMidFrame).toBe(false);
  });

  it.each(['A', 'ACK\n', 'ACK\nid', 'ACK\nid:1\n\n', 'SEND\n\nbody', 'SEND\ncontent-length:1\n\nx'])(
    'is true after %j',
    (input) => {
      expect(decodeChunks([octetsOf(input)]).isMidFrame).toBe(true);
    },
  );
});

describe('a decoder that is stopped', () => {
  /** Stops behind each frame whose id is among these, and behind each heart-beat if so asked. */
  function stoppingAt(ids: readonly string[], options: { readonly atHeartBeats?: boolean } = {}) {
    const seen: string[] = [];
    const decoder: FrameDecoder = new FrameDecoder({
      onFrame: ({ headers }) => {
        const id = headerValue(headers, 'id') ?? '';
        seen.push(id);
        if (ids.includes(id)) decoder.stop();
      },
      onHeartBeat: () => {
        seen.push('beat');
        if (options.atHeartBeats === true) decoder.stop();
      },
    });
    return { decoder, seen };
  }

  it('reads no further than the frame in which it was, and says how far that is', () => {
    const { decoder, seen } = stoppingAt(['1']);

    const read = decoder.decode(octetsOf('ACK\nid:1\n\n\0ACK\nid:2\n\n\0'));

    expect(read).toBe('ACK\nid:1\n\n\0'.length);
    expect(seen).toEqual(['1']);
    expect(decoder.isMidFrame).toBe(false);
  });

  it('goes on with the octets that were left', () => {
    const { decoder, seen } = stoppingAt(['1']);
    const octets = octetsOf('ACK\nid:1\n\n\0ACK\nid:2\n\n\0ACK\nid:3');

    const left = octets.subarray(decoder.decode(octets));
    const read = decoder.decode(left);

    expect(read).toBe(left.length);
    expect(seen).toEqual(['1', '2']);
    expect(decoder.isMidFrame).toBe(true);
  });

  it('stops behind a heart-beat too, of which one chunk may hold millions', () => {
    const { decoder, seen } = stoppingAt([], { atHeartBeats: true });

    const read = decoder.decode(octetsOf('\r\n\n\n'));

    expect(read).toBe(2);
    expect(seen).toEqual(['beat']);
  });

  it('has not read what is broken behind that', () => {
    const { decoder } = stoppingAt(['1']);
    const octets = octetsOf('ACK\nid:1\n\n\0NONSENSE');

    const read = decoder.decode(octets);

    expect(codeThrownBy(() => decoder.decode(octets.subarray(read)))).toBe('STOMP_UNKNOWN_COMMAND');
  });

  it('has read all of a chunk that ends there', () => {
    const { decoder } = stoppingAt(['1']);

    expect(decoder.decode(octetsOf('ACK\nid:1\n\n\0'))).toBe('ACK\nid:1\n\n\0'.length);
  });

  it('is not stopped for a later call', () => {
    const { decoder, seen } = stoppingAt(['1']);
    decoder.decode(octetsOf('ACK\nid:1\n\n\0'));
    decoder.stop();

    decoder.decode(octetsOf('ACK\nid:2\n\n\0ACK\nid:3\n\n\0'));

    expect(seen).toEqual(['1', '2', '3']);
  });
});

describe('a decoder', () => {
  it('calls onFrame before decode returns, in order', () => {
    const seen: (string | undefined)[] = [];
    const decoder = new FrameDecoder({ onFrame: ({ headers }) => seen.push(headerValue(headers, 'id')) });

    decoder.decode(octetsOf('ACK\nid:1\n\n\0ACK\nid:2\n\n\0ACK\nid:3'));

    expect(seen).toEqual(['1', '2']);
  });

  it('reads the next frame of the same chunk by the version that onFrame has set (C4)', () => {
    const values: unknown[] = [];
    const decoder: FrameDecoder = new FrameDecoder({
      onFrame: ({ headers }) => {
        values.push(headerValue(headers, 'x'));
        decoder.version = '1.0';
      },
    });

    decoder.decode(octetsOf('SEND\nx:\\c\n\n\0SEND\nx:\\c\n\n\0'));

    expect(values).toEqual([':', '\\c']);
  });

  it('keeps the version of a frame that has begun until its end', () => {
    const versions: StompVersion[] = ['1.2', '1.0'];
    const values: unknown[] = [];
    const decoder = new FrameDecoder({ onFrame: ({ headers }) => values.push(headerValue(headers, 'x')) });

    for (const [at, half] of ['SEND\nx:\\', 'c\n\n\0'].entries()) {
      decoder.version = versions[at] ?? '1.2';
      decoder.decode(octetsOf(half));
    }

    expect(values).toEqual([':']);
  });

  it('reads the next frame of the same chunk by the limits that onFrame has set', () => {
    const bodies: string[] = [];
    const decoder: FrameDecoder = new FrameDecoder({
      limits: { maxBodyOctets: 0 },
      onFrame: ({ body }) => {
        bodies.push(latin1(body));
        decoder.setLimits({ maxBodyOctets: 5 });
      },
    });

    decoder.decode(octetsOf('CONNECT\naccept-version:1.2\n\n\0SEND\n\nhello\0'));

    expect(bodies).toEqual(['', 'hello']);
  });

  it('keeps the limits of a frame that has begun until its end', () => {
    const decoder = new FrameDecoder({ limits: { maxBodyOctets: 1 }, onFrame: () => undefined });

    decoder.decode(octetsOf('SEND\n'));
    decoder.setLimits({ maxBodyOctets: 5 });

    expect(codeThrownBy(() => decoder.decode(octetsOf('\nhello\0')))).toBe('STOMP_BODY_TOO_LARGE');
  });

  it.each(['maxHeaders', 'maxHeaderLineOctets', 'maxBodyOctets'])('keeps %s when it is given as undefined', (limit) => {
    const decoder = new FrameDecoder({ limits: { [limit]: undefined }, onFrame: () => undefined });
    const tooMuch = `SEND\n${'x:y\n'.repeat(limit === 'maxHeaders' ? 65 : 1)}\n${'x'.repeat(65_537)}`;
    const input = limit === 'maxHeaderLineOctets' ? `SEND\n${'x'.repeat(9000)}` : tooMuch;

    decoder.setLimits({ [limit]: undefined });

    expect(codeThrownBy(() => decoder.decode(octetsOf(input)))).toMatch(/EXCEEDED|TOO_L/);
  });

  it('keeps the limits that setLimits does not name', () => {
    const decoder = new FrameDecoder({ limits: { maxHeaders: 1 }, onFrame: () => undefined });

    decoder.setLimits({ maxBodyOctets: 1 });

    expect(codeThrownBy(() => decoder.decode(octetsOf('ACK\na:1\nb:2\n')))).toBe('STOMP_HEADER_COUNT_EXCEEDED');
  });

  it('is spent after a protocol error and throws the same error again', () => {
    const decoder = new FrameDecoder({ onFrame: () => undefined });
    const errorOf = (octets: Uint8Array) => {
      try {
        return decoder.decode(octets);
      } catch (error) {
        return error;
      }
    };

    const first = errorOf(octetsOf('NONSENSE'));
    const second = errorOf(octetsOf('ACK\nid:1\n\n\0'));

    expect(first).toMatchObject({ code: 'STOMP_UNKNOWN_COMMAND' });
    expect(second).toBe(first);
  });

  it('gives the frames before a protocol error', () => {
    const { frames, error } = decodeChunks([octetsOf('ACK\nid:1\n\n\0NONSENSE\n')]);

    expect(frames).toHaveLength(1);
    expect(error).toBe('STOMP_UNKNOWN_COMMAND');
  });

  it('lets an error of onFrame pass and is spent then', () => {
    const decoder = new FrameDecoder({
      onFrame: () => {
        throw new Error('of the caller');
      },
    });

    expect(() => decoder.decode(octetsOf('ACK\nid:1\n\n\0ACK'))).toThrow('of the caller');
    expect(() => decoder.decode(octetsOf('\n'))).toThrow('of the caller');
  });

  it('takes a Buffer as it takes a Uint8Array', () => {
    const octets = octetsOf('SEND\nx:é\n\nhello\0');

    expect(decodeChunks([Buffer.from(octets)])).toEqual(decodeChunks([octets]));
  });

  it('has documented default limits', () => {
    expect(DEFAULT_FRAME_LIMITS).toEqual({ maxHeaders: 64, maxHeaderLineOctets: 8192, maxBodyOctets: 65_536 });
  });
});

import * as withBuffer from '@treadle/stomp';

/** The package as a browser loads it: there is no Buffer. */
async function loadWithoutBuffer(): Promise<typeof withBuffer> {
  const hidden = Object.getOwnPropertyDescriptor(globalThis, 'Buffer');
  Object.defineProperty(globalThis, 'Buffer', { value: undefined, configurable: true });
  try {
    let loaded: typeof withBuffer | undefined;
    await jest.isolateModulesAsync(async () => {
      loaded = await import('@treadle/stomp');
    });
    return loaded ?? withBuffer;
  } finally {
    Object.defineProperty(globalThis, 'Buffer', hidden ?? { value: undefined });
  }
}

const FRAMES: [string, withBuffer.Frame][] = [
  ['without a body', { command: 'RECEIPT', headers: ['receipt-id', '17'], body: withBuffer.EMPTY_BODY }],
  ['in ASCII', { command: 'SEND', headers: ['destination', '/a', 'x', 'a:\\'], body: Uint8Array.of(0, 1, 0xff) }],
  ['beyond ASCII', { command: 'MESSAGE', headers: ['é', '€ 😀', '\u0080', '\uFEFF'], body: Uint8Array.of(0) }],
];

describe('without Buffer, as in a browser', () => {
  it('another copy of the package is at work', async () => {
    expect(await loadWithoutBuffer()).not.toBe(withBuffer);
  });

  it.each(FRAMES)('a frame %s has the same octets', async (_which, frame) => {
    const portable = await loadWithoutBuffer();

    const octets = portable.encodeFrame(frame, '1.2');

    expect(Object.getPrototypeOf(octets)).toBe(Uint8Array.prototype);
    expect([...octets]).toEqual([...withBuffer.encodeFrame(frame, '1.2')]);
  });

  it.each(FRAMES)('a frame %s is decoded to the same', async (_which, frame) => {
    const portable = await loadWithoutBuffer();
    const octets = new Uint8Array(withBuffer.encodeFrame(frame, '1.2'));

    const frames = [withBuffer, portable].map(({ FrameDecoder }) => {
      const decoded: withBuffer.Frame[] = [];
      new FrameDecoder({ accepts: 'any', onFrame: (each) => decoded.push(each) }).decode(octets);
      return decoded;
    });

    expect(frames[0]).toHaveLength(1);
    expect(frames[1]).toEqual(frames[0]);
  });
});

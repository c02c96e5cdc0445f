import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FrameDecoder, headerValue } from '@treadle/stomp';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void; // the flag above makes it exist

/** What heads of this many octets leave in the heap, in octets each, while only their destinations are kept. */
function heldPerHead(octets: number, filler: string): number {
  const kept: (string | undefined)[] = [];
  const decoder = new FrameDecoder({ onFrame: ({ headers }) => kept.push(headerValue(headers, 'destination')) });
  const decodeHeads = (count: number): number => {
    for (let index = 0; index < count; index += 1) {
      const fillers = Array.from({ length: Math.ceil(octets / 1000) }, (_, at) => `h${at}:${filler.repeat(1000)}\n`);
      decoder.decode(Buffer.from(`SEND\ndestination:/topic/some-long-name-${index}\n${fillers.join('')}\n\0`));
    }
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = decodeHeads(50);
  const after = decodeHeads(500);
  return kept.length === 550 ? (after - before) / 500 : Number.NaN;
}

describe('what is kept of a frame', () => {
  it.each([
    ['1 KiB', 1_000],
    ['60 KiB', 60_000],
  ])('a header that is kept does not keep a head of %s', (_size, octets) => {
    expect(heldPerHead(octets, 'y')).toBeLessThan(512);
  });

  it('a header that is kept does not keep a head with escapes and other characters than ASCII', () => {
    expect(heldPerHead(60_000, '\\c')).toBeLessThan(512);
    expect(heldPerHead(20_000, 'é')).toBeLessThan(512);
  });
});

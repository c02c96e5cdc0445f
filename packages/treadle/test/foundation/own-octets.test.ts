import { ownOctets } from '../../src/foundation/own-octets.js';

describe('octets to be kept', () => {
  it('are copied out of a chunk that is much larger, which could not be freed otherwise', () => {
    const chunk = new Uint8Array(64 * 1024).fill(7);
    const view = chunk.subarray(100, 110);

    const own = ownOctets(view);

    expect(own.buffer.byteLength).toBe(10);
    expect([...own]).toEqual([...view]);
  });

  it.each([
    ['fill most of their chunk', new Uint8Array(64 * 1024).subarray(0, 40_000)],
    ['come from the pool of small buffers', Buffer.from('small')],
    ['have a chunk of their own', new Uint8Array(10)],
  ])('stay as they are when they %s', (_, octets) => {
    expect(ownOctets(octets)).toBe(octets);
  });
});

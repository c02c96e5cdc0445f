import { join } from 'node:path';
import { ProgramFolder, runNode } from '../node-program.js';

// 120 000 requests take a few seconds of a core.
jest.setTimeout(60_000);

const MEGABYTE = 1024 * 1024;

interface Growth {
  readonly replies: number;
  /** Octets that the heap, and the buffers beside it, have grown by over 100 000 requests. */
  readonly heap: number;
  readonly buffers: number;
}

async function growthOf(...programArguments: readonly string[]): Promise<Growth> {
  using folder = new ProgramFolder();
  folder.compile(join(__dirname, 'fixture'), 'validated-requests.ts');
  const printed = await runNode(['--expose-gc', 'validated-requests.js', ...programArguments], folder.path);
  return JSON.parse(printed) as Growth; // as the program prints it
}

describe('100 000 requests through a controller with a validated payload of two fields', () => {
  it('leave nothing behind in memory', async () => {
    const { replies, heap, buffers } = await growthOf();

    expect(replies).toBe(120_000);
    expect(heap).toBeLessThan(MEGABYTE);
    expect(buffers).toBeLessThan(MEGABYTE);
  });

  it('would be seen if each left its payload behind', async () => {
    const { heap } = await growthOf('leaking');

    expect(heap).toBeGreaterThan(2 * MEGABYTE);
  });
});

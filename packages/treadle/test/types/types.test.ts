import { join } from 'node:path';
import { ROOT } from '../docs/documents.js';
import { runNode } from '../node-program.js';

// A whole compilation takes what it takes on a busy machine.
jest.setTimeout(60_000);

describe('the types of the public API, as they are published', () => {
  it('accept every correct use of *.types.ts and refuse every wrong one', async () => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');

    const compilation = runNode([tsc, '-p', __dirname, '--pretty', 'false'], ROOT);

    await expect(compilation).resolves.toBe('');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks, readDocument } from './documents';

const FOLDER = join(__dirname, 'readme');

/** `readme/chat.test.ts` is itself a test, and runs the example. */
describe('the example of README.md', () => {
  const files = readdirSync(FOLDER);
  const blocks = codeBlocks(readDocument('README.md'), 'ts');

  test.each(files)('%s is printed word for word', (file) => {
    const code = readFileSync(join(FOLDER, file), 'utf8').trim();

    expect(blocks).toContain(code);
  });

  test('nothing else is printed', () => {
    expect(blocks).toHaveLength(files.length);
  });

  test('the application takes at most thirty lines', () => {
    const lines = readFileSync(join(FOLDER, 'chat.ts'), 'utf8').trim().split('\n');

    expect(lines.length).toBeLessThanOrEqual(30);
  });
});

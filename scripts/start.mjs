// npm start [-- example]: from a fresh clone to a running example, which prints its address. Without a name it is the chat.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runProgram } from './steps/run-program.mjs';
import { runSteps } from './steps/run-steps.mjs';
import { build, install, packageFolders } from './steps/workspace-steps.mjs';

const example = process.argv[2] ?? 'chat';

const start = {
  title: `Starting the ${example} (examples/${example}), Ctrl+C ends it`,
  run: () => {
    const main = `examples/${example}/dist/main.js`;
    return runProgram(process.execPath, ['--enable-source-maps', main], { name: `the ${example}` });
  },
};

if (/^[a-z-]+$/.test(example) && existsSync(join(ROOT, 'examples', example, 'src/main.ts'))) {
  await runSteps([install, build, start]);
} else {
  const names = packageFolders().flatMap((folder) => /^examples[\\/](.+)$/.exec(folder)?.[1] ?? []);
  console.error(`There is no example '${example}'. Choose one: npm start -- ${names.join(' | ')}`);
  process.exitCode = 1;
}

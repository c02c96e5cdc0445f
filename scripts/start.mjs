// npm start: from a fresh clone to the running chat example, which prints its address.
import { runProgram } from './steps/run-program.mjs';
import { runSteps } from './steps/run-steps.mjs';
import { build, install } from './steps/workspace-steps.mjs';

const chat = {
  title: 'Starting the chat (examples/chat), Ctrl+C ends it',
  run: () => runProgram(process.execPath, ['--enable-source-maps', 'examples/chat/dist/main.js'], { name: 'the chat' }),
};

await runSteps([install, build, chat]);

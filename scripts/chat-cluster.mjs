// npm run chat:cluster: from a fresh clone to one chat on two servers, with a broker and a database between them; prints both addresses.
import { runProgram } from './steps/run-program.mjs';
import { runSteps } from './steps/run-steps.mjs';
import { build, install } from './steps/workspace-steps.mjs';

const start = {
  title: 'Starting a broker, a database and two chat servers (examples/chat/src/cluster), Ctrl+C ends them',
  run: () => {
    const main = 'examples/chat/dist/cluster/main.js';
    return runProgram(process.execPath, ['--enable-source-maps', main], { name: 'the cluster' });
  },
};

await runSteps([install, build, start]);

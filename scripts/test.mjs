// npm test: every test of the workspace. What follows `--` goes to jest: npm test -- packages/stomp
import { runTool } from './steps/run-program.mjs';
import { runSteps } from './steps/run-steps.mjs';
import { build, install } from './steps/workspace-steps.mjs';

const test = {
  title: 'Testing with jest',
  run: () => runTool('jest', process.argv.slice(2)),
};

await runSteps([install, build, test]);

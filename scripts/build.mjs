// npm run build: installs what is missing and compiles what has changed.
import { runSteps } from './steps/run-steps.mjs';
import { build, install } from './steps/workspace-steps.mjs';

await runSteps([install, build]);

// npm run bench: the benchmarks. What follows `--` goes to them: npm run bench -- --rounds 5
import { runProgram } from './steps/run-program.mjs';
import { runSteps } from './steps/run-steps.mjs';
import { build, install } from './steps/workspace-steps.mjs';

const bench = {
  title: 'Measuring against a bare ws server (benchmarks)',
  run: () =>
    runProgram(process.execPath, ['benchmarks/dist/main.js', ...process.argv.slice(2)], { name: 'the benchmarks' }),
};

await runSteps([install, build, bench]);

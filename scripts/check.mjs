// npm run check: everything that reads the code without running it. Goes on after a failure and names the failed steps last.
// What follows `--` chooses: npm run check -- lint imports
import { runProgram, runTool } from './steps/run-program.mjs';
import { runSteps } from './steps/run-steps.mjs';
import { build, install } from './steps/workspace-steps.mjs';

const script = (name) => runProgram(process.execPath, [`scripts/${name}.mjs`], { name });

const checks = {
  format: { title: 'Format (prettier)', run: () => runTool('prettier', ['--check', '.']) },
  lint: {
    title: 'Lint (oxlint, type-aware)',
    run: () => runTool('oxlint', ['--type-aware', '--deny-warnings', '--report-unused-disable-directives', '.']),
  },
  types: {
    title: 'Types of tests and scripts',
    run: async () => {
      await runTool('typescript', ['-p', 'tsconfig.test.json'], 'tsc');
      await runTool('typescript', ['-p', 'scripts'], 'tsc');
    },
  },
  imports: { title: 'Import rules and cycles', run: () => script('check-imports') },
  reasons: { title: 'Reasons for any, as and !', run: () => script('check-reasons') },
  packages: { title: 'Packed packages (publint, attw)', run: () => script('check-packages') },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in checks));
if (unknown.length > 0) {
  console.error(`No such check: ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}.`);
  process.exit(1);
}

const chosen = Object.entries(checks).filter(([name]) => asked.length === 0 || asked.includes(name));
await runSteps([install, build, ...chosen.map(([, check]) => check)], { keepGoing: true });

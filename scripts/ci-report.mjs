// node scripts/ci-report.mjs <jest.json> <failed steps>
// The last line of a CI run, `N passed, N failed`, and its exit code.
import { existsSync, readFileSync } from 'node:fs';

const [resultsFile = '', failedSteps] = process.argv.slice(2);

/** Jest's counts; a file that could not even run is one failure. */
function countTests() {
  if (!existsSync(resultsFile)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(resultsFile, 'utf8'));
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
}

const tests = countTests();
// The step that runs the tests has failed by them, so it is not counted once more.
const otherSteps = Number(failedSteps) - (tests.failed > 0 ? 1 : 0);
const failed = tests.failed + otherSteps;
console.log(`${tests.passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

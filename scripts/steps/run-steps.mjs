import { ProgramFailed } from './run-program.mjs';

/**
 * @typedef {object} Step
 * @property {string} title what happens, as a person would say it: `Compiling TypeScript`
 * @property {() => Promise<void>} run
 * @property {() => boolean} [isUpToDate] true when there is nothing to do
 */

/**
 * Runs steps one after another, telling which one is at work and how long it took.
 * Sets the exit code and stops at the first failure; with `keepGoing` runs the others and names the failed ones last.
 *
 * @param {Step[]} steps
 * @param {{ keepGoing?: boolean }} [options]
 */
export async function runSteps(steps, { keepGoing = false } = {}) {
  const failed = [];
  for (const [index, step] of steps.entries()) {
    const isDone = await runStep(step, `[${index + 1}/${steps.length}]`);
    if (isDone) continue;
    failed.push(step.title);
    if (!keepGoing) return;
  }
  if (failed.length > 0) console.error(`\nFailed: ${failed.join(', ')}`);
}

/** @param {Step} step @param {string} position */
async function runStep(step, position) {
  if (step.isUpToDate?.()) {
    console.log(`${position} ${step.title}: nothing to do`);
    return true;
  }
  console.log(`${position} ${step.title} …`);
  const startedAt = performance.now();
  try {
    await step.run();
    console.log(`${position} done in ${seconds(startedAt)}`);
    return true;
  } catch (error) {
    process.exitCode = error instanceof ProgramFailed ? error.exitCode : 1;
    console.error(`${position} failed after ${seconds(startedAt)}: ${String(error)}`);
    return false;
  }
}

function seconds(startedAt) {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

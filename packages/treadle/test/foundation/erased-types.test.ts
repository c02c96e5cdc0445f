import { whyNoTypes } from '../../src/foundation/erased-types.js';

describe('the reason why a compiler left no types', () => {
  it.each([
    ['--import tsx', 'tsx'],
    ['--require /app/node_modules/tsx/dist/preflight.cjs --import file:///app/node_modules/tsx/dist/loader.mjs', 'tsx'],
    ['--import=tsx/esm', 'tsx'],
    ['--require C:\\app\\node_modules\\tsx\\dist\\preflight.cjs', 'tsx'],
    ['-r esbuild-register', 'esbuild-register'],
    ['-r esbuild-runner/register', 'esbuild-runner'],
  ])('with %s names %s', (options, runner) => {
    const reason = whyNoTypes(options);

    expect(reason).toBe(
      `the compiler emitted no types (${runner} runs this program: it compiles with esbuild, which never emits any)`,
    );
  });

  it.each([[''], ['--enable-source-maps'], ['--import @oxc-node/core/register'], ['--require /app/tsxyz.js']])(
    'with "%s" names what it may be',
    (options) => {
      const reason = whyNoTypes(options);

      expect(reason).toBe('the compiler emitted no types (esbuild, tsx, or emitDecoratorMetadata is off)');
    },
  );
});

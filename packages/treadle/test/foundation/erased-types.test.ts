import { whyNoConstructorTypes, whyNoTypes } from '../../src/foundation/erased-types.js';

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

describe('the reason why a constructor has no types', () => {
  it('names the decorator that is missing before the compiler', () => {
    expect(whyNoConstructorTypes(false, '')).toBe(
      'the class has no decorator, such as @injectable(), or the compiler emitted no types (esbuild, tsx, or emitDecoratorMetadata is off)',
    );
  });

  it('is the compiler where there is a decorator, or where a runner that emits none is known', () => {
    expect(whyNoConstructorTypes(true, '')).toBe(whyNoTypes(''));
    expect(whyNoConstructorTypes(false, '--import tsx')).toBe(whyNoTypes('--import tsx'));
  });
});

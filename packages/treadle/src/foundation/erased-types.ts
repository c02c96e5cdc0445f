/** Runners that compile with esbuild, and how they show in the command line of Node. */
const ERASING_RUNNERS: readonly { readonly name: string; readonly trace: RegExp }[] = [
  { name: 'tsx', trace: /(?:^|[\\/\s=])tsx(?:[\\/\s@]|$)/ },
  { name: 'esbuild-register', trace: /(?:^|[\\/\s=])esbuild-register(?:[\\/\s]|$)/ },
  { name: 'esbuild-runner', trace: /(?:^|[\\/\s=])(?:esbuild-runner|esr)(?:[\\/\s]|$)/ },
];

/**
 * Why there are no types at run time, where there would have to be some: `design:paramtypes` is missing. Names the runner that is at work, if it
 * is one that never emits any.
 * @param options Node's own: `process.execArgv` and `NODE_OPTIONS`
 */
export function whyNoTypes(options: string = nodeOptions()): string {
  const runner = erasingRunner(options);
  const who = runner
    ? `${runner.name} runs this program: it compiles with esbuild, which never emits any`
    : 'esbuild, tsx, or emitDecoratorMetadata is off';
  return `the compiler emitted no types (${who})`;
}

/**
 * Why there are no types of a constructor: compilers emit them for decorated classes only.
 * @param isDecorated whether the class has a decorator for certain; `@injectable()` alone leaves no trace
 * @param options as of `whyNoTypes`
 */
export function whyNoConstructorTypes(isDecorated: boolean, options: string = nodeOptions()): string {
  if (isDecorated || erasingRunner(options)) return whyNoTypes(options);
  return `the class has no decorator, such as @injectable(), or ${whyNoTypes(options)}`;
}

function erasingRunner(options: string): { readonly name: string } | undefined {
  return ERASING_RUNNERS.find(({ trace }) => trace.test(options));
}

function nodeOptions(): string {
  return [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
}

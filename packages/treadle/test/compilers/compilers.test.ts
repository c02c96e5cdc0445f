import { ProgramFolder } from '../node-program.js';
import { type Compiler, EMITTING, ERASING, type Outcome } from './compilers.js';

// Compiling and starting a process take what they take on a busy machine.
jest.setTimeout(60_000);

async function run(compiler: Compiler, variant: string): Promise<Outcome> {
  using folder = new ProgramFolder();
  return await compiler.run(variant, folder);
}

const RECEIVED = {
  '/user/queue/orders': [
    { tea: 'oolong', isOrder: true, shop: 7, express: true, user: 'alice', left: 6 },
    'hello to bob',
  ],
  '/user/queue/refusals': ['OutOfStockError: only 6 are left'],
  '/user/queue/errors': [expect.objectContaining({ code: 'PAYLOAD_INVALID' })],
  '/app/shops/7/count/3': [1, 2, 3],
};

describe.each(EMITTING)('compiled by $name', (compiler) => {
  it.each(['emitted', 'explicit'])('the controllers of "%s" run unchanged', async (variant) => {
    const outcome = await run(compiler, variant);

    expect(outcome).toEqual({ received: RECEIVED });
  });

  it('what is a type only does not start, and the error says why and what to write', async () => {
    const { failure } = await run(compiler, 'import-type');

    expect(findingsIn(failure)).toEqual([
      expect.stringMatching(
        /^OrderController\.place, parameter 0: the payload's type is not known at run time: .*`import type`; name it: @Payload\(Dto\)/,
      ),
      expect.stringMatching(
        /^OrderController\.note, parameter 0: the payload's type is not known at run time: its type is an interface/,
      ),
    ]);
  });
});

describe.each(ERASING)('compiled by $name', (compiler) => {
  it('the controllers run when they name every type', async () => {
    const outcome = await run(compiler, 'explicit');

    expect(outcome).toEqual({ received: RECEIVED });
  });

  it('controllers that leave types to the compiler do not start: each parameter is named, with why and the cure', async () => {
    const { failure } = await run(compiler, 'emitted');

    const why = `the compiler emitted no types (${ERASED_BY[compiler.name]})`;
    const unknown = `its type is not known at run time: ${why}; name it:`;
    expect(findingsIn(failure)).toEqual([
      expect.stringContaining(
        `OrderController.place, parameter 0: it is not decorated, and ${why}; decorate it with @Payload`,
      ),
      expect.stringContaining(`OrderController.place, parameter 1: ${unknown} @DestinationVariable('shop', Number)`),
      expect.stringContaining(`OrderController.place, parameter 2: ${unknown} @Header('express', Number)`),
      expect.stringMatching(/OrderController\.note, parameter 0: .*; name it: @Payload\(Dto\)/),
      expect.stringContaining(`OrderController.note, parameter 1: ${unknown} @Header('copies', Number)`),
      expect.stringContaining(`OrderController.count, parameter 0: ${unknown} @DestinationVariable('to', Number)`),
      expect.stringMatching(
        /OrderController\.refuse: its @MessageExceptionHandler\(\) names no error; write @MessageE/,
      ),
      expect.stringContaining(`OrderController, constructor parameter 0: its type is not known at run time: ${why}`),
    ]);
  });

  it('a constructor that leaves its types to the compiler does not start, and the error says what to write', async () => {
    const { failure } = await run(compiler, 'constructor');

    expect(failure).toContain(
      `OrderController, constructor parameter 0: its type is not known at run time: the compiler emitted no types (${ERASED_BY[compiler.name]})`,
    );
    expect(failure).toContain('or name each parameter with @inject(token)');
  });
});

/** The findings of a message, one line each, as they are when there is one. */
function findingsIn(message: string | undefined): readonly string[] | undefined {
  const items = message?.split('\n\n').slice(1);
  return items?.map((item) =>
    item
      .replace(/^\d+\. /, '')
      .replace(/\n +→ /, '; ')
      .replace(/\n +/, ': '),
  );
}

/** A runner can be told by the command line of Node, a bundle cannot. */
const ERASED_BY: Readonly<Record<string, string>> = {
  esbuild: 'esbuild, tsx, or emitDecoratorMetadata is off',
  tsx: 'tsx runs this program: it compiles with esbuild, which never emits any',
};

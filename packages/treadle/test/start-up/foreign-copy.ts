import type { Constructor } from '../../src/index';

/** A controller of a second copy of Treadle in this process, as a duplicated dependency brings one. */
export function make(): Constructor {
  class Foreign {
    handle(): void {}
  }
  jest.isolateModules(() => {
    const { Controller, MessageMapping } = require('../../src/index') as typeof import('../../src/index'); // nothing else loads a second copy
    MessageMapping('/in')(Foreign.prototype, 'handle');
    Controller()(Foreign);
  });
  return Foreign;
}

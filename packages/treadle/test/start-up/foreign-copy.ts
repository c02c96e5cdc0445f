import type { Constructor } from '../../src/index';

/** A controller of a second copy of Treadle in this process, as a duplicated dependency brings one. */
export async function makeForeignController(): Promise<Constructor> {
  class Foreign {
    handle(): void {}
  }
  await jest.isolateModulesAsync(async () => {
    const { Controller, MessageMapping } = await import('../../src/index.js');
    MessageMapping('/in')(Foreign.prototype, 'handle');
    Controller()(Foreign);
  });
  return Foreign;
}

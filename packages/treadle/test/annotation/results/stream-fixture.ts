import {
  type Application,
  type ApplicationOptions,
  type Constructor,
  createApplication,
  silentLogger,
} from '../../../src/index';

/** An application of these controllers that logs nothing unless told otherwise. */
export function applicationOf(controllers: readonly Constructor[], options: ApplicationOptions = {}): Application {
  return createApplication({ controllers, logger: silentLogger, ...options });
}

/** Lets as many turns of the event loop pass. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

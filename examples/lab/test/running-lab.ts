import { type Application, type ListeningAddress, silentLogger } from 'treadle';
import { createLab, type LabEnvironment } from '../src/lab.js';

/** A lab in this process, on a free port of 127.0.0.1, as `main.ts` starts it. */
export interface RunningLab extends AsyncDisposable {
  readonly application: Application;
  readonly address: ListeningAddress;
}

/** Starts a lab; dispose of it with `await using`. */
export async function startLab(environment: LabEnvironment = {}): Promise<RunningLab> {
  const application = createLab(environment, silentLogger);
  const address = await application.listen(0, '127.0.0.1');
  return { application, address, [Symbol.asyncDispose]: () => application.stop() };
}

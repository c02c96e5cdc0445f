import { FakeClock } from '@treadle/testing';
import { type Application, createApplication } from '../../../src/application.js';
import { simpleBroker } from '../../../src/broker/simple/simple-broker.js';
import type { DestinationPolicy } from '../../../src/broker/simple/policy/destination-policy.js';
import type { SimpleBrokerOptions } from '../../../src/broker/simple/simple-broker-options.js';
import type { ApplicationOptions } from '../../../src/options.js';
import { RecordingLogger } from '../broker-under-test.js';

/** An application whose topics have one policy, with time and log in the hand of the test. */
export interface PolicedApplication extends AsyncDisposable {
  readonly application: Application;
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
}

/** Not started yet. */
export function policed(
  policy: DestinationPolicy | readonly DestinationPolicy[],
  options: ApplicationOptions = {},
  brokerOptions: SimpleBrokerOptions = {},
): PolicedApplication {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const policies = [policy].flat();
  const application = createApplication({
    clock,
    logger,
    broker: simpleBroker({ policies, ...brokerOptions }),
    heartBeat: { sends: 0, expects: 0 },
    startUpReport: false,
    ...options,
  });
  return { application, clock, logger, [Symbol.asyncDispose]: () => application.stop() };
}

/** Lets everything that is on its way arrive. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

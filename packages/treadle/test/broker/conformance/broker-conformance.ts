import type { Application } from '../../../src/application.js';
import type { DestinationPolicy } from '../../../src/broker/simple/policy/destination-policy.js';
import type { ApplicationOptions } from '../../../src/options.js';
import type { RawClient } from '../../obligations/raw-client.js';
import { APPLICATION_CASES, APPLICATION_OPTIONS } from './application-cases.js';
import { DELIVERY_CASES } from './delivery-cases.js';
import { POLICY_CASES } from './policy-cases.js';
import { QUEUE_CASES } from './queue-cases.js';

/** What brokers differ in; the contract names the rest. */
export type Capability =
  | 'fan-out'
  | 'order'
  | 'order over destinations'
  | 'receipts'
  | 'ends of subscriptions'
  | 'payloads'
  | 'headers'
  | 'line ends in headers'
  | 'wildcards'
  | 'wildcards over queues'
  | 'stalled subscribers'
  | 'the application'
  | 'user destinations'
  | 'reach'
  | 'availability'
  | 'queues'
  | 'acknowledgements'
  | 'NACK that gives back'
  | 'NACK that gives to others'
  | 'NACK that drops'
  | 'prefetch'
  | 'dead letters'
  | 'transactions'
  | 'selectors'
  | 'selectors of queues'
  | 'no-echo'
  | 'expiry'
  | 'retained messages'
  | 'recovery';

/** An application with the broker, and the way its clients reach it. Nothing of an earlier one may be left in its destinations' names. */
export interface RunningBroker extends AsyncDisposable {
  /** Started. */
  readonly application: Application;
  /** A connected client of STOMP 1.2. @param login the name of its user; default: it has none */
  connect(login?: string): Promise<RawClient>;
}

/** One promise of the contract, tried on a broker that runs. */
export interface ConformanceCase {
  readonly capability: Capability;
  readonly title: string;
  readonly run: (broker: RunningBroker) => Promise<void>;
}

/** An implementation of `Broker`, as this suite sees it. */
export interface BrokerImplementation {
  /**
   * Starts an application with these options and the broker, which has the prefixes `/topic` and `/queue` and behaves as `CONFORMANCE_POLICIES` say.
   * Each case starts one and ends it.
   */
  start(options: ApplicationOptions): Promise<RunningBroker>;
  /** What it does not offer, each with the reason; these cases are skipped, and their titles give the reason. */
  readonly lacks?: Readonly<Partial<Record<Capability, string>>>;
}

/** What the destinations of the cases are to a broker: in the form of the embedded one, for others to be configured alike. */
export const CONFORMANCE_POLICIES: readonly DestinationPolicy[] = [
  { destinations: '/queue/**', kind: 'queue', maxDeliveries: 3, deadLetters: '/queue/dead-letters' },
  { destinations: '/topic/retained/**', retainLast: true },
  { destinations: '/topic/history/**', history: { messages: 100 } },
];

const CASES: readonly ConformanceCase[] = [...DELIVERY_CASES, ...APPLICATION_CASES, ...QUEUE_CASES, ...POLICY_CASES];

/** Holds an implementation to the contract of `broker/broker.ts` and to what clients may expect of any broker. */
export function describeBroker(name: string, implementation: BrokerImplementation): void {
  const { lacks = {} } = implementation;
  describe(`the contract of a broker: ${name}`, () => {
    for (const capability of new Set(CASES.map((one) => one.capability))) {
      const cases = CASES.filter((one) => one.capability === capability);
      const reason = lacks[capability];
      describe(capability, () => {
        for (const { title, run } of cases) {
          if (reason !== undefined) {
            it.skip(`${title} (skipped: ${reason})`, () => undefined);
            continue;
          }
          it(title, async () => {
            await using broker = await implementation.start(APPLICATION_OPTIONS);
            await run(broker);
          });
        }
      });
    }
  });
}

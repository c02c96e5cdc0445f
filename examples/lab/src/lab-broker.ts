import { type BrokerFactory, brokerRelay, simpleBroker } from 'treadle';

/** What the environment says about the broker behind the lab. */
export interface BrokerEnvironment {
  readonly [name: string]: string | undefined;
  /** `simple` (default), the embedded broker; `rabbitmq`, `activemq`. */
  readonly BROKER?: string;
  /** Where that one is: `stomp://login:passcode@host:port`. Default: where `scripts/brokers.sh` starts it. */
  readonly RELAY?: string;
  /** `per-client` (default) or `shared`. */
  readonly CONNECTIONS?: string;
  /** `close` (default) or `hold`. */
  readonly ON_BROKER_LOSS?: string;
}

const DESTINATION_PREFIXES = ['/topic', '/queue'];

/** Where `scripts/brokers.sh` starts them. */
const RELAY_URLS = {
  rabbitmq: 'stomp://guest:guest@127.0.0.1:61613',
  activemq: 'stomp://guest:guest@127.0.0.1:61614',
} as const;

/** The broker that the environment asks for. @throws Error when there is no such thing: a misspelt one must not look like a successful test of it */
export function labBroker(environment: BrokerEnvironment): BrokerFactory {
  const dialect = chosen('BROKER', environment, ['simple', 'rabbitmq', 'activemq']);
  const connections = chosen('CONNECTIONS', environment, ['per-client', 'shared']);
  const onBrokerLoss = chosen('ON_BROKER_LOSS', environment, ['close', 'hold']);
  if (dialect === 'simple') {
    refuseSettingsOfRelay(environment);
    // A real broker knows by itself what a queue is.
    const policies = [{ destinations: '/queue/**', kind: 'queue' } as const];
    return simpleBroker({ destinationPrefixes: DESTINATION_PREFIXES, policies });
  }
  const { RELAY: url = RELAY_URLS[dialect] } = environment;
  return brokerRelay({ url, dialect, connections, onBrokerLoss, destinationPrefixes: DESTINATION_PREFIXES });
}

/** @returns the first of the choices where nothing is set */
function chosen<const T extends string>(
  name: string,
  environment: BrokerEnvironment,
  choices: readonly [T, ...T[]],
): T {
  const { [name]: value = choices[0] } = environment;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const list = new Intl.ListFormat('en', { type: 'disjunction' }).format(choices);
  throw new Error(`${name} must be ${list} (or not set), not ${JSON.stringify(value)}`);
}

function refuseSettingsOfRelay(environment: BrokerEnvironment): void {
  const pointless = ['RELAY', 'CONNECTIONS', 'ON_BROKER_LOSS'].find((name) => environment[name] !== undefined);
  if (pointless === undefined) return;
  throw new Error(`${pointless} needs a broker to speak of: set BROKER=rabbitmq or BROKER=activemq as well`);
}

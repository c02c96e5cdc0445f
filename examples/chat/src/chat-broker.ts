import { type BrokerFactory, brokerRelay, type DestinationPolicy, simpleBroker } from 'treadle';
import { SettingInvalidError } from './setting-invalid-error.js';

/** What the environment says about the broker. */
export interface BrokerEnvironment {
  readonly [name: string]: string | undefined;
  /** `simple` (default), the broker inside Treadle; `rabbitmq` or `activemq`, one that several servers share. */
  readonly BROKER?: string;
  /** Where that one is: `stomp://login:passcode@host:port`. Default: where `scripts/brokers.sh` starts it. */
  readonly RELAY?: string;
  /** `per-client` (default) or `shared`. */
  readonly CONNECTIONS?: string;
  /** What becomes of the pages when the broker goes: `close` (default) or `hold`. */
  readonly ON_BROKER_LOSS?: string;
}

/** The broker of one chat. */
export interface ChatBroker {
  /** As people call it; `undefined` for the one inside. */
  readonly name: string | undefined;
  readonly factory: BrokerFactory;
}

const DESTINATION_PREFIXES = ['/topic', '/queue'];

/**
 * A page whose connection was lost gets from the broker inside what it missed; one that was away for longer reads it over HTTP, as every page does where
 * the broker is a real one, which keeps nothing for topics.
 */
const KEPT_FOR_THOSE_WHO_COME_BACK: DestinationPolicy = {
  destinations: ['/topic/chat-rooms/*', '/topic/announcements'],
  history: { messages: 200, forMs: 10 * 60_000 },
};

/** Brokers that run beside the chat: what people call them, and where `scripts/brokers.sh` starts them. */
const RELAYED = {
  rabbitmq: { name: 'RabbitMQ', url: 'stomp://guest:guest@127.0.0.1:61613' },
  activemq: { name: 'ActiveMQ', url: 'stomp://guest:guest@127.0.0.1:61614' },
} as const;

/** The broker inside, with what it keeps for pages that come back. */
export const EMBEDDED_BROKER: ChatBroker = {
  name: undefined,
  factory: simpleBroker({ destinationPrefixes: DESTINATION_PREFIXES, policies: [KEPT_FOR_THOSE_WHO_COME_BACK] }),
};

/** The broker that the environment asks for. @throws SettingInvalidError when there is no such thing */
export function chatBrokerOf(environment: BrokerEnvironment): ChatBroker {
  const dialect = chosen('BROKER', environment, ['simple', 'rabbitmq', 'activemq']);
  const connections = chosen('CONNECTIONS', environment, ['per-client', 'shared']);
  const onBrokerLoss = chosen('ON_BROKER_LOSS', environment, ['close', 'hold']);
  if (dialect === 'simple') {
    refuseSettingsOfRelay(environment);
    return EMBEDDED_BROKER;
  }
  const { name, url } = RELAYED[dialect];
  const { RELAY = url } = environment;
  const destinationPrefixes = DESTINATION_PREFIXES;
  return { name, factory: brokerRelay({ url: RELAY, dialect, connections, onBrokerLoss, destinationPrefixes }) };
}

/** A misspelt value must not look like a setting that works. @returns the first of the choices where nothing is set */
function chosen<const T extends string>(
  name: string,
  environment: BrokerEnvironment,
  choices: readonly [T, ...T[]],
): T {
  const { [name]: value = choices[0] } = environment;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const list = new Intl.ListFormat('en', { type: 'disjunction' }).format(choices);
  throw new SettingInvalidError(`${name} must be ${list} (or not set), not ${JSON.stringify(value)}`);
}

function refuseSettingsOfRelay(environment: BrokerEnvironment): void {
  const pointless = ['RELAY', 'CONNECTIONS', 'ON_BROKER_LOSS'].find((name) => environment[name] !== undefined);
  if (pointless === undefined) return;
  throw new SettingInvalidError(
    `${pointless} is about a broker beside the chat: set BROKER=rabbitmq or BROKER=activemq as well, or leave it out`,
  );
}

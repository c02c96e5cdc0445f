import { activemq, rabbitmq } from '../../../../../../scripts/testing/real-brokers';
import { describeWith } from '../../../../../../scripts/testing/require-server';
import { silentLogger } from '../../../../src/foundation/logger.js';
import type { ApplicationNames } from '../../../../src/broker/relay/dialect/destination-names.js';
import type { Dialect, RequestedSubscription } from '../../../../src/broker/relay/dialect/dialect.js';
import { Dialects } from '../../../../src/broker/relay/dialect/dialects.js';
import { NativeHeaders } from '../../../../src/messaging/native-headers.js';

export const SLASHES: ApplicationNames = { destinationSeparator: '/', destinationPrefixes: ['/topic', '/queue'] };
export const DOTS: ApplicationNames = { destinationSeparator: '.', destinationPrefixes: ['/topic', '/queue'] };

/** The dialect of a broker, for an application with these names. */
export function dialectOf(name: Dialect['name'], names: Partial<ApplicationNames> = {}): Dialect {
  return new Dialects({ ...SLASHES, ...names, dialect: name, logger: silentLogger }).of(undefined);
}

/** A SUBSCRIBE without acknowledgements. */
export function requested(destination: string, more: Partial<RequestedSubscription> = {}): RequestedSubscription {
  const plain = { isTranslated: false, ackMode: 'auto', prefetchCount: 10, headers: NativeHeaders.EMPTY } as const;
  return { destination, ...plain, ...more };
}

/** The same tests on both brokers, each given its address. */
export function describeBrokers(title: string, tests: (name: 'rabbitmq' | 'activemq', url: string) => void): void {
  describeWith(rabbitmq, `RabbitMQ: ${title}`, (url) => tests('rabbitmq', url));
  describeWith(activemq, `ActiveMQ: ${title}`, (url) => tests('activemq', url));
}

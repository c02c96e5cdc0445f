import { NativeHeaders } from '../../../messaging/native-headers.js';
import type { RelayedSubscribe } from '../client/relay-client.js';
import type { Dialect, RequestedSubscription } from '../dialect/dialect.js';

/** A subscription as everybody shares it: nothing of it is one listener's own. */
export function sharedSubscription(destination: string): RequestedSubscription {
  return { destination, isTranslated: false, ackMode: 'auto', prefetchCount: 0, headers: NativeHeaders.EMPTY };
}

/**
 * Whether one subscription at the broker serves everybody who asks for this. Not what is acknowledged, a queue, one session's own, or made with headers that
 * mean something to the broker; nor one of the broker's own places: RabbitMQ ends a connection that asks for one in vain.
 * @throws MessageRejectedError as `Dialect.subscription`
 */
export function isShareable({ subscription, headers }: RelayedSubscribe, dialect: Dialect): boolean {
  const { destination, ackMode, isTranslated } = subscription;
  if (ackMode !== 'auto' || isTranslated || dialect.isNative(destination)) return false;
  const shared = sharedSubscription(destination);
  const plain = dialect.subscription(shared);
  if (plain.kind !== 'topic') return false;
  return isSame(plain.headers, dialect.subscription({ ...shared, headers }).headers);
}

function isSame(headers: readonly string[], others: readonly string[]): boolean {
  return headers.length === others.length && headers.every((text, index) => text === others[index]);
}

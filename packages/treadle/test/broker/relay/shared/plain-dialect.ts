import { headerValue } from '@treadle/stomp';
import type { Dialect, RequestedSubscription } from '../../../../src/broker/relay/dialect/dialect.js';

/** A broker that takes destinations as they are, has queues, places of its own, and one header of SUBSCRIBE that it heeds: `durable`. */
export const PLAIN_DIALECT: Dialect = {
  name: 'none',
  hasQueueSelectors: false,
  returnsAtUnsubscribe: true,
  sendLimits: { lineOctets: 1_000, headers: 100 },
  kindOf: (destination, isTranslated) => (!isTranslated && destination.startsWith('/queue') ? 'queue' : 'topic'),
  isNative: (destination) => destination.startsWith('/exchange'),
  sendDestination: (destination) => destination,
  subscription: ({ destination, isTranslated, headers }: RequestedSubscription) => ({
    destination,
    headers: headers.has('durable') ? ['durable', 'true'] : [],
    kind: PLAIN_DIALECT.kindOf(destination, isTranslated),
    applicationDestination: (received) => {
      const ofBroker = headerValue(received, 'destination') ?? '';
      if (!destination.includes('*')) return destination;
      return ofBroker.includes('hidden') ? undefined : ofBroker;
    },
  }),
  serverDestination: (destination) => destination,
  sendHeaders: ({ list }) => list,
  messageHeaders: (headers) => headers,
  isRedelivered: (headers) => headerValue(headers, 'redelivered') === 'true',
  nackHeaders: () => [],
};

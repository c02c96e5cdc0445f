import type { HeaderWay } from './packed-headers.js';

/**
 * What becomes an AMQP property, with the values that may: others end the connection, or that of the AMQP consumer who gets them
 * (AMQP 0-9-1 § 4.2.5.3: short strings have at most 255 octets).
 */
const PROPERTIES: Readonly<Record<string, (value: string) => boolean>> = {
  'content-type': isShort,
  'content-encoding': isShort,
  'correlation-id': isShort,
  type: isShort,
  'app-id': isShort,
  'amqp-message-id': isShort,
  persistent: (value) => value === 'true',
  priority: (value) => /^(?:0|[1-9]\d?)$/.test(value),
  expiration: (value) => /^\d{1,9}$/.test(value),
  timestamp: (value) => /^(?:0|[1-9]\d{0,14})$/.test(value),
};

/**
 * Never written: `user-id` must be the login; `reply-to` makes queues and is read as a destination of the broker; with the others the queue of a SEND is
 * declared, or routed to (CC, BCC).
 */
const HELD_BACK: ReadonlySet<string> = new Set([
  'user-id',
  'cluster-id',
  'reply-to',
  'durable',
  'auto-delete',
  'exclusive',
  'prefetch-count',
  'CC',
  'BCC',
  '',
]);

/** Arguments of queues, and what the broker and its plugins say about a message on its way. */
const ARGUMENTS =
  /^x-(?:cancel-|consumer-|credit|dead-letter-|death|delay|deliver|expires|first-|group-|initial-|last-|match|max-|message-ttl|overflow|priority|queue-|quorum-|received-from|routed-by|single-active-|stream-)/;

/** Octets of an AMQP short string. */
const SHORT_OCTETS = 255;

/** What RabbitMQ makes of a header of SEND (rabbitmq_stomp: `rabbit_stomp_util:message_properties`). */
export function rabbitHeaderWay(name: string, value: string): HeaderWay {
  const isAllowed = Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name] : undefined;
  if (isAllowed) return isAllowed(value) ? 'plain' : 'packed';
  return HELD_BACK.has(name) || ARGUMENTS.test(name) || !isShort(name) ? 'packed' : 'plain';
}

/** Whether it fits an AMQP short string. */
export function isShort(text: string): boolean {
  return text.length * 3 <= SHORT_OCTETS || Buffer.byteLength(text) <= SHORT_OCTETS;
}

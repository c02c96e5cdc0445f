import { HeaderError } from '../../foundation/errors.js';
import type { Message } from '../../messaging/message.js';
import type { NativeHeaders } from '../../messaging/native-headers.js';
import type { AckMode } from './subscription.js';

/** How much of one subscription may be unacknowledged. */
export interface PrefetchLimits {
  /** For a SUBSCRIBE that says nothing. */
  readonly prefetchCount: number;
  /** What a SUBSCRIBE may ask for; more counts as this. */
  readonly maxPrefetchCount: number;
  /** Octets of payloads and headers; one delivery alone may have more. */
  readonly maxUnacknowledgedOctets: number;
}

/** The limits as they hold. */
export function resolvePrefetchLimits(given: Partial<PrefetchLimits>): PrefetchLimits {
  const { maxPrefetchCount = 10_000, prefetchCount = Math.min(1000, maxPrefetchCount) } = given;
  const { maxUnacknowledgedOctets = 8 * 1024 * 1024 } = given;
  return { prefetchCount, maxPrefetchCount, maxUnacknowledgedOctets };
}

const ACK_MODES: Readonly<Record<string, AckMode>> = {
  auto: 'auto',
  client: 'client',
  'client-individual': 'client-individual',
};

/** The `ack` header of SUBSCRIBE (STOMP 1.2 § SUBSCRIBE ack Header). @throws HeaderError for another mode */
export function ackModeOf(headers: NativeHeaders): AckMode {
  const text = headers.get('ack') ?? 'auto';
  const mode = Object.hasOwn(ACK_MODES, text) ? ACK_MODES[text] : undefined;
  if (mode) return mode;
  throw new HeaderError('ack', 'is none of auto, client and client-individual');
}

/**
 * The `prefetch-count` header of SUBSCRIBE, as RabbitMQ calls it.
 * @throws HeaderError for what is no whole number from 1 on
 */
export function prefetchCountOf(headers: NativeHeaders, limits: PrefetchLimits): number {
  const text = headers.get('prefetch-count');
  if (text === undefined) return limits.prefetchCount;
  if (!/^0*[1-9]\d*$/.test(text)) throw new HeaderError('prefetch-count', 'is no whole number from 1 on');
  return Math.min(Number(text), limits.maxPrefetchCount);
}

/** What a client says about a delivery. */
export type Verdict = 'acknowledge' | 'requeue' | 'drop';

/**
 * What an ACK or NACK message says. As RabbitMQ reads the `requeue` header: rejected messages go back unless it is `false`.
 * @throws HeaderError for a `requeue` that is neither `true` nor `false`
 */
export function verdictOf({ type, headers }: Message): Verdict {
  if (type === 'ACK') return 'acknowledge';
  const requeue = headers.get('requeue');
  if (requeue === undefined || requeue === 'true') return 'requeue';
  if (requeue === 'false') return 'drop';
  throw new HeaderError('requeue', 'is neither true nor false');
}

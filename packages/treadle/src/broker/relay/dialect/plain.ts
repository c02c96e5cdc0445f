import { headerValue } from '@treadle/stomp';
import { DestinationPattern } from '../../../messaging/destination-pattern.js';
import type { NativeHeaders } from '../../../messaging/native-headers.js';
import type { BrokerSubscription, DestinationKind, Dialect, RequestedSubscription } from './dialect.js';
import { OWN_PREFIX, unpackHeaders } from './packed-headers.js';
import { queueWithSelector } from './refusals.js';
import { READABLE } from './send-limits.js';

/**
 * A broker of which nothing is known: destinations, wildcards included, and headers are passed on as they are. What they mean, and whether two of them mean the same,
 * is for the broker to say and for the application to know.
 */
export class PlainDialect implements Dialect {
  readonly name = 'none';
  readonly hasQueueSelectors = false;
  readonly returnsAtUnsubscribe = true;
  readonly sendLimits = READABLE;

  kindOf(destination: string, isTranslated: boolean): DestinationKind {
    return !isTranslated && /^\/?queue(?:[/.]|$)/.test(destination) ? 'queue' : 'topic';
  }

  /** Which ones are is not known. */
  isNative(): boolean {
    return false;
  }

  sendDestination(destination: string): string {
    return destination;
  }

  subscription({ destination, isTranslated, headers }: RequestedSubscription): BrokerSubscription {
    const kind = this.kindOf(destination, isTranslated);
    const selector = headers.get('selector') ?? '';
    if (kind === 'queue' && selector.trim() !== '') throw queueWithSelector(destination);
    const isWildcard = DestinationPattern.isPattern(destination) || /[#>]/.test(destination);
    const applicationDestination = (given: string): string => (isWildcard && given !== '' ? given : destination);
    return { destination, headers: [], kind, applicationDestination };
  }

  serverDestination(destination: string): string {
    return destination;
  }

  sendHeaders(headers: NativeHeaders): readonly string[] {
    return headers.filter((name) => !name.startsWith(OWN_PREFIX)).list;
  }

  messageHeaders(headers: readonly string[]): readonly string[] {
    return unpackHeaders(headers, () => false);
  }

  isRedelivered(headers: readonly string[]): boolean {
    return headerValue(headers, 'redelivered') === 'true';
  }

  nackHeaders(): readonly string[] {
    return [];
  }
}

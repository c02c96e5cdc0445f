import { headerValue } from '@treadle/stomp';
import { DestinationPattern } from '../../../messaging/destination-pattern.js';
import type { NativeHeaders } from '../../../messaging/native-headers.js';
import type { MessageRejectedError } from '../../../foundation/errors.js';
import type { BrokerSubscription, DestinationKind, Dialect, RequestedSubscription } from './dialect.js';
import { OWN_PREFIX, SERVER_HEADER, unpackHeaders } from './packed-headers.js';
import { queueWithSelector, unsupported } from './refusals.js';
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

  sendDestination(destination: string, isTranslated: boolean): string {
    if (isTranslated) throw acknowledgedUserDestination(destination);
    return destination;
  }

  subscription({ destination, isTranslated, headers }: RequestedSubscription): BrokerSubscription {
    if (isTranslated) throw acknowledgedUserDestination(destination);
    const kind = this.kindOf(destination, isTranslated);
    const selector = headers.get('selector') ?? '';
    if (kind === 'queue' && selector.trim() !== '') throw queueWithSelector(destination);
    const isWildcard = DestinationPattern.isPattern(destination) || /[#>]/.test(destination);
    const applicationDestination = (received: readonly string[]): string | undefined => {
      // Whatever the broker takes for a wildcard, an alias or a list: what servers tell each other is for no client.
      if (headerValue(received, SERVER_HEADER) !== undefined) return undefined;
      return (isWildcard && headerValue(received, 'destination')) || destination;
    };
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

/** It waits at the broker, and there is no place known there that a wildcard of another client does not lead to. */
function acknowledgedUserDestination(destination: string): MessageRejectedError {
  return unsupported(
    destination,
    "user destinations are acknowledged with the dialects 'rabbitmq' and 'activemq' alone",
  );
}

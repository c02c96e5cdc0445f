import { headerValue } from '@treadle/stomp';
import { shorten } from '../../../foundation/error-text.js';
import { DestinationPattern } from '../../../messaging/destination-pattern.js';
import type { NativeHeaders } from '../../../messaging/native-headers.js';
import { activeMqHeaderWay, isAddedByActiveMq } from './activemq-headers.js';
import { type ApplicationNames, DestinationNames } from './destination-names.js';
import type { BrokerSubscription, DestinationKind, Dialect, RequestedSubscription } from './dialect.js';
import { lineOctets } from './send-limits.js';
import { wordOf } from './name-words.js';
import { packHeaders, unpackHeaders } from './packed-headers.js';
import { malformedName, queueWithWildcards, unsupported, userDestinationWithWildcards } from './refusals.js';
import { spellPattern } from './wildcards.js';

const NATIVE = /^\/(?:temp-queue|temp-topic|remote-temp-queue|remote-temp-topic)\//;

const WILDCARDS = { any: '*', rest: '>', restAnywhere: false };

/** ActiveMQ gives a connection up for more (ActiveMQ: `StompWireFormat.MAX_HEADER_LENGTH`, `MAX_HEADERS`). */
const MAX_LINE_OCTETS = 10 * 1024 - 1;
const MAX_HEADERS = 900;

/** Of a destination that is refused for its length. */
const SHOWN_CHARACTERS = 100;

/** ActiveMQ "Classic" (tried with 5.17). A topic's name is the queue's with dots; `VirtualTopic.…` and `Consumer.…` work as it configures them. */
export class ActiveMqDialect implements Dialect {
  readonly name = 'activemq';
  readonly hasQueueSelectors = true;
  readonly returnsAtUnsubscribe = true;
  readonly sendLimits = { lineOctets: MAX_LINE_OCTETS, headers: MAX_HEADERS };
  readonly #names: DestinationNames;

  constructor(names: ApplicationNames) {
    this.#names = new DestinationNames(names, isReserved);
  }

  kindOf(destination: string, isTranslated: boolean): DestinationKind {
    if (isTranslated) return 'topic';
    if (this.isNative(destination)) return /^\/(?:remote-)?temp-queue\//.test(destination) ? 'queue' : 'topic';
    return this.#names.kindOf(destination);
  }

  isNative(destination: string): boolean {
    return NATIVE.test(destination);
  }

  sendDestination(destination: string, isTranslated: boolean): string {
    if (isTranslated) return privatePlace('~u', destination);
    if (this.isNative(destination)) return checkedNative(destination);
    const { kind, name } = this.#names.toBroker(destination);
    return fitting(`/${kind}/${name}`, destination);
  }

  subscription(requested: RequestedSubscription): BrokerSubscription {
    const { destination, isTranslated, ackMode, prefetchCount } = requested;
    const kind = this.kindOf(destination, isTranslated);
    const headers = ackMode === 'auto' ? [] : ['activemq.prefetchSize', String(prefetchCount)];
    const selector = requested.headers.get('selector') ?? '';
    if (kind === 'queue' && selector.trim() !== '') headers.push('selector', checkedSelector(selector, destination));
    if (!DestinationPattern.isPattern(destination) || (!isTranslated && this.isNative(destination))) {
      const sent = this.sendDestination(destination, isTranslated);
      return { destination: sent, headers, kind, applicationDestination: () => destination };
    }
    if (isTranslated) throw userDestinationWithWildcards(destination);
    if (kind === 'queue') throw queueWithWildcards(destination);
    return { headers, kind, ...this.#pattern(destination) };
  }

  serverDestination(destination: string): string {
    return privatePlace('~s', destination);
  }

  sendHeaders(headers: NativeHeaders): readonly string[] {
    return packHeaders(headers, activeMqHeaderWay);
  }

  messageHeaders(headers: readonly string[]): readonly string[] {
    return unpackHeaders(headers, isAddedByActiveMq);
  }

  isRedelivered(headers: readonly string[]): boolean {
    return headerValue(headers, 'redelivered') === 'true';
  }

  /** It knows one thing to do with what is rejected: the queue of dead letters. */
  nackHeaders(): readonly string[] {
    return [];
  }

  #pattern(destination: string): Pick<BrokerSubscription, 'destination' | 'applicationDestination'> {
    const pattern = this.#names.patternOf(destination);
    return {
      destination: `/topic/${spellPattern(pattern, WILDCARDS)}`,
      applicationDestination: (headers) => {
        const given = headerValue(headers, 'destination') ?? '';
        if (!given.startsWith('/topic/')) return undefined;
        const own = this.#names.toApplication({ kind: 'topic', name: given.slice('/topic/'.length) });
        return own !== undefined && pattern.matches(own) ? own : undefined;
      },
    };
  }
}

/** `ActiveMQ.Advisory…` tells who is connected, and from where; other names of this kind give orders. Dead letters are a queue like any other. */
function isReserved(kind: DestinationKind, [first, second]: readonly string[]): boolean {
  return first === 'ActiveMQ' && !(kind === 'queue' && second === 'DLQ');
}

function privatePlace(mark: '~s' | '~u', destination: string): string {
  return fitting(`/topic/${mark}.${wordOf(destination, '.')}`, destination);
}

/** A longer one ends the connection, which may be that of many. */
function fitting(place: string, destination: string): string {
  if (lineOctets('destination', place) <= MAX_LINE_OCTETS) return place;
  throw malformedName(shorten(destination, SHOWN_CHARACTERS), `ActiveMQ takes ${MAX_LINE_OCTETS} octets of a header`);
}

/** A list of destinations, and options behind a question mark, would lead elsewhere. */
function checkedNative(destination: string): string {
  if (/[,?*>]/.test(destination)) throw unsupported(destination, 'it is no name of one temporary destination');
  return fitting(destination, destination);
}

function checkedSelector(selector: string, destination: string): string {
  if (lineOctets('selector', selector) <= MAX_LINE_OCTETS) return selector;
  throw unsupported(destination, `ActiveMQ takes ${MAX_LINE_OCTETS} octets of a header`);
}

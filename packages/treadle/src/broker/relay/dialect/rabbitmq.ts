import { headerValue } from '@treadle/stomp';
import { DestinationPattern } from '../../../messaging/destination-pattern.js';
import type { NativeHeaders } from '../../../messaging/native-headers.js';
import { type ApplicationNames, DestinationNames } from './destination-names.js';
import type { BrokerSubscription, DestinationKind, Dialect, RequestedSubscription } from './dialect.js';
import { wordOf } from './name-words.js';
import { packHeaders, unpackHeaders } from './packed-headers.js';
import { isShort, rabbitHeaderWay } from './rabbitmq-headers.js';
import { READABLE } from './send-limits.js';
import {
  malformedName,
  queueWithSelector,
  queueWithWildcards,
  unsupported,
  userDestinationWithWildcards,
} from './refusals.js';
import { spellPattern } from './wildcards.js';

const NATIVE = /^\/(?:exchange|amq\/queue|temp-queue|reply-queue)\//;

/** Routes by the whole name: no wildcard of a subscription, all of which are to `amq.topic`, leads here. */
const PRIVATE_PLACE = '/exchange/amq.direct/';

const WILDCARDS = { any: '*', rest: '#', restAnywhere: true };

/**
 * RabbitMQ with its plugin `rabbitmq_stomp` (tried with 3.10). Topics are routing keys of the exchange `amq.topic`, which has wildcards as Ant patterns have them; a queue
 * is durable and stays.
 */
export class RabbitMqDialect implements Dialect {
  readonly name = 'rabbitmq';
  readonly hasQueueSelectors = false;
  readonly returnsAtUnsubscribe = false;
  readonly sendLimits = READABLE;
  readonly #names: DestinationNames;

  constructor(names: ApplicationNames) {
    // Names of queues that begin with `amq.` are the broker's (AMQP 0-9-1 § queue.declare).
    this.#names = new DestinationNames(names, (kind, [first]) => kind === 'queue' && first === 'amq');
  }

  kindOf(destination: string, isTranslated: boolean): DestinationKind {
    if (isTranslated) return 'topic';
    if (this.isNative(destination)) return destination.startsWith('/exchange/') ? 'topic' : 'queue';
    return this.#names.kindOf(destination);
  }

  isNative(destination: string): boolean {
    return NATIVE.test(destination);
  }

  sendDestination(destination: string, isTranslated: boolean): string {
    if (isTranslated) return privatePlace('~u', destination);
    if (this.isNative(destination)) return checkedNative(destination);
    const { kind, name } = this.#names.toBroker(destination);
    return place(kind, name, destination);
  }

  subscription(requested: RequestedSubscription): BrokerSubscription {
    const { destination, isTranslated, ackMode, prefetchCount } = requested;
    const kind = this.kindOf(destination, isTranslated);
    const headers = ackMode === 'auto' ? [] : ['prefetch-count', String(prefetchCount)];
    const selector = requested.headers.get('selector') ?? '';
    if (kind === 'queue' && selector.trim() !== '') throw queueWithSelector(destination);
    if (!isTranslated && this.isNative(destination)) {
      return {
        destination: checkedNative(destination),
        headers,
        kind,
        applicationDestination: nativeDestination(destination),
      };
    }
    if (!DestinationPattern.isPattern(destination)) {
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
    return packHeaders(headers, rabbitHeaderWay);
  }

  messageHeaders(headers: readonly string[]): readonly string[] {
    return unpackHeaders(headers, addsNone);
  }

  isRedelivered(headers: readonly string[]): boolean {
    return headerValue(headers, 'redelivered') === 'true';
  }

  /** It delivers again unless it is told not to. */
  nackHeaders(headers: NativeHeaders): readonly string[] {
    return headers.get('requeue') === 'false' ? ['requeue', 'false'] : [];
  }

  #pattern(destination: string): Pick<BrokerSubscription, 'destination' | 'applicationDestination'> {
    const pattern = this.#names.patternOf(destination);
    const name = spellPattern(pattern, WILDCARDS);
    return {
      destination: place('topic', name, destination),
      applicationDestination: (headers) => {
        const given = headerValue(headers, 'destination') ?? '';
        const key = given.startsWith('/topic/') ? decoded(given.slice('/topic/'.length)) : undefined;
        const own = key === undefined ? undefined : this.#names.toApplication({ kind: 'topic', name: key });
        return own !== undefined && pattern.matches(own) ? own : undefined;
      },
    };
  }
}

function place(kind: DestinationKind, name: string, destination: string): string {
  // Routing keys and names of queues are short strings (AMQP 0-9-1 § 4.2.5.3); a longer one ends the connection.
  if (!isShort(name)) throw malformedName(destination, 'RabbitMQ takes names of at most 255 octets');
  return `/${kind}/${name}`;
}

function privatePlace(mark: '~s' | '~u', destination: string): string {
  const key = `${mark}.${wordOf(destination, '.')}`;
  if (!isShort(key)) throw malformedName(destination, 'RabbitMQ takes names of at most 255 octets');
  return PRIVATE_PLACE + key;
}

/** A queue of `/temp-queue/` is made by a `reply-to`, and its answers come to no subscription. */
function checkedNative(destination: string): string {
  if (destination.startsWith('/temp-queue/')) {
    throw unsupported(destination, 'temporary queues are replaced by user destinations');
  }
  const plain = decoded(destination);
  const isPrivate = plain === undefined || /^\/exchange\/amq\.direct\/~[us]\./.test(plain);
  if (isPrivate) throw malformedName(destination, 'it is for the servers of the application alone');
  return destination;
}

/** What is sent to the exchange of topics comes as `/topic/…`, whatever the subscription says. */
function nativeDestination(destination: string): BrokerSubscription['applicationDestination'] {
  if (!destination.startsWith('/exchange/')) return () => destination;
  return (headers) => {
    const given = headerValue(headers, 'destination') ?? '';
    return given.startsWith('/topic/') ? `/exchange/amq.topic/${given.slice('/topic/'.length)}` : given;
  };
}

/** It writes what is not ASCII, and `/` and `%`, as percent-encoded octets (rabbitmq_stomp: `rabbit_routing_util:escape`); `undefined`: not those of UTF-8. */
function decoded(name: string): string | undefined {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

const addsNone = (): boolean => false;

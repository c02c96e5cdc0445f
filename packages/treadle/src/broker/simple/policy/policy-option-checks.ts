import type { FindingDetails, Report } from '../../../foundation/finding.js';
import {
  anyFunction,
  checkKind,
  checkNames,
  either,
  flag,
  type Kind,
  type Kinds,
  objectOf,
  oneOf,
  wholeNumber,
} from '../../../foundation/option-kind.js';
import type { CommonPolicy, DestinationPolicy, HistoryPolicy, QueuePolicy, TopicPolicy } from './destination-policy.js';

const count = wholeNumber(1);
const milliseconds = numberWhere('a number of milliseconds from 1 on', (value) => value >= 1);
const rate = numberWhere('a number above 0', (value) => value > 0);
const name: Kind = { name: 'the name of a header', fits: (value) => typeof value === 'string' && value !== '' };
const destination: Kind = { ...name, name: 'a destination' };

/** Looked at by those who work with it. */
const anything: Kind = { name: 'anything', fits: () => true };

const kind = oneOf('topic', 'queue');

const HISTORY = {
  messages: count,
  forMs: milliseconds,
  octets: count,
} satisfies Record<keyof HistoryPolicy, Kind>;

const COMMON = {
  destinations: anything,
  kind,
  expiresAfterMs: milliseconds,
  maxSubscribers: count,
  maxMessageOctets: count,
  maxMessagesPerSecond: rate,
} satisfies Record<keyof CommonPolicy | 'kind', Kind>;

const OF_TOPICS = {
  retainLast: flag,
  history: saying(['messages', 'forMs'], objectOf(HISTORY, 'an object such as { messages: 100 }'), {
    problem: 'it says neither how many messages nor how long',
    cure: 'give messages, forMs or both',
  }),
  slowConsumer: either(
    oneOf('disconnect', 'drop-oldest'),
    saying(['latestByKey'], objectOf({ latestByKey: either(name, anyFunction) }, '{ latestByKey: … }'), {
      problem: 'it says nothing',
      cure: "give latestByKey, a header's name or a function",
    }),
  ),
  maxWaitingMessages: count,
} satisfies Record<Exclude<keyof TopicPolicy, keyof typeof COMMON>, Kind>;

const OF_QUEUES = {
  maxMessages: count,
  maxOctets: count,
  whenFull: oneOf('refuse', 'drop-oldest'),
  maxDeliveries: count,
  deadLetters: destination,
} satisfies Record<Exclude<keyof QueuePolicy, keyof typeof COMMON>, Kind>;

/** Those that only topics have. */
export const TOPIC_OPTIONS: readonly string[] = Object.keys(OF_TOPICS);

/**
 * Reports options of one policy that there are none of, that belong to the other kind of destination, or whose values are none. For JavaScript, JSON and
 * casts as well: TypeScript tells some of it.
 */
export function checkPolicyOptions(policy: DestinationPolicy, location: string, report: Report): void {
  if (policy.kind !== undefined && checkKind(kind, policy.kind, `${location}.kind`, report) === undefined) return;
  const isQueue = policy.kind === 'queue';
  const own: Kinds = isQueue ? OF_QUEUES : OF_TOPICS;
  const others = isQueue ? OF_TOPICS : OF_QUEUES;
  const ofOthers = isQueue ? NOT_OF_QUEUES : NOT_OF_TOPICS;
  const explain = (option: string): FindingDetails | undefined =>
    Object.hasOwn(others, option) ? ofOthers : undefined;
  checkNames({ ...COMMON, ...own }, policy, { location, report, explain });
}

const NOT_OF_QUEUES = { problem: 'a queue has no such option', cure: "leave it out, or leave out kind: 'queue'" };
const NOT_OF_TOPICS = { problem: 'only queues have this option', cure: "leave it out, or write kind: 'queue'" };

function numberWhere(text: string, isIt: (value: number) => boolean): Kind {
  return { name: text, fits: (value) => typeof value === 'number' && Number.isFinite(value) && isIt(value) };
}

/** The same for objects that say one of these options at least; that none is there is told when nothing else is wrong. */
function saying(names: readonly string[], object: Kind, finding: FindingDetails): Kind {
  return {
    ...object,
    checkParts: (value, location, report) => {
      const checked = object.checkParts?.(value, location, report);
      const isSaid = names.some((each) => Reflect.get(value as object, each) !== undefined); // it is an object
      if (!isSaid && checked === value) report({ ...finding, location });
      return checked;
    },
  };
}

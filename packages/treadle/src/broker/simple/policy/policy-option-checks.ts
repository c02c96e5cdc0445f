import { inspect } from 'node:util';
import type { FindingDetails, Report } from '../../../foundation/finding.js';
import { closest } from '../../../foundation/spelling.js';
import type { CommonPolicy, DestinationPolicy, HistoryPolicy, QueuePolicy, TopicPolicy } from './destination-policy.js';

/** Says what is wrong with a value, or nothing. */
type Check = (value: unknown) => Omit<FindingDetails, 'location'> | undefined;

type Checks<T> = Record<Exclude<keyof T, keyof CommonPolicy>, Check>;

const count: Check = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1
    ? undefined
    : { problem: `it is ${inspect(value)}`, cure: 'give a whole number from 1 on, or leave it out' };

const milliseconds: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 1
    ? undefined
    : { problem: `it is ${inspect(value)}`, cure: 'give a number of milliseconds from 1 on, or leave it out' };

const rate: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value > 0
    ? undefined
    : { problem: `it is ${inspect(value)}`, cure: 'give a number above 0, or leave it out' };

const flag: Check = (value) =>
  typeof value === 'boolean' ? undefined : { problem: `it is ${inspect(value)}`, cure: 'give true or false' };

const text: Check = (value) =>
  typeof value === 'string' && value !== ''
    ? undefined
    : { problem: `it is ${inspect(value)}`, cure: 'give a destination' };

const whenFull: Check = (value) =>
  value === 'refuse' || value === 'drop-oldest'
    ? undefined
    : { problem: `it is ${inspect(value)}`, cure: "give 'refuse' or 'drop-oldest'" };

const slowConsumer: Check = (value) => {
  if (value === 'disconnect' || value === 'drop-oldest') return undefined;
  const { latestByKey } = Object(value) as { readonly latestByKey?: unknown }; // any value may come
  if (typeof latestByKey === 'function' || (typeof latestByKey === 'string' && latestByKey !== '')) return undefined;
  const cure = "give 'disconnect', 'drop-oldest', or { latestByKey } with a header's name or a function";
  return { problem: `it is ${inspect(value, { depth: 1 })}`, cure };
};

const HISTORY: Record<keyof HistoryPolicy, Check> = { messages: count, forMs: milliseconds, octets: count };

const COMMON: Record<Exclude<keyof CommonPolicy, 'destinations'>, Check> = {
  expiresAfterMs: milliseconds,
  maxSubscribers: count,
  maxMessageOctets: count,
  maxMessagesPerSecond: rate,
};

const OF_TOPICS: Omit<Checks<TopicPolicy>, 'kind' | 'history'> = {
  retainLast: flag,
  slowConsumer,
  maxWaitingMessages: count,
};

const OF_QUEUES: Omit<Checks<QueuePolicy>, 'kind'> = {
  maxMessages: count,
  maxOctets: count,
  whenFull,
  maxDeliveries: count,
  deadLetters: text,
};

/**
 * Reports options of one policy that there are none of, that belong to the other kind of destination, or whose values are none. For JavaScript, JSON and
 * casts as well: TypeScript tells some of it.
 */
export function checkPolicyOptions(policy: DestinationPolicy, location: string, report: Report): void {
  const kind: unknown = policy.kind ?? 'topic';
  if (kind !== 'topic' && kind !== 'queue') {
    report({ location: `${location}.kind`, problem: `it is ${inspect(kind)}`, cure: "give 'topic' or 'queue'" });
    return;
  }
  const options: Readonly<Record<string, unknown>> = { ...policy };
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || name === 'destinations' || name === 'kind') continue;
    checkOption(kind, name, value, { location: `${location}.${name}`, report });
  }
}

interface Place {
  readonly location: string;
  readonly report: Report;
}

function checkOption(kind: 'topic' | 'queue', name: string, value: unknown, { location, report }: Place): void {
  const ofTopics: Readonly<Record<string, Check>> = OF_TOPICS;
  const ofQueues: Readonly<Record<string, Check>> = OF_QUEUES;
  const known: Readonly<Record<string, Check>> = { ...COMMON, ...(kind === 'topic' ? ofTopics : ofQueues) };
  if (kind === 'topic' && name === 'history') return checkHistory(value, { location, report });
  const finding = Object.hasOwn(known, name) ? known[name]?.(value) : notOfKind(kind, name);
  if (finding) report({ location, ...finding });
}

function notOfKind(kind: 'topic' | 'queue', name: string): Omit<FindingDetails, 'location'> {
  const ofTopics = [...Object.keys(OF_TOPICS), 'history'];
  const ofQueues = Object.keys(OF_QUEUES);
  if (kind === 'queue' && ofTopics.includes(name)) {
    return { problem: 'a queue has no such option', cure: "leave it out, or leave out kind: 'queue'" };
  }
  if (kind === 'topic' && ofQueues.includes(name)) {
    return { problem: 'only queues have this option', cure: "leave it out, or write kind: 'queue'" };
  }
  const names = ['destinations', 'kind', ...Object.keys(COMMON), ...(kind === 'topic' ? ofTopics : ofQueues)];
  const meant = closest(name, names);
  const cure = meant === undefined ? `leave it out; there are ${names.join(', ')}` : `did you mean '${meant}'?`;
  return { problem: 'there is no option of this name', cure };
}

function checkHistory(value: unknown, { location, report }: Place): void {
  if (typeof value !== 'object' || value === null) {
    report({ location, problem: `it is ${inspect(value)}`, cure: 'give { messages: 100 }' });
    return;
  }
  const history: Readonly<Record<string, unknown>> = { ...value };
  for (const [name, option] of Object.entries(history)) {
    if (option === undefined) continue;
    const check = Object.hasOwn(HISTORY, name) ? HISTORY[name as keyof HistoryPolicy] : unknownOfHistory; // it has it
    const finding = check(option);
    if (finding) report({ location: `${location}.${name}`, ...finding });
  }
  if (history['messages'] !== undefined || history['forMs'] !== undefined) return;
  report({ location, problem: 'it says neither how many messages nor how long', cure: 'give messages, forMs or both' });
}

const unknownOfHistory: Check = () => ({
  problem: 'there is no option of this name',
  cure: 'there are messages, forMs and octets',
});

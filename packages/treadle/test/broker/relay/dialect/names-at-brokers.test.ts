import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import type { ApplicationNames } from '../../../../src/broker/relay/dialect/destination-names.js';
import type { Dialect } from '../../../../src/broker/relay/dialect/dialect.js';
import { DestinationPattern } from '../../../../src/messaging/destination-pattern.js';
import { BrokerConversation, headerOf } from './broker-conversation.js';
import { describeBrokers, dialectOf, DOTS, requested, SLASHES } from './real-dialects.js';

const word = fc.constantFrom(
  'a',
  'b',
  'ab',
  '',
  'a.b',
  '*',
  '#',
  '>',
  'a/b',
  'a,b',
  'a?b=c',
  'a%2Fb',
  '100%',
  'ä',
  'a b',
  'b ',
  ' b',
  ' ',
  '~',
  '~41',
);
/** What brokers, their plugins or Java may trim, fold, decode or read something into. */
const TOLD_APART: readonly (readonly [string, readonly string[]])[] = [
  ['a space', [' ', '  ', '\u00A0', '\u2003', '\u3000', '\uFEFF', '\u200B']],
  ['a control character', ['\t', '\n', '\r', '\0', '\u001F', '\u007F', '\u0085', '\u2028']],
  ['case', ['A', 'ä', 'Ä', 'ß', 'ẞ', 'ss', 'SS', 'İ', 'i', 'ı', 'K', '\u212A']],
  ['a composed character', ['\u00E9', 'e\u0301', 'ﬁ', 'fi', '①', '1', 'Ａ', 'A']],
  ['what ASCII has for parting', [';', ':', '|', '&', '=', '@', '$', '!', '^', '"', "'", '`', '(', ')', '[', ']', '<']],
  [
    'a mark of brokers',
    [',', '?x', '%', '%20', '%2E', '.', '\\', '#', '>', '~', '~20', '+', 'queue:', 'topic:', 'ID:'],
  ],
];

const patternWord = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('*', '**') },
  { weight: 2, arbitrary: fc.constantFrom('a', 'b', 'ab', '', 'ä', '#', '>') },
  { weight: 1, arbitrary: fc.constantFrom('a*', '?', '{x}') },
);

/** Sends to all destinations, and returns what each subscription got, sorted; each of its own connection's. */
async function exchange(url: string, dialect: Dialect, subscribed: readonly string[], sent: readonly string[]) {
  await using conversation = await BrokerConversation.open(url);
  const subscriptions = subscribed.map((destination) => dialect.subscription(requested(destination)));
  for (const [id, { destination }] of subscriptions.entries()) {
    await conversation.request('SUBSCRIBE', ['id', String(id), 'destination', destination]);
  }
  // The last word to each subscription: one broker keeps the order of one subscription.
  const last = subscribed.map((destination) => destination.replaceAll(/\*\*|[*?]|\{x\}/g, 'z'));
  for (const destination of [...sent, ...last]) {
    await conversation.request('SEND', ['destination', dialect.sendDestination(destination, false)], destination);
  }
  const got = subscriptions.map((): string[] => []);
  await conversation.until(() => {
    for (const message of conversation.messages.splice(0)) {
      const id = Number(headerOf(message, 'subscription'));
      const known = subscriptions[id]?.applicationDestination(message.headers);
      if (known === undefined) continue;
      expect(known).toBe(Buffer.from(message.body).toString());
      got[id]?.push(known);
    }
    return got.every((destinations, id) => destinations.includes(last[id] ?? ''));
  });
  return got.map((destinations) =>
    destinations.filter((each) => sent.includes(each) && !last.includes(each)).toSorted(),
  );
}

/** Each destination has a subscription and is sent to once: what each got, as its body says. */
async function exchangeLiterally(url: string, dialect: Dialect, destinations: readonly string[]) {
  await using conversation = await BrokerConversation.open(url);
  const got = destinations.map((): string[] => []);
  const last = `/topic/${randomBytes(8).toString('hex')}`;
  const asked = [...destinations, last].map((destination, id) => {
    const place = dialect.sendDestination(destination, false);
    return conversation.request('SUBSCRIBE', ['id', String(id), 'destination', place]);
  });
  await Promise.all(asked);
  for (const destination of [...destinations, last]) {
    await conversation.request('SEND', ['destination', dialect.sendDestination(destination, false)], destination);
  }
  const isOver = () => conversation.messages.length > destinations.length;
  await conversation.until(isOver);
  for (const message of conversation.messages) {
    got[Number(headerOf(message, 'subscription'))]?.push(Buffer.from(message.body).toString());
  }
  return got;
}

function expected(subscribed: readonly string[], sent: readonly string[], separator: '/' | '.') {
  const last = subscribed.map((destination) => destination.replaceAll(/\*\*|[*?]|\{x\}/g, 'z'));
  return subscribed.map((pattern) => {
    const matches = DestinationPattern.isPattern(pattern)
      ? (destination: string) =>
          DestinationPattern.compile(pattern, { separator, captures: false }).matches(destination)
      : (destination: string) => destination === pattern;
    return sent.filter((destination) => matches(destination) && !last.includes(destination)).toSorted();
  });
}

describeBrokers('names', (name, url) => {
  test.each<[string, ApplicationNames]>([
    ['slashes', SLASHES],
    ['dots', DOTS],
  ])(
    'subscriptions, with wildcards or without, get what the embedded broker gives them where %s part segments',
    async (_, names) => {
      const separator = names.destinationSeparator;
      const dialect = dialectOf(name, names);
      const base = `/topic/${randomBytes(4).toString('hex')}`;
      const join = (words: readonly string[]) => [base, ...words].join(separator);
      const destinations = fc.uniqueArray(fc.array(word, { maxLength: 4 }).map(join), { maxLength: 12 });
      const rests = (pattern: string) => pattern.split(separator).filter((segment) => segment === '**').length;
      const patterns = fc
        .array(patternWord, { minLength: 1, maxLength: 4 })
        .map(join)
        .filter((pattern) => rests(pattern) <= 2);

      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(patterns, { minLength: 1, maxLength: 5 }),
          destinations,
          async (subscribed, sent) => {
            const got = await exchange(url, dialect, subscribed, sent);

            expect(got).toEqual(expected(subscribed, sent, separator));
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  test.each(TOLD_APART)('%s is told apart from what a broker might take it for', async (_, texts) => {
    const base = `/topic/${randomBytes(4).toString('hex')}`;
    const words = new Set(['a', 'aa', ...texts.flatMap((text) => [text, `${text}a`, `a${text}`, `a${text}a`])]);
    const destinations = [...words].flatMap((each) => [`${base}/${each}`, `${base}/${each}/b`, `${base}/b/${each}`]);

    const got = await exchangeLiterally(url, dialectOf(name), destinations);

    expect(got).toEqual(destinations.map((destination) => [destination]));
  });

  test('a topic is told apart from all that is trimmed, folded or decoded of it at its beginning', async () => {
    const own = randomBytes(4).toString('hex');
    const spellings = [
      own,
      ` ${own}`,
      `  ${own}`,
      `${own} `,
      ` ${own} `,
      own.toUpperCase() + 'A',
      `${own}a`,
      `/${own}`,
    ];
    const marked = [`\u00A0${own}`, `\uFEFF${own}`, `\u3000${own}`, `\t${own}`, `:${own}`, `%20${own}`, `~20${own}`];
    const destinations = [...spellings, ...marked].map((each) => `/topic/${each}`);

    const got = await exchangeLiterally(url, dialectOf(name), destinations);

    expect(got).toEqual(destinations.map((destination) => [destination]));
  });

  test('a message to a name of wildcards reaches those who subscribe to that name and to patterns that cover it, nobody else', async () => {
    const base = `/topic/${randomBytes(4).toString('hex')}`;
    const subscribed = [`${base}/a`, `${base}/b/*`, `${base}/*`];
    const sent = [`${base}/#`, `${base}/b/>`, `${base}/b/c/d`];

    const got = await exchange(url, dialectOf(name), subscribed, sent);

    expect(got).toEqual([[], [`${base}/b/>`], [`${base}/#`]]);
  });

  test("a topic whose name would be the beginning of the broker's own is one like any other", async () => {
    const base = randomBytes(4).toString('hex');
    const subscribed = [`/topic/ActiveMQ/Advisory/${base}`, `/topic/amq/${base}`];

    const got = await exchange(url, dialectOf(name), ['/topic/**'], subscribed);

    expect(got).toEqual([subscribed.toSorted()]);
  });

  test('a queue has one receiver per message, and its name comes back', async () => {
    const destination = `/queue/amq/${randomBytes(4).toString('hex')}/a.b`;
    const dialect = dialectOf(name);
    const asked = dialect.subscription(requested(destination));
    await using conversation = await BrokerConversation.open(url);
    await conversation.request('SUBSCRIBE', ['id', 'q', 'destination', asked.destination]);

    await conversation.request('SEND', ['destination', dialect.sendDestination(destination, false)], 'once');
    await conversation.until(() => conversation.messages.length > 0);

    expect(asked.kind).toBe('queue');
    expect(asked.applicationDestination(conversation.messages[0]!.headers)).toBe(destination);
  });

  test.each(['a user destination with acknowledgements', 'what servers tell each other'])(
    'no wildcard leads to %s',
    async (which) => {
      const dialect = dialectOf(name);
      const own = `/queue/errors-user${randomBytes(8).toString('hex')}`;
      const isTranslated = which.startsWith('a user');
      const place = isTranslated ? dialect.sendDestination(own, true) : dialect.serverDestination(own);
      const everything = dialect.subscription(requested('/topic/**'));
      await using conversation = await BrokerConversation.open(url);
      await conversation.request('SUBSCRIBE', ['id', 'all', 'destination', everything.destination]);
      await conversation.request('SUBSCRIBE', ['id', 'own', 'destination', place, 'ack', 'client-individual']);

      await conversation.request('SEND', ['destination', place], 'for one');
      await conversation.request('SEND', ['destination', dialect.sendDestination('/topic/last', false)], 'for all');
      const shown = () =>
        conversation.messages
          .filter(
            (message) =>
              headerOf(message, 'subscription') === 'own' ||
              everything.applicationDestination(message.headers) !== undefined,
          )
          .map((message) => `${headerOf(message, 'subscription')}: ${Buffer.from(message.body).toString()}`);
      await conversation.until(() => shown().includes('all: for all') && shown().includes('own: for one'));

      expect(shown()).not.toContain('all: for one');
    },
  );
});

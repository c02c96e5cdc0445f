import { ConfigurationError } from '../../../../src/foundation/errors.js';
import { createApplication } from '../../../../src/application.js';
import { simpleBroker } from '../../../../src/broker/simple/simple-broker.js';
import type { SimpleBrokerOptions } from '../../../../src/broker/simple/simple-broker-options.js';
import { createBroker } from '../../broker-under-test.js';

/** What is found, as `location: problem; cure`. */
function findings(options: unknown): string[] {
  try {
    createBroker(options as SimpleBrokerOptions); // plain JavaScript may give anything
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.findings.map(({ location, problem, cure }) => `${location}: ${problem}; ${cure}`);
  }
  return [];
}

const policiesFindings = (...policies: readonly unknown[]): string[] => findings({ policies });

describe('the policies of a broker', () => {
  it('without mistakes are taken', () => {
    const found = policiesFindings(
      {
        destinations: ['/topic/prices/*', '/topic/rates'],
        retainLast: true,
        history: { messages: 10, forMs: 1000, octets: 1000 },
        slowConsumer: { latestByKey: 'symbol' },
        maxWaitingMessages: 10,
        expiresAfterMs: 0.5 + 1,
        maxSubscribers: 1,
        maxMessageOctets: 1,
        maxMessagesPerSecond: 0.1,
      },
      { destinations: '/topic/news', slowConsumer: 'drop-oldest' },
      { destinations: '/user/queue/**', slowConsumer: { latestByKey: () => 'key' } },
      {
        destinations: '/queue/**',
        kind: 'queue',
        maxMessages: 1,
        maxOctets: 1,
        whenFull: 'drop-oldest',
        maxDeliveries: 1,
        deadLetters: '/queue/dead',
      },
      { destinations: '/**', kind: 'topic', slowConsumer: 'disconnect', history: undefined },
    );

    expect(found).toEqual([]);
  });

  it.each([
    [{ policies: {} }, 'simpleBroker, policies: it is an object; give a list of policies'],
    [
      { policies: ['/topic/**'] },
      "simpleBroker, policies[0]: it is the text '/topic/**'; give an object such as { destinations: '/topic/**' }",
    ],
    [{ policies: [{}] }, "simpleBroker, policies[0].destinations: there are none; name one, such as '/topic/**'"],
    [
      { policies: [{ destinations: [] }] },
      "simpleBroker, policies[0].destinations: there are none; name one, such as '/topic/**'",
    ],
    [
      { policies: [{ destinations: [7] }] },
      "simpleBroker, policies[0].destinations: 7 is no destination; give texts, such as '/topic/**'",
    ],
    [
      { policies: [{ destinations: '/topic/{a/b' }] },
      "simpleBroker, policies[0].destinations: the pattern '/topic/{a/b' is malformed at position 7",
    ],
    [
      { policies: [{ destinations: '/topics/**' }] },
      "simpleBroker, policies[0].destinations: '/topics/**' matches no destination of the broker, whose prefixes are [/topic, /queue]",
    ],
    [{ policies: [{ destinations: '/other' }] }, "'/other' matches no destination of the broker"],
    [
      { policies: [{ destinations: '/topic/x', kind: 'fanout' }] },
      ".kind: it is the text 'fanout'; give 'topic' or 'queue'",
    ],
    [
      { policies: [{ destinations: '/topic/x', retain: true }] },
      '.retain: there is no option of this name; leave it out; there are destinations',
    ],
    [{ policies: [{ destinations: '/topic/x', retainsLast: true }] }, "did you mean 'retainLast'?"],
    [
      { policies: [{ destinations: '/topic/x', maxDeliveries: 3 }] },
      ".maxDeliveries: only queues have this option; leave it out, or write kind: 'queue'",
    ],
    [
      { policies: [{ destinations: '/queue/x', kind: 'queue', history: { messages: 1 } }] },
      '.history: a queue has no such option',
    ],
    [
      { policies: [{ destinations: '/topic/x', expiresAfterMs: 0 }] },
      '.expiresAfterMs: it is 0; give a number of milli',
    ],
    [{ policies: [{ destinations: '/topic/x', maxSubscribers: 1.5 }] }, '.maxSubscribers: it is 1.5'],
    [{ policies: [{ destinations: '/topic/x', maxMessageOctets: '9' }] }, ".maxMessageOctets: it is the text '9'"],
    [{ policies: [{ destinations: '/topic/x', maxMessagesPerSecond: -1 }] }, '.maxMessagesPerSecond: it is -1'],
    [{ policies: [{ destinations: '/topic/x', maxWaitingMessages: NaN }] }, '.maxWaitingMessages: it is NaN'],
    [
      { policies: [{ destinations: '/topic/x', retainLast: 'yes' }] },
      ".retainLast: it is the text 'yes'; give true or false",
    ],
    [
      { policies: [{ destinations: '/topic/x', slowConsumer: 'drop' }] },
      ".slowConsumer: it is the text 'drop'; give 'disconnect' or 'drop-oldest', or { latestByKey: … }",
    ],
    [
      { policies: [{ destinations: '/topic/x', slowConsumer: { latestByKey: 1 } }] },
      '.slowConsumer.latestByKey: it is 1; give the name of a header, or a function',
    ],
    [
      { policies: [{ destinations: '/topic/x', history: true }] },
      '.history: it is true; give an object such as { messages: 100 }',
    ],
    [
      { policies: [{ destinations: '/topic/x', history: {} }] },
      '.history: it says neither how many messages nor how long',
    ],
    [{ policies: [{ destinations: '/topic/x', history: { octets: 5 } }] }, '.history: it says neither'],
    [{ policies: [{ destinations: '/topic/x', history: { messages: 0 } }] }, '.history.messages: it is 0'],
    [
      { policies: [{ destinations: '/topic/x', history: { size: 1, messages: 1 } }] },
      '.history.size: there is no option',
    ],
    [
      { policies: [{ destinations: '/queue/x', kind: 'queue', whenFull: 'block' }] },
      ".whenFull: it is the text 'block'; give 'refuse' or 'drop-oldest'",
    ],
    [
      { policies: [{ destinations: '/queue/x', kind: 'queue', deadLetters: '/dead' }] },
      ".deadLetters: '/dead' has none of the broker's prefixes [/topic, /queue]; begin it with one of them",
    ],
    [
      { policies: [{ destinations: '/user/queue/x', kind: 'queue' }] },
      "'/user/queue/x' is a user destination, which belongs to one session and ends with it: it cannot have kind: 'queue'",
    ],
    [{ policies: [{ destinations: '/user/queue/x', retainLast: true }] }, 'it cannot have retainLast'],
    [{ policies: [{ destinations: '/user/queue/x', history: { messages: 1 } }] }, 'it cannot have a history'],
    [
      { policies: [{ destinations: '/topic/x', slowConsumer: { latestBykey: 'a' } }] },
      "policies[0].slowConsumer.latestBykey: there is no option of this name; did you mean 'latestByKey'?",
    ],
    [
      { policies: [{ destinations: '/topic/x', slowConsumer: {} }] },
      ".slowConsumer: it says nothing; give latestByKey, a header's name or a function",
    ],
    [{ policies: [null] }, "policies[0]: it is null; give an object such as { destinations: '/topic/**' }"],
    [{ policies: [undefined] }, 'policies[0]: it is null; give an object'],
    [{ polices: [] }, "simpleBroker, polices: there is no option of this name; did you mean 'policies'?"],
    [5, 'simpleBroker: it is 5; give an object of options'],
    [[], 'simpleBroker: it is an empty list; give an object of options'],
    [null, 'simpleBroker: it is null; give an object of options'],
    [{ destinationPrefixes: '/topic' }, "simpleBroker, destinationPrefixes: it is the text '/topic'; give a list"],
    [{ cacheLimit: -1 }, 'simpleBroker, cacheLimit: it is -1; give a whole number from 0 on'],
    [
      { prefetchCount: 100, maxPrefetchCount: 2 },
      'simpleBroker, prefetchCount: it is 100, above maxPrefetchCount, which is 2; lower the one or raise the other',
    ],
    [{ prefetchCount: 20_000 }, 'above maxPrefetchCount, which is 10000'],
    [{ maxHistories: 0 }, 'simpleBroker, maxHistories: it is 0'],
    [{ maxRetained: -1 }, 'simpleBroker, maxRetained: it is -1'],
    [{ maxKeptOctets: '1' }, "simpleBroker, maxKeptOctets: it is the text '1'; give a whole number from 1 on"],
  ])('%j are refused', (options, finding) => {
    expect(findings(options)).toEqual([expect.stringContaining(finding)]);
  });

  it.each([
    [['/topic/**'], ['/topic/prices/*'], 'policies[0] before it covers'],
    [['/topic/a', '/topic/b'], ['/topic/a'], 'policies[0] before it covers'],
    [['/topic/prices/*'], ['/topic/prices/{symbol}'], 'policies[0] before it covers'],
  ])('%j before %j leaves it nothing, which is told', (first, second, expected) => {
    const found = policiesFindings({ destinations: first }, { destinations: second });

    expect(found).toEqual([expect.stringContaining(expected)]);
  });

  it('several policies may cover one together', () => {
    const found = policiesFindings(
      { destinations: '/topic/a' },
      { destinations: '/queue/a' },
      { destinations: ['/topic/a', '/queue/**'] },
    );

    expect(found).toEqual([
      expect.stringContaining("policies[2].destinations: '/topic/a' never counts, because policies[0]"),
    ]);
  });

  it('an earlier policy that leaves something is fine', () => {
    expect(policiesFindings({ destinations: '/topic/*/a' }, { destinations: '/topic/b/*' })).toEqual([]);
  });

  it('an earlier policy for everything leaves user destinations to those that name them', () => {
    expect(policiesFindings({ destinations: '/**' }, { destinations: '/user/queue/errors' })).toEqual([]);
    expect(policiesFindings({ destinations: '/user/**' }, { destinations: '/user/queue/errors' })).toEqual([
      expect.stringContaining("'/user/queue/errors' never counts, because policies[0]"),
    ]);
  });

  it.each([
    ['ant', '/queue/#', "`#` in '/queue/#' is plain text with wildcards: 'ant'; write `**`, or choose"],
    ['ant', '/topic/prices.#', "`#` in '/topic/prices.#' is plain text"],
    ['rabbitmq', '/queue/**', "`**` in '/queue/**' is plain text with wildcards: 'rabbitmq'; write `#`, or choose"],
    ['rabbitmq', '/queue/jobs.{name}', '; write `*`, or choose'],
    ['rabbitmq', '/queue/jo*', '; a wildcard is a whole word behind the last slash: `*` or `#`'],
    ['rabbitmq', '/queue/*/a', '; a wildcard is a whole word behind the last slash'],
  ])('%s: a wildcard of the other style is told: %s', (wildcards, destinations, expected) => {
    const found = findings({ wildcards, policies: [{ destinations, kind: 'queue' }] });

    expect(found).toEqual([expect.stringContaining(expected)]);
  });

  it.each([
    ['ant', ['/topic/c#', '/topic/{any}/**', '/topic/#1']],
    ['rabbitmq', ['/topic/*.a.#', '/topic/a?', '/queue/#']],
  ])('%s: other uses of such characters are fine', (wildcards, destinations) => {
    expect(findings({ wildcards, policies: [{ destinations }] })).toEqual([]);
  });

  it.each([
    ['a pattern', [{ deadLetters: '/queue/*' }], 'is a pattern, and dead letters go to one queue; write its name'],
    [
      'the queue itself',
      [{ destinations: '/queue/a', deadLetters: '/queue/a' }],
      "'/queue/a' is the queue itself, so that its messages never become dead letters",
    ],
    [
      'what an earlier policy makes a topic of',
      [{ deadLetters: '/topic/dead' }, { destinations: '/topic/**', kind: 'topic' }],
      "policies[1] gives it kind: 'topic'; name another one, or give it a policy with kind: 'queue' before that one",
    ],
    [
      'what a policy keeps the last message of',
      [{ deadLetters: '/topic/dead' }, { destinations: '/topic/dead', retainLast: true }],
      "policies[0].deadLetters: '/topic/dead' is a queue, as dead letters go there, but policies[1] gives it retainLast",
    ],
  ])('dead letters that are %s are refused', (_what, [queue, ...others], expected) => {
    const found = policiesFindings({ destinations: '/queue/b', kind: 'queue', ...queue }, ...others);

    expect(found).toEqual([expect.stringContaining(expected)]);
  });

  it.each([
    ['one of several queues', [{ destinations: ['/queue/a', '/queue/b'], deadLetters: '/queue/a' }]],
    ['within the pattern', [{ destinations: '/queue/**', deadLetters: '/queue/a' }]],
    ['under limits of a topic', [{ deadLetters: '/topic/a' }, { destinations: '/topic/a', maxMessageOctets: 5 }]],
    [
      'made a queue before a topic policy',
      [
        { deadLetters: '/topic/a' },
        { destinations: '/topic/a', kind: 'queue' },
        { destinations: '/**', history: { messages: 1 } },
      ],
    ],
  ])('dead letters may be %s', (_what, [queue, ...others]) => {
    expect(policiesFindings({ destinations: '/queue/b', kind: 'queue', ...queue }, ...others)).toEqual([]);
  });

  it('with limits that another limit comes before are noted', () => {
    const application = createApplication({
      broker: simpleBroker({
        maxQueueOctets: 1000,
        maxKeptOctets: 100,
        policies: [
          { destinations: '/queue/a', kind: 'queue', maxOctets: 1001 },
          { destinations: '/topic/a', history: { messages: 1, octets: 101 } },
          { destinations: '/topic/b', maxMessageOctets: 6 },
          { destinations: ['/queue/b', '/queue/c'], kind: 'queue', maxOctets: 1000, maxMessageOctets: 5 },
        ],
      }),
      limits: { frameBodyOctets: 5 },
    });

    const { warnings } = application.describe();

    const notes = warnings.filter(({ location }) => location.startsWith('simpleBroker'));
    expect(notes.map(({ severity, location, problem }) => `${severity} ${location}: ${problem}`)).toEqual([
      'note simpleBroker, policies[0].maxOctets: it is 1001, but all queues together hold maxQueueOctets: 1000',
      'note simpleBroker, policies[1].history.octets: it is 101, but all histories together hold maxKeptOctets: 100',
      'note simpleBroker, policies[2].maxMessageOctets: it is 6, but a client that sends a body of more octets than limits.frameBodyOctets loses its session: 5',
    ]);
  });

  it('are told all at once, with the mistakes of the other options, when the application is made', () => {
    const broker = simpleBroker({
      destinationPrefixes: ['/topic', 'queue'],
      policies: [{ destinations: '/topic/x', maxSubscribers: 0 }, { destinations: [] }],
      maxHistories: 0,
    });

    let found: readonly unknown[] = [];
    try {
      createApplication({ broker });
    } catch (error) {
      if (error instanceof ConfigurationError) found = error.findings.map(({ location }) => location);
    }

    expect(found).toEqual([
      'simpleBroker, maxHistories',
      'simpleBroker, destinationPrefixes',
      'simpleBroker, policies[0].maxSubscribers',
      'simpleBroker, policies[1].destinations',
    ]);
  });
});

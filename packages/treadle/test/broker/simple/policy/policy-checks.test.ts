import { ConfigurationError } from '../../../../src/foundation/errors.js';
import { createApplication } from '../../../../src/application.js';
import { simpleBroker } from '../../../../src/broker/simple/simple-broker.js';
import { createBroker } from '../../broker-under-test.js';

/** What is found, as `location: problem; cure`. */
function findings(options: Record<string, unknown>): string[] {
  try {
    createBroker(options);
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
    [{ policies: {} }, 'simpleBroker, policies: it is {}; give a list of policies'],
    [
      { policies: ['/topic/**'] },
      "simpleBroker, policies[0]: it is '/topic/**'; give an object such as { destinations: '/topic/**' }",
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
    [{ policies: [{ destinations: '/topic/x', kind: 'fanout' }] }, ".kind: it is 'fanout'; give 'topic' or 'queue'"],
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
    [{ policies: [{ destinations: '/topic/x', maxMessageOctets: '9' }] }, ".maxMessageOctets: it is '9'"],
    [{ policies: [{ destinations: '/topic/x', maxMessagesPerSecond: -1 }] }, '.maxMessagesPerSecond: it is -1'],
    [{ policies: [{ destinations: '/topic/x', maxWaitingMessages: NaN }] }, '.maxWaitingMessages: it is NaN'],
    [{ policies: [{ destinations: '/topic/x', retainLast: 'yes' }] }, ".retainLast: it is 'yes'; give true or false"],
    [{ policies: [{ destinations: '/topic/x', slowConsumer: 'drop' }] }, ".slowConsumer: it is 'drop'"],
    [
      { policies: [{ destinations: '/topic/x', slowConsumer: { latestByKey: 1 } }] },
      '.slowConsumer: it is { latestByKey: 1 }',
    ],
    [{ policies: [{ destinations: '/topic/x', history: true }] }, '.history: it is true; give { messages: 100 }'],
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
    [{ policies: [{ destinations: '/queue/x', kind: 'queue', whenFull: 'block' }] }, ".whenFull: it is 'block'"],
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
    [{ maxHistories: 0 }, 'simpleBroker, maxHistories: it is 0'],
    [{ maxRetained: -1 }, 'simpleBroker, maxRetained: it is -1'],
    [{ maxKeptOctets: '1' }, 'simpleBroker, maxKeptOctets: it is 1'],
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
      'simpleBroker, destinationPrefixes',
      'simpleBroker, maxHistories',
      'simpleBroker, policies[0].maxSubscribers',
      'simpleBroker, policies[1].destinations',
    ]);
  });
});

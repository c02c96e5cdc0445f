import * as fc from 'fast-check';
import { type ApplicationNames, DestinationNames } from '../../../../src/broker/relay/dialect/destination-names.js';
import { MessageRejectedError } from '../../../../src/foundation/errors.js';

const PREFIXES = fc.constantFrom(
  ['/topic', '/queue'],
  ['/topic/', '/queue.'],
  ['/pub', '/sub'],
  ['/topic', '/pub'],
  ['/topic/private', '/topic', '/queue/orders'],
  ['topic', 'queue'],
  ['topic.', 'app.queue'],
  ['/ActiveMQ', '/topic'],
  ['/a.b', '/a'],
  ['/täglich', '/topic', '/*'],
);
const applications: fc.Arbitrary<ApplicationNames> = fc.record({
  destinationSeparator: fc.constantFrom<('/' | '.')[]>('/', '.'),
  destinationPrefixes: PREFIXES,
});
const text = fc.oneof(
  fc.stringMatching(/^[a-z./*#>~%,?:! \n0-9A-F_us-]{0,12}$/),
  fc.constantFrom(
    'ActiveMQ',
    'pub/x',
    'pub.x',
    '~!pub/x',
    '~_.x',
    '~',
    '~2E',
    '~u.x',
    '~s',
    'a//b',
    'a..b',
    'ä ',
    ' ',
    '  ',
    ' a/ b ',
    '🎺',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const named = applications.chain((names) =>
  fc.record({
    names: fc.constant(names),
    destinations: fc.array(
      fc
        .tuple(fc.constantFrom(...names.destinationPrefixes), fc.constantFrom('/', '.', ''), text)
        .map(([prefix, border, rest]) => prefix.replace(/[/.]+$/, '') + border + rest),
      { minLength: 2, maxLength: 8 },
    ),
  }),
);

function translator(names: ApplicationNames) {
  return new DestinationNames(names, (_, [first]) => first === 'ActiveMQ');
}

/** How a destination is refused; `undefined` when it is not. */
function refusalOf(names: DestinationNames, destination: string): unknown {
  try {
    names.toBroker(destination);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Those that are not refused. */
function accepted(names: DestinationNames, destinations: readonly string[]): string[] {
  return destinations.filter((destination) => refusalOf(names, destination) === undefined);
}

test('what is refused is refused alone, as malformed', () => {
  fc.assert(
    fc.property(named, ({ names, destinations }) => {
      const refusals = destinations.map((destination) => refusalOf(translator(names), destination));
      const others = refusals.filter(
        (error) =>
          !(error instanceof MessageRejectedError && error.code === 'DESTINATION_MALFORMED' && !error.endsSession),
      );

      expect(others.filter((error) => error !== undefined)).toEqual([]);
    }),
  );
});

test('every name leads back to its destination, so no two destinations have one', () => {
  fc.assert(
    fc.property(named, ({ names, destinations }) => {
      const translating = translator(names);
      const reading = translator(names);

      const taken = accepted(translating, destinations);
      const back = taken.map((destination) => reading.toApplication(translating.toBroker(destination)));

      expect(back).toEqual(taken);
    }),
    { numRuns: 500 },
  );
});

test('a name that leads to a destination is the one name of that destination', () => {
  fc.assert(
    fc.property(applications, fc.constantFrom<('topic' | 'queue')[]>('topic', 'queue'), text, (names, kind, name) => {
      const destination = translator(names).toApplication({ kind, name });
      const back = destination === undefined ? { kind, name } : translator(names).toBroker(destination);

      expect(back).toEqual({ kind, name });
    }),
    { numRuns: 500 },
  );
});

test('no part of a name is empty, a wildcard, or one the broker knows, and none has what brokers read something into', () => {
  fc.assert(
    fc.property(named, ({ names, destinations }) => {
      const translating = translator(names);

      for (const destination of accepted(translating, destinations)) {
        const { name } = translating.toBroker(destination);
        const words = name.split('.');

        expect(words).not.toContain('');
        expect(words.filter((word) => ['*', '#', '>'].includes(word))).toEqual([]);
        expect(words[0]).not.toBe('ActiveMQ');
        expect(name).not.toMatch(/[,?%\p{Cc}]|^ | $|^~[us](\.|$)/u);
        expect(words.filter((word) => word !== word.trim() && /^ | $/.test(word))).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});

test('nothing is refused of the destinations that applications have: words of any characters behind a prefix and a border', () => {
  const segment = fc.string({ unit: 'grapheme', maxLength: 6 }).filter((part) => !part.includes('/'));
  fc.assert(
    fc.property(
      fc.constantFrom('/topic', '/queue', '/pub'),
      fc.array(segment, { minLength: 1, maxLength: 5 }),
      (prefix, segments) => {
        const names: ApplicationNames = {
          destinationSeparator: '/',
          destinationPrefixes: ['/topic', '/queue', '/pub'],
        };

        expect(() => translator(names).toBroker([prefix, ...segments].join('/'))).not.toThrow();
      },
    ),
  );
});

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

/** `undefined` of a destination that is refused. */
function nameOf(names: DestinationNames, destination: string) {
  try {
    return names.toBroker(destination);
  } catch (error) {
    expect(error).toMatchObject({ code: 'DESTINATION_MALFORMED', endsSession: false });
    expect(error).toBeInstanceOf(MessageRejectedError);
    return undefined;
  }
}

test('every name leads back to its destination, so no two destinations have one', () => {
  fc.assert(
    fc.property(named, ({ names, destinations }) => {
      const translating = translator(names);
      const reading = translator(names);

      for (const destination of destinations) {
        const name = nameOf(translating, destination);
        if (name) expect(reading.toApplication(name)).toBe(destination);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a name that leads to a destination is the one name of that destination', () => {
  fc.assert(
    fc.property(applications, fc.constantFrom<('topic' | 'queue')[]>('topic', 'queue'), text, (names, kind, name) => {
      const destination = translator(names).toApplication({ kind, name });

      if (destination !== undefined) expect(translator(names).toBroker(destination)).toEqual({ kind, name });
    }),
    { numRuns: 1000 },
  );
});

test('no part of a name is empty, a wildcard, or one the broker knows, and none has what brokers read something into', () => {
  fc.assert(
    fc.property(named, ({ names, destinations }) => {
      const translating = translator(names);

      for (const destination of destinations) {
        const { name } = nameOf(translating, destination) ?? { name: 'refused' };
        const words = name.split('.');

        expect(words).not.toContain('');
        expect(words.filter((word) => ['*', '#', '>'].includes(word))).toEqual([]);
        expect(words[0]).not.toBe('ActiveMQ');
        expect(name).not.toMatch(/[,?%\p{Cc}]| $|^~[us](\.|$)/u);
      }
    }),
    { numRuns: 1000 },
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

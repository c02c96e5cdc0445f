import * as fc from 'fast-check';
import { Subscription } from '../../../src/broker/delivery/subscription.js';
import { SubscriptionRegistry } from '../../../src/broker/delivery/subscription-registry.js';
import { DestinationPattern } from '../../../src/messaging/destination-pattern.js';
import { createSession } from '../broker-under-test.js';

/** The same by looking at every subscription, one after the other. */
class NaiveRegistry {
  #subscriptions: Subscription[] = [];

  has(sessionId: string, id: string): boolean {
    return this.#subscriptions.some((each) => each.session.id === sessionId && each.id === id);
  }

  add(subscription: Subscription): void {
    this.#subscriptions.push(subscription);
  }

  remove(sessionId: string, id?: string): void {
    this.#subscriptions = this.#subscriptions.filter(
      (each) => each.session.id !== sessionId || (id !== undefined && each.id !== id),
    );
  }

  find(destination: string, isTranslated: boolean): string[] {
    const found = this.#subscriptions.filter(
      (each) => each.isTranslated === isTranslated && isMatch(each.destination, destination),
    );
    return found.map(nameOf).toSorted();
  }
}

function isMatch(pattern: string, destination: string): boolean {
  if (!DestinationPattern.isPattern(pattern)) return pattern === destination;
  return DestinationPattern.compile(pattern, { captures: false }).matches(destination);
}

function nameOf({ session, id }: Subscription): string {
  return `${session.id}/${id}`;
}

const sessionId = fc.constantFrom('a', 'b', 'c');
const id = fc.constantFrom('1', '2', '3', '4', '5');

/** Half of them with a leading separator, so that those often meet. */
function joined(segments: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom('', '/').map((start) => start + segments.join('/'));
}

/** Few letters, so that patterns and destinations often meet; separators at every place, also doubled. */
const destination = fc
  .array(fc.constantFrom('', 'a', 'b', 'ab', 'ba', 'a.b', 'aab'), { minLength: 1, maxLength: 5 })
  .chain(joined);
const pattern = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '',
        'a',
        'b',
        'ab',
        '*',
        '**',
        '{x}',
        'a*',
        '*b',
        'a*b',
        '?',
        'a?',
        '*a*',
        '{x}.{y}',
        'a***b',
        '?*',
      ),
      fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 4 }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .filter((segments) => segments.filter((segment) => segment === '**').length <= 2) // more are refused
  .chain(joined);

/** Often the same, so that what was remembered is asked for again. */
const often = fc.oneof(fc.constantFrom('/a', '/a/b', '/ab/a.b', '/b/a/ab'), destination);

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      sessionId,
      id,
      destination: fc.oneof(destination, pattern),
      isTranslated: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), sessionId, id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('removeSession' as const), sessionId }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('find' as const), destination: often, isTranslated: fc.boolean() }),
  },
);

describe('SubscriptionRegistry and a naive scan', () => {
  it.each([0, 2, 1024])(
    'find the same subscriptions after any sequence of changes, with a cache of %d',
    (cacheLimit) => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
          const registry = new SubscriptionRegistry({ cacheLimit });
          const model = new NaiveRegistry();
          for (const each of steps) run(each, registry, model);
        }),
        { numRuns: 400 },
      );
    },
  );

  it('find the same subscriptions for single patterns of any kind', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 6 }),
        fc.array(destination),
        (patterns, destinations) => {
          const registry = new SubscriptionRegistry();
          const model = new NaiveRegistry();
          for (const [index, text] of patterns.entries()) {
            const subscription = new Subscription(createSession('a'), String(index), text);
            registry.add(subscription);
            model.add(subscription);
          }
          for (const each of destinations) expectSame(registry, model, each, false);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function run(each: Step, registry: SubscriptionRegistry, model: NaiveRegistry): void {
  if (each.do === 'find') return expectSame(registry, model, each.destination, each.isTranslated);
  if (each.do === 'removeSession') {
    registry.removeSession(each.sessionId);
    return model.remove(each.sessionId);
  }
  if (each.do === 'remove') {
    registry.remove(each.sessionId, each.id);
    return model.remove(each.sessionId, each.id);
  }
  const subscription = new Subscription(createSession(each.sessionId), each.id, each.destination, {
    isTranslated: each.isTranslated,
  });
  const isFree = !model.has(each.sessionId, each.id);
  expect(isAdded(registry, subscription)).toBe(isFree);
  if (isFree) model.add(subscription);
}

function isAdded(registry: SubscriptionRegistry, subscription: Subscription): boolean {
  try {
    registry.add(subscription);
    return true;
  } catch {
    return false;
  }
}

function expectSame(registry: SubscriptionRegistry, model: NaiveRegistry, text: string, isTranslated: boolean): void {
  const found = registry.find(text, isTranslated).flat().map(nameOf).toSorted();
  expect(found).toEqual(model.find(text, isTranslated));
}

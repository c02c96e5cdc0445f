import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Subscription } from '../../../src/broker/delivery/subscription.js';
import { SubscriptionRegistry } from '../../../src/broker/delivery/subscription-registry.js';
import { codeOf, createSession } from '../broker-under-test.js';

/** A registry with these subscriptions, each written `session/id destination`. */
function registryOf(subscriptions: readonly string[], options?: { cacheLimit?: number }): SubscriptionRegistry {
  const registry = new SubscriptionRegistry(options);
  for (const subscription of subscriptions) add(registry, subscription);
  return registry;
}

function add(registry: SubscriptionRegistry, text: string, isTranslated = false): void {
  const [, sessionId = '', id = '', destination = ''] = /^(\w+)\/(\w+) (.+)$/.exec(text) ?? [];
  registry.add(new Subscription(createSession(sessionId), id, destination, { isTranslated }));
}

/** Who gets a message to `destination`, as sorted `session/id`. */
function find(registry: SubscriptionRegistry, destination: string, isTranslated = false): string[] {
  const found = registry.find(destination, isTranslated).flat();
  return found.map((subscription) => `${subscription.session.id}/${subscription.id}`).toSorted();
}

describe('SubscriptionRegistry, exact destinations', () => {
  it('a subscription is found with its session and id', () => {
    const registry = registryOf(['a/1 /topic/foo', 'b/1 /topic/bar']);

    expect(find(registry, '/topic/foo')).toEqual(['a/1']);
  });

  it('several ids on one destination in one session are all found', () => {
    const registry = registryOf(['a/1 /topic/foo', 'a/2 /topic/foo', 'a/3 /topic/foo']);

    expect(find(registry, '/topic/foo')).toEqual(['a/1', 'a/2', 'a/3']);
  });

  it('a destination nobody subscribed to finds nobody', () => {
    expect(registryOf(['a/1 /topic/foo']).find('/topic/bar')).toEqual([]);
  });

  it('the same session and id twice is refused, also after a lookup and with another destination', () => {
    const registry = registryOf(['a/1 /topic/foo']);
    find(registry, '/topic/foo');

    expect(() => add(registry, 'a/1 /topic/foo')).toThrow('has a subscription "1" already');
    expect(() => add(registry, 'a/1 /topic/*')).toThrow('has a subscription "1" already');
    expect(find(registry, '/topic/foo')).toEqual(['a/1']);
  });

  it('case matters, and so does every separator', () => {
    const registry = registryOf(['a/1 /topic/foo']);

    expect(find(registry, '/topic/FOO')).toEqual([]);
    expect(find(registry, '/topic//foo')).toEqual([]);
    expect(find(registry, '/topic/foo/')).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('%s is a name like any other', (name) => {
    const registry = registryOf([`a/${name} ${name}`]);

    expect(find(registry, name)).toEqual([`a/${name}`]);
    expect(find(registry, 'hasOwnProperty')).toEqual([]);
  });
});

describe('SubscriptionRegistry, patterns', () => {
  it.each([
    ['/topic/*', '/topic/foo', true],
    ['/topic/*', '/topic/foo/bar', false],
    ['/topic/*', '/topic', false],
    ['/topic/**', '/topic', true],
    ['/topic/**', '/topic/a/b/c', true],
    ['/topic/**/**', '/topic/a', true],
    ['/topic/**/end', '/topic/end', true],
    ['/topic/**/end', '/topic/a/end/b', false],
    ['/topic/**/x/**/y', '/topic/x/x/1/y/y', true],
    ['/topic/*/b', '/topic/a/b', true],
    ['/topic/a?c', '/topic/abc', true],
    ['/topic/a?c', '/topic/ac', false],
    ['/topic/PRICE.STOCK.*.IBM', '/topic/PRICE.STOCK.NASDAQ.IBM', true],
    ['/topic/PRICE.STOCK.*.IBM', '/topic/PRICE.STOCK.NASDAQ.SAP', false],
    ['/topic/ab*bc', '/topic/abc', false],
    ['/topic/*.json', '/topic/a.json', true],
    ['/topic/{symbol}', '/topic/IBM', true],
    ['/topic/p-{symbol}', '/topic/p-IBM', true],
    ['/topic/{symbol}/**', '/topic/IBM/x/y', true],
  ])('%s finds %s: %s', (pattern, destination, expected) => {
    const registry = registryOf([`a/1 ${pattern}`]);

    expect(find(registry, destination)).toEqual(expected ? ['a/1'] : []);
  });

  it('an expression in a pattern is never run: the text of a client is data', () => {
    const registry = registryOf(['a/1 /topic/{x:(A|B)}']);

    expect(find(registry, '/topic/A')).toEqual(['a/1']);
    expect(find(registry, '/topic/C')).toEqual(['a/1']);
  });

  it('patterns that mean the same in different words are told apart', () => {
    const registry = registryOf(['a/1 /topic/*', 'a/2 /topic/{x}', 'a/3 /topic/{y}']);

    registry.remove('a', '2');

    expect(find(registry, '/topic/foo')).toEqual(['a/1', 'a/3']);
  });

  it('one pattern may have many subscriptions, and keeps the others when one goes', () => {
    const registry = registryOf(['a/1 /topic/*', 'b/1 /topic/*', 'c/1 /topic/*']);
    find(registry, '/topic/foo');

    registry.remove('b', '1');
    add(registry, 'd/1 /topic/*');

    expect(find(registry, '/topic/foo')).toEqual(['a/1', 'c/1', 'd/1']);
  });

  it('a new pattern counts at once for a destination that has been looked up before', () => {
    const registry = registryOf(['a/1 /topic/foo*']);
    expect(find(registry, '/topic/foo')).toEqual(['a/1']);

    add(registry, 'a/2 /topic/*');

    expect(find(registry, '/topic/foo')).toEqual(['a/1', 'a/2']);
  });

  it('lookups stay right through a long sequence of changes', () => {
    const registry = registryOf(['a/1 /topic/foo', 'a/2 /topic/*', 'b/1 /topic/foo']);
    expect(find(registry, '/topic/foo')).toEqual(['a/1', 'a/2', 'b/1']);

    registry.remove('a', '2');
    expect(find(registry, '/topic/foo')).toEqual(['a/1', 'b/1']);

    registry.removeSession('a');
    expect(find(registry, '/topic/foo')).toEqual(['b/1']);

    add(registry, 'a/2 /topic/**');
    expect(find(registry, '/topic/foo')).toEqual(['a/2', 'b/1']);

    registry.removeSession('b');
    registry.removeSession('a');
    expect(find(registry, '/topic/foo')).toEqual([]);
  });

  it.each([0, 1, 2])('a cache of %d destinations gives the same answers', (cacheLimit) => {
    const registry = registryOf(['a/1 /topic/foo', 'a/2 /topic/*', 'a/3 /topic/b*'], { cacheLimit });

    for (let round = 0; round < 3; round += 1) {
      expect(find(registry, '/topic/foo')).toEqual(['a/1', 'a/2']);
      expect(find(registry, '/topic/bar')).toEqual(['a/2', 'a/3']);
      expect(find(registry, '/topic/baz')).toEqual(['a/2', 'a/3']);
    }
  });

  it('a pattern longer than 512 characters is refused', () => {
    const pattern = `/topic/*${'x'.repeat(505)}`;

    expect(() => registryOf([`a/1 ${pattern}`])).toThrow('has 513 characters; 512 are allowed');
    expect(find(registryOf([`a/1 ${pattern.slice(0, 512)}`]), `/topic/${'x'.repeat(504)}`)).toEqual(['a/1']);
  });

  it.each([
    ['33 segments', '/a'.repeat(31) + '/*', 'has 33 segments; 32 are allowed'],
    ['three double wildcards', '/topic/**/a/**/b/**', "has 3 segments '**'; 2 are allowed"],
    ['17 characters with ? between two wildcards', `/*a?b*/*${'c'.repeat(13)}?*`, 'has 17 characters in texts with'],
  ])('a pattern with %s is refused', (_what, pattern, detail) => {
    expect(codeOf(() => registryOf([`a/1 ${pattern}`]))).toBe('DESTINATION_MALFORMED');
    expect(() => registryOf([`a/1 ${pattern}`])).toThrow(detail);
  });

  it('a destination with more than 64 segments or 1024 characters matches no pattern', () => {
    const registry = registryOf(['a/1 /**', 'a/2 /topic/**']);

    expect(find(registry, '/a'.repeat(63))).toEqual(['a/1']);
    expect(find(registry, '/a'.repeat(64))).toEqual([]);
    expect(find(registry, `/topic/${'a'.repeat(1017)}`)).toEqual(['a/1', 'a/2']);
    expect(find(registry, `/topic/${'a'.repeat(1018)}`)).toEqual([]);
  });

  it('a destination of any length finds its exact subscriptions', () => {
    const destination = `/topic${'/a'.repeat(2000)}`;
    const registry = registryOf([`a/1 ${destination}`, 'a/2 /topic/**']);

    expect(find(registry, destination)).toEqual(['a/1']);
  });

  it.each([
    ['double wildcards', '/**', (index: number) => segmentsOf(index, ['*', '?', '?*', '*?'], 15).join('/') + '/**/x'],
    [
      'repeated segments',
      '',
      (index: number) => '/**/' + segmentsOf(index, ['*', '?', '?*', '*?'], 27).join('/') + '/x/**',
    ],
    ['globs', '', (index: number) => `/${'*a'.repeat(240)}b${index}*`],
    ['long texts', '', (index: number) => `/**/${'*aaaaaaaaaaaaaaab*/'.repeat(20)}*b${index}*/**`],
    ['question marks', '', (index: number) => `/**${'/*a*'.repeat(20)}/*aaaa?aaaaaaaaaab*/*b${index}*/**`],
  ])('a thousand hostile patterns with %s do not make lookups slow', (_what, start, patternOf) => {
    const registry = new SubscriptionRegistry();
    for (let index = 0; index < 1000; index += 1) add(registry, `a/${index} /topic${start}${patternOf(index)}`);

    for (const destination of [
      `/topic${'/a'.repeat(62)}`,
      `/topic${`/${'a'.repeat(15)}`.repeat(62)}`,
      `/topic/${'a'.repeat(1000)}`,
    ]) {
      const started = performance.now();
      find(registry, destination);
      expect(performance.now() - started).toBeLessThan(500);
    }
  });
});

/** The digits of a number in the base of the given segments, so that no two numbers share a beginning for long. */
function segmentsOf(index: number, digits: readonly string[], count: number): string[] {
  let rest = index;
  return Array.from({ length: count }, () => {
    const digit = digits[rest % digits.length] ?? '';
    rest = Math.floor(rest / digits.length);
    return digit;
  });
}

describe('SubscriptionRegistry, removal', () => {
  it('a removed subscription says so, and is no longer active', () => {
    const registry = new SubscriptionRegistry();
    const subscription = new Subscription(createSession('a'), '1', '/topic/foo');
    registry.add(subscription);

    expect(registry.remove('a', '1')).toBe(subscription);
    expect(subscription.isActive).toBe(false);
    expect(find(registry, '/topic/foo')).toEqual([]);
  });

  it('all subscriptions of a session go at once, of every kind', () => {
    const registry = registryOf(['a/1 /topic/foo', 'a/2 /topic/*', 'b/1 /topic/foo']);
    add(registry, 'a/3 /topic/foo', true);

    registry.removeSession('a');

    expect(find(registry, '/topic/foo')).toEqual(['b/1']);
    expect(find(registry, '/topic/foo', true)).toEqual([]);
  });

  it('removing what is not there is harmless', () => {
    const registry = registryOf(['a/1 /topic/foo']);

    registry.removeSession('b');

    expect(registry.remove('b', '1')).toBeUndefined();
    expect(registry.remove('a', '2')).toBeUndefined();
    expect(find(registry, '/topic/foo')).toEqual(['a/1']);
  });

  it('clear removes everything', () => {
    const registry = registryOf(['a/1 /topic/foo', 'b/1 /topic/*']);

    registry.clear();

    expect(find(registry, '/topic/foo')).toEqual([]);
  });
});

describe('SubscriptionRegistry, what was found', () => {
  it('may be iterated while subscriptions come and go', () => {
    const registry = registryOf(['a/1 /topic/foo', 'b/1 /topic/foo', 'c/1 /topic/*']);
    const seen: string[] = [];

    for (const group of registry.find('/topic/foo')) {
      for (const { session } of group) {
        seen.push(session.id);
        registry.removeSession(session.id);
        add(registry, `new${session.id}/1 /topic/foo`);
        add(registry, `new${session.id}/2 /topic/*`);
      }
    }

    expect(seen).toEqual(['a', 'b', 'c']);
    expect(find(registry, '/topic/foo')).toEqual(['newa/1', 'newa/2', 'newb/1', 'newb/2', 'newc/1', 'newc/2']);
  });

  it('is not copied again while nothing changes', () => {
    const registry = registryOf(['a/1 /topic/foo', 'b/1 /topic/foo', 'c/1 /topic/*']);

    const first = registry.find('/topic/foo');
    const second = registry.find('/topic/foo');

    expect(second.map((group, index) => group === first[index])).toEqual([true, true]);
  });
});

describe('SubscriptionRegistry, translated user destinations', () => {
  it('are found only for translated messages, and nothing else is', () => {
    const registry = registryOf(['a/1 /queue/x', 'a/2 /queue/*', 'a/3 /queue/**']);
    add(registry, 'b/1 /queue/x', true);

    expect(find(registry, '/queue/x')).toEqual(['a/1', 'a/2', 'a/3']);
    expect(find(registry, '/queue/x', true)).toEqual(['b/1']);
  });

  it('share the ids of the session with the others', () => {
    const registry = registryOf(['a/1 /queue/x']);

    expect(() => add(registry, 'a/1 /queue/x', true)).toThrow('has a subscription "1" already');
  });
});

describe('SubscriptionRegistry, memory', () => {
  it('does not grow when subscriptions to ever new destinations and patterns come and go', () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void; // the flag above makes it exist
    const registry = registryOf(['keep/1 /topic/keep', 'keep/2 /topic/keep/*']);
    const heapAfter = (from: number, count: number): number => {
      for (let index = from; index < from + count; index += 1) churn(registry, index);
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };

    const before = heapAfter(0, 3_000);
    const after = heapAfter(3_000, 12_000);

    // What is left of one round is less than 10 octets; a single forgotten map entry would be more than 30.
    expect((after - before) / 12_000).toBeLessThan(10);
  });

  it('does not grow with the destinations that are remembered times the patterns that match all of them', () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void; // the flag above makes it exist
    const patterns = Array.from({ length: 200 }, (_none, index) => `a/${index} /topic/**/${'*'.repeat(index + 1)}`);
    const registry = registryOf(patterns);
    collectGarbage();
    const before = process.memoryUsage().heapUsed;

    for (let index = 0; index < 10_000; index += 1) registry.find(`/topic/${'x'.repeat(200)}/${index}`);
    collectGarbage();
    const grown = process.memoryUsage().heapUsed - before;

    expect(registry.find(`/topic/${'x'.repeat(200)}/1`)).toHaveLength(200);
    expect(grown).toBeLessThan(4 * 1024 * 1024);
  });
});

function churn(registry: SubscriptionRegistry, index: number): void {
  const session = `s${index}`;
  add(registry, `${session}/1 /topic/${index}`);
  add(registry, `${session}/2 /topic/${index}/*/x`);
  add(registry, `${session}/3 /topic/a.${index}.*`);
  add(registry, `${session}/4 /topic/**/${index}`);
  add(registry, `${session}/6 /topic/b${index}/c*`);
  add(registry, `${session}/5 /queue/x-user${index}`, true);
  registry.find(`/topic/${index % 2000}`);
  registry.remove(session, '1');
  registry.removeSession(session);
}

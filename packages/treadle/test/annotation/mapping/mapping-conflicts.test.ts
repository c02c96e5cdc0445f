import { Controller, MessageMapping, SubscribeMapping } from '../../../src/index';
import type { ControllerClass } from '../../../src/annotation/metadata';
import type { DestinationSeparator } from '../../../src/messaging/destination-pattern';
import { Fixture } from '../fixture';
import { findingsOfStart } from '../../findings';

interface Start {
  /** What failed it. */
  readonly finding: string;
  readonly warnings: readonly string[];
}

function start(controllers: readonly ControllerClass[], separator: DestinationSeparator = '/'): Start {
  let warnings: readonly string[] = [];
  const findings = findingsOfStart(() => {
    warnings = new Fixture(controllers, { separator }).logger.lines.map(({ message }) => message);
  });
  return { finding: findings.join('\n') || 'none', warnings };
}

/** A controller with one method per pattern, called `m0`, `m1` … */
function mapped(...patterns: readonly string[]): ControllerClass {
  @Controller()
  class Mapped {}
  for (const [index, pattern] of patterns.entries()) {
    Object.defineProperty(Mapped.prototype, `m${index}`, { value: () => undefined });
    MessageMapping(pattern)(Mapped.prototype, `m${index}`);
  }
  return Mapped;
}

describe('Spring F10: two mappings that fit a destination equally well fail the start', () => {
  test('both are named, with a destination and the cure', () => {
    @Controller()
    class Rooms {
      @MessageMapping('/{room}/new') inRoom() {}
    }
    @Controller()
    class Users {
      @MessageMapping('/all/{user}') ofAll() {}
    }

    expect(start([Rooms, Users]).finding).toContain(
      "Rooms.inRoom ('/{room}/new'): it fits '/all/new' as well as Users.ofAll ('/all/{user}') does; make one of the patterns more specific, or map that destination by itself",
    );
  });

  test.each([
    [['/a/*', '/*/a'], '/a/a'],
    [['/{x}/b', '/a/{y}'], '/a/b'],
    [['/chat.*', '/*.chat'], '/chat.chat'],
    [['/**/a', '/b/**'], '/b/a'],
    [['/a?', '/?a'], '/aa'],
    [['/{x}/b/', '/a/{y}/'], '/a/b/'],
  ])('%j', (patterns, destination) => {
    expect(start([mapped(...patterns)]).finding).toContain(`it fits '${destination}' as well as Mapped.m1`);
  });

  test('with dots as separator too', () => {
    expect(start([mapped('{x}.b', 'a.{y}')], '.').finding).toContain(
      "Mapped.m0 ('{x}.b'): it fits 'a.b' as well as Mapped.m1 ('a.{y}') does; make one of the patterns more specific, or map that destination by itself",
    );
  });

  test('of @SubscribeMapping as well', () => {
    @Controller()
    class Feeds {
      @SubscribeMapping('/{x}/b') first() {}
      @SubscribeMapping('/a/{y}') second() {}
    }

    expect(start([Feeds]).finding).toContain(
      "Feeds.first ('/{x}/b'): it fits '/a/b' as well as Feeds.second ('/a/{y}') does; make one of the patterns more specific, or map that destination by itself",
    );
  });

  test('every pair is told at once', () => {
    const { finding } = start([mapped('/{x}/b', '/a/{y}', '/c/*', '/*/d')]);

    expect(finding.split('\n')).toEqual([
      expect.stringContaining("Mapped.m0 ('/{x}/b'): it fits '/a/b' as well as Mapped.m1 ('/a/{y}') does"),
      expect.stringContaining("Mapped.m2 ('/c/*'): it fits '/c/d' as well as Mapped.m3 ('/*/d') does"),
    ]);
  });

  test.each([
    ['have nothing in common', ['/a/*', '/b/*']],
    ['differ in what they leave open', ['/rooms/{id}', '/rooms/*/**']],
    ['differ in length', ['/{room}/messages', '/rooms/{id}']],
    ['are beaten by an exact one wherever they meet', ['/{x}/b', '/a/{y}', '/a/b']],
    ['are beaten by a pattern wherever they meet', ['/{x}/bc', '/ab/{y}', '/ab/bc*']],
    ['are beaten by two others together', ['/**/{x}', '/{y}/**', '/*', '/{b}/{c}/**', '/{d}']],
    ['have expressions, which cannot be compared', ['/{x:\\w+}/b', '/a/{y:\\w+}']],
  ])('two that %s are no mistake', (_why, patterns) => {
    expect(start([mapped(...patterns)]).finding).toBe('none');
  });

  test('a SEND and a SUBSCRIBE mapping never meet', () => {
    @Controller()
    class Both {
      @MessageMapping('/{x}/b') first() {}
      @SubscribeMapping('/a/{y}') second() {}
    }

    expect(start([Both]).finding).toBe('none');
  });

  test('a thousand mappings are compared in no time to speak of', () => {
    const controller = mapped(...Array.from({ length: 1_000 }, (_none, index) => `/area${index}/{id}/items/{item}`));

    const started = process.cpuUsage();
    const { finding } = start([controller]);
    const { user } = process.cpuUsage(started);

    expect(finding).toBe('none');
    expect(user).toBeLessThan(5_000_000);
  });
});

describe('a mapping that never answers', () => {
  test('is warned of, with those that answer instead', () => {
    @Controller()
    class Rooms {
      @MessageMapping('/rooms/{id}') variable() {}
      @MessageMapping('/rooms/*') wildcard() {}
    }

    expect(start([Rooms]).warnings).toEqual([
      "Rooms.wildcard ('/rooms/*'): it is never called: Rooms.variable ('/rooms/{id}') answers everything that fits it; drop it or change its pattern",
    ]);
  });

  test.each([
    ['several together', ['/**', '/{a}', '/{a}/**'], 'm0'],
    ['a longer pattern', ['/a?/*', '/{x}/{y}', '/??/{z}'], 'm0'],
  ])('because of %s', (_why, patterns, name) => {
    expect(start([mapped(...patterns)]).warnings).toEqual([expect.stringContaining(`Mapped.${name} (`)]);
  });

  test.each([
    ['something is left to it', ['/rooms/{id}', '/rooms/**', '/**']],
    ['exact mappings take only some', ['/rooms/{id}', '/rooms/new', '/rooms/old']],
    ['only an expression could take all', ['/rooms/{id:.*}', '/rooms/*']],
  ])('is not, when %s', (_why, patterns) => {
    expect(start([mapped(...patterns)]).warnings).toEqual([]);
  });
});

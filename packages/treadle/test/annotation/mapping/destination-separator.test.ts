import { connect } from '@treadle/testing';
import {
  type ApplicationOptions,
  Controller,
  createApplication,
  DestinationVariable,
  MessageMapping,
  SendTo,
  SendToUser,
  silentLogger,
  simpleBroker,
  SubscribeMapping,
} from '../../../src/index';
import { failureOf, Fixture } from '../fixture';

@Controller()
@MessageMapping('red')
class RedController {
  @MessageMapping('blue.{green}')
  @SendTo('/topic/colours.{green}')
  mix(@DestinationVariable('green') green: string) {
    return `red blue ${green}`;
  }
  @MessageMapping('plain') unaddressed() {
    return 'plain';
  }
  @MessageMapping('mine') @SendToUser('/queue/colours.mine') toUser() {
    return 'mine';
  }
  @SubscribeMapping('now.**') now() {
    return 'now';
  }
}

const dotted = { separator: '.', prefixes: ['/app1', '/app2/'] } as const;

describe('Spring D5, D9: dots part the segments of mappings', () => {
  test.each(['/app1/red.blue.tea', '/app2/red.blue.tea'])(
    'behind a prefix with or without a slash at its end, patterns of class and method are joined by a dot: %s',
    (destination) => {
      const fixture = new Fixture([RedController], dotted);

      void fixture.send(destination);

      expect(fixture.broker.sent).toEqual([['/topic/colours.tea', 'red blue tea']]);
    },
  );

  test('a variable ends at a dot', async () => {
    const failure = await failureOf(() => new Fixture([RedController], dotted).send('/app1/red.blue.tea.leaf'));

    expect(failure.code).toBe('DESTINATION_UNKNOWN');
  });

  test('a slash is an ordinary character', () => {
    const fixture = new Fixture([RedController], dotted);

    void fixture.send('/app1/red.blue.a/b');

    expect(fixture.broker.sent).toEqual([['/topic/colours.a/b', 'red blue a/b']]);
  });

  test('without @SendTo the result goes to /topic, a slash and the dotted rest', () => {
    const fixture = new Fixture([RedController], dotted);

    void fixture.send('/app1/red.plain');

    expect(fixture.broker.sent).toEqual([['/topic/red.plain', 'plain']]);
  });

  test('a prefix may end with a dot itself', () => {
    const fixture = new Fixture([RedController], { separator: '.', prefixes: ['app.'] });

    void fixture.send('app.red.plain');

    expect(fixture.broker.sent).toEqual([['/topic/red.plain', 'plain']]);
  });

  test.each(['/', ''])("the prefix '%s' offers every destination, its slash aside", (prefix) => {
    const fixture = new Fixture([RedController], { separator: '.', prefixes: [prefix] });

    void fixture.send('/red.plain');

    expect(fixture.broker.sent).toEqual([['/topic/red.plain', 'plain']]);
  });

  test('a destination without its prefix is refused with the one that was meant', async () => {
    const failure = await failureOf(() => new Fixture([RedController], dotted).subscribe('/red.now.a.b'));

    expect(failure.message).toContain("a mapping 'red.now.**' exists: SUBSCRIBE to '/app1/red.now.a.b'");
  });

  test('a pattern with a slash before it fails the start, with the cure', () => {
    @Controller()
    class Slashed {
      @MessageMapping('/red.blue') slashed() {}
    }

    expect(() => new Fixture([Slashed], dotted)).toThrow(
      "Slashed.slashed: the pattern '/red.blue' begins with a slash where dots part segments; write 'red.blue'",
    );
  });

  test('a dot in an expression is any character', () => {
    @Controller()
    class Years {
      @MessageMapping('in.{year:\\d.{2}\\d}') year(@DestinationVariable('year') year: string) {
        return year;
      }
    }
    const fixture = new Fixture([Years], dotted);

    void fixture.send('/app1/in.2026');

    expect(fixture.broker.sent).toEqual([['/topic/in.2026', '2026']]);
  });
});

describe('Spring D8, D10: an application with dots', () => {
  const start = (options: Partial<ApplicationOptions> = {}) =>
    createApplication({
      controllers: [RedController],
      destinationSeparator: '.',
      authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
      logger: silentLogger,
      ...options,
    });

  test('a wildcard subscription stops at dots', async () => {
    await using application = start();
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/*.tea');
    const narrow = await client.subscribe('/topic/*');

    await client.send('/app/red.blue.tea');

    expect(await inbox.next()).toBe('red blue tea');
    expect(narrow.messages).toEqual([]);
  });

  test('a subscription to a mapping is answered', async () => {
    await using application = start();
    await using client = await connect(application);

    const inbox = await client.subscribe('/app/red.now.and.then');

    expect(await inbox.next()).toBe('now');
  });

  test('user destinations have dots behind their place', async () => {
    await using application = start();
    await using client = await connect(application);
    const inbox = await client.subscribe('/user/queue/colours.mine');

    await client.send('/app/red.mine');

    expect(await inbox.next()).toBe('mine');
  });

  test('a broker whose names have no leading slash gets translated user destinations without one', async () => {
    await using application = start({ broker: simpleBroker({ destinationPrefixes: ['topic.', 'queue.'] }) });
    await using client = await connect(application, { login: 'joe' });
    const inbox = await client.subscribe('/user/queue.call');
    const topic = await client.subscribe('topic.**');

    await application.template.convertAndSendToUser('joe', '/queue.call', 'ring');
    await application.template.convertAndSend('topic.a.b', 'news');

    expect(await inbox.next()).toBe('ring');
    expect(await topic.next()).toBe('news');
  });

  test('with slashes, wildcards of a subscription do not stop at dots', async () => {
    await using application = createApplication({ logger: silentLogger });
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/*');

    await application.template.convertAndSend('/topic/colours.tea', 'tea');

    expect(await inbox.next()).toBe('tea');
  });
});

import { connect } from '@treadle/testing';
import {
  type ApplicationOptions,
  Controller,
  createApplication,
  MessageMapping,
  silentLogger,
  simpleBroker,
} from 'treadle';

@Controller()
class Echo {
  @MessageMapping('/echo') echo() {
    return 'echo';
  }
}

const create = (options: ApplicationOptions) => createApplication({ logger: silentLogger, ...options });
const broker = (...destinationPrefixes: string[]) => simpleBroker({ destinationPrefixes });

describe('Spring D2, D5, D6: prefixes of two owners that share destinations fail the start', () => {
  test.each([
    [
      'equal',
      { applicationDestinationPrefixes: ['/topic'] },
      "the application prefix '/topic': it overlaps the broker's prefix '/topic'",
    ],
    [
      'the application within the broker',
      { applicationDestinationPrefixes: ['/topic/app/'] },
      "the application prefix '/topic/app': it overlaps the broker's prefix '/topic'",
    ],
    [
      'the broker within the application',
      { broker: broker('/app/topic') },
      "the application prefix '/app': it overlaps the broker's prefix '/app/topic'",
    ],
    [
      'the application within a dotted broker',
      { applicationDestinationPrefixes: ['topic.app.'], destinationSeparator: '.', broker: broker('topic') },
      "the application prefix 'topic.app': it overlaps the broker's prefix 'topic'",
    ],
    [
      'the application and the users',
      { applicationDestinationPrefixes: ['/user'] },
      "the application prefix '/user': it overlaps the user prefix '/user'",
    ],
    [
      'the users and the broker',
      { broker: broker('/user', '/topic') },
      "the user prefix '/user': it overlaps the broker's prefix '/user'",
    ],
    [
      'a user prefix within the broker',
      { userDestinationPrefix: '/queue/of' },
      "the user prefix '/queue/of': it overlaps the broker's prefix '/queue'",
    ],
  ] as const)('%s', (_name, options, expected) => {
    expect(() => create(options)).toThrow(`${expected}: a message to '`);
  });

  test('all of them are told at once, with a destination and the cure', () => {
    const act = () => create({ applicationDestinationPrefixes: ['/topic/a', '/user'] });

    expect(act).toThrow("a message to '/topic/a/…' would be handled twice\n   → let none of them begin another");
    expect(act).toThrow("the application prefix '/user'\n   it overlaps the user prefix '/user'");
  });

  test.each<[string, ApplicationOptions]>([
    ['the defaults', {}],
    ['one that only begins like another', { applicationDestinationPrefixes: ['/top', '/topics'] }],
    ['several of the application within each other', { applicationDestinationPrefixes: ['/app', '/app/v2'] }],
    ['one given twice', { applicationDestinationPrefixes: ['/app', '/app/'] }],
    ['a dot behind the name of a slashed application prefix', { broker: broker('/app.topic') }],
    ['/ for every destination', { applicationDestinationPrefixes: ['/'] }],
    ['nothing for every destination', { applicationDestinationPrefixes: [''] }],
  ])('%s are no mistake', (_name, options) => {
    expect(() => create({ controllers: [Echo], ...options })).not.toThrow();
  });

  test('what is offered to controllers by / still reaches the broker', async () => {
    await using application = create({ controllers: [Echo], applicationDestinationPrefixes: ['/'] });
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/echo');

    await client.send('/topic/echo', 'straight');
    await client.send('/echo');

    expect(await inbox.next()).toBe('straight');
    expect(await inbox.next()).toBe('echo');
  });
});

describe('controllers without an application prefix', () => {
  test('are reached by nobody, which fails the start', () => {
    expect(() => create({ controllers: [Echo], applicationDestinationPrefixes: [] })).toThrow(
      "applicationDestinationPrefixes: it is empty, so nobody reaches Echo.echo; name one, such as '/app', or '/' for every destination",
    );
  });

  test('do not matter when there are none', () => {
    expect(() => create({ applicationDestinationPrefixes: [] })).not.toThrow();
  });
});

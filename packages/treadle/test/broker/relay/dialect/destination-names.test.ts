import type { ApplicationNames } from '../../../../src/broker/relay/dialect/destination-names.js';
import { dialectOf, DOTS, requested, SLASHES } from './real-dialects.js';

const PUB_SUB: ApplicationNames = { destinationSeparator: '/', destinationPrefixes: ['/pub', '/sub'] };
const BOTH: ApplicationNames = { destinationSeparator: '/', destinationPrefixes: ['/pub', '/topic'] };
const DOTTED: ApplicationNames = { destinationSeparator: '.', destinationPrefixes: ['topic', 'queue'] };
const DOT_BEHIND: ApplicationNames = { destinationSeparator: '.', destinationPrefixes: ['/topic.'] };
const NATIVE: ApplicationNames = {
  destinationSeparator: '/',
  destinationPrefixes: ['/exchange', '/amq/queue', '/temp-queue'],
};

test.each<[string, ApplicationNames, string]>([
  ['/topic/chat/tea', SLASHES, '/topic/chat.tea'],
  ['/queue/orders/new', SLASHES, '/queue/orders.new'],
  ['/topic/price.IBM', SLASHES, '/topic/price~2EIBM'],
  ['/topic.price', SLASHES, '/topic/~_.price'],
  ['/topic/a//b/', SLASHES, '/topic/a.~.b.~'],
  ['/topic/täglich', SLASHES, '/topic/täglich'],
  ['/topic/C#/what is new?', SLASHES, '/topic/C#.what is new~3F'],
  ['/topic/ a/ b ', SLASHES, '/topic/~20a.~20b~20'],
  ['/topic/  ', SLASHES, '/topic/~20~20'],
  ['/topic/chat.tea', DOTS, '/topic/chat.tea'],
  ['/topic/chat/tea', DOTS, '/topic/chat~2Ftea'],
  ['topic.chat.tea', DOTTED, '/topic/chat.tea'],
  ['/topic.chat.tea', DOT_BEHIND, '/topic/chat.tea'],
  ['/pub/x', PUB_SUB, '/topic/pub.x'],
  ['/sub/x', PUB_SUB, '/topic/sub.x'],
  ['/pub/x', BOTH, '/topic/pub.x'],
  ['/topic/pub/x', BOTH, '/topic/~!pub.x'],
])('%s is %# at both brokers', (destination, names, expected) => {
  expect(dialectOf('rabbitmq', names).sendDestination(destination, false)).toBe(expected);
  expect(dialectOf('activemq', names).sendDestination(destination, false)).toBe(expected);
});

test.each<[string, ApplicationNames, string, string]>([
  ['/topic/chat/*', SLASHES, '/topic/chat.*', '/topic/chat.*'],
  ['/topic/**', SLASHES, '/topic/#', '/topic/>'],
  ['/topic/chat/**', SLASHES, '/topic/chat.#', '/topic/chat.>'],
  ['/topic/chat/{room}', SLASHES, '/topic/chat.*', '/topic/chat.*'],
  ['/topic/chat/t*', SLASHES, '/topic/chat.*', '/topic/chat.*'],
  ['/topic/**/tea', SLASHES, '/topic/#.tea', '/topic/>'],
  ['/topic/chat.*', DOTS, '/topic/chat.*', '/topic/chat.*'],
  ['/topic/**', DOTS, '/topic/*', '/topic/*'],
  ['/pub/**', PUB_SUB, '/topic/pub.#', '/topic/pub.>'],
])('the pattern %s is a subscription to wildcards of the broker', (pattern, names, rabbit, active) => {
  expect(dialectOf('rabbitmq', names).subscription(requested(pattern)).destination).toBe(rabbit);
  expect(dialectOf('activemq', names).subscription(requested(pattern)).destination).toBe(active);
});

test('a pattern gets no destination that its wildcard at the broker covers and it does not', () => {
  const tea = dialectOf('rabbitmq').subscription(requested('/topic/chat/t*'));
  const all = dialectOf('rabbitmq', BOTH).subscription(requested('/topic/**'));

  expect(tea.applicationDestination(['destination', '/topic/chat.tea'])).toBe('/topic/chat/tea');
  expect(tea.applicationDestination(['destination', '/topic/chat.coffee'])).toBeUndefined();
  expect(all.applicationDestination(['destination', '/topic/pub.x'])).toBeUndefined();
  expect(all.applicationDestination(['destination', '/topic/~!pub.x'])).toBe('/topic/pub/x');
  expect(all.applicationDestination(['destination', '/topic/of%20another%FFkind'])).toBeUndefined();
});

test.each<['rabbitmq' | 'activemq', string, Partial<Parameters<typeof requested>[1]>]>([
  ['rabbitmq', '/queue/**', {}],
  ['activemq', '/queue/*', {}],
  ['rabbitmq', '/queue/*-user1', { ackMode: 'client', isTranslated: true }],
])('%s: a subscription to %s (%o) is refused, as the broker has nothing like it', (name, destination, more) => {
  expect(() => dialectOf(name).subscription(requested(destination, more))).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_BY_BROKER', endsSession: false }),
  );
});

test('a destination without a name behind its prefix, or longer than the broker takes, is refused alone', () => {
  const refused = expect.objectContaining({ code: 'DESTINATION_MALFORMED', endsSession: false });

  expect(() => dialectOf('activemq').sendDestination('/topic', false)).toThrow(refused);
  expect(() => dialectOf('rabbitmq').sendDestination(`/topic/${'ä'.repeat(128)}`, false)).toThrow(refused);
  expect(() => dialectOf('rabbitmq').sendDestination(`/topic/${'ä'.repeat(127)}`, false)).not.toThrow();
  expect(() => dialectOf('rabbitmq').sendDestination('/topic/\uD83C', false)).toThrow(refused);
});

test('a user destination that is acknowledged, and what servers tell each other, lie where queues and topics of the application do not', () => {
  const [rabbit, active] = [dialectOf('rabbitmq'), dialectOf('activemq')];

  expect(rabbit.sendDestination('/queue/x-user1', true)).toBe('/exchange/amq.direct/~u.~2Fqueue~2Fx-user1');
  expect(active.sendDestination('/queue/x-user1', true)).toBe('/topic/~u.~2Fqueue~2Fx-user1');
  expect(rabbit.serverDestination('/topic/all')).toBe('/exchange/amq.direct/~s.~2Ftopic~2Fall');
  expect(active.serverDestination('/topic/all')).toBe('/topic/~s.~2Ftopic~2Fall');
  expect(rabbit.kindOf('/queue/x-user1', true)).toBe('topic');
});

test('places of the broker itself are passed on where the application has prefixes for them', () => {
  const dialect = dialectOf('rabbitmq', NATIVE);

  expect(dialect.isNative('/exchange/prices/IBM')).toBe(true);
  expect(dialect.sendDestination('/exchange/prices/IBM', false)).toBe('/exchange/prices/IBM');
  expect(dialect.kindOf('/amq/queue/orders', false)).toBe('queue');
  const subscription = dialect.subscription(requested('/exchange/amq.topic/price.*'));
  expect(subscription.applicationDestination(['destination', '/topic/price.IBM'])).toBe(
    '/exchange/amq.topic/price.IBM',
  );
});

test.each(['/exchange/amq.direct/~s.x', '/exchange/amq.direct/%7Eu.x', '/exchange/amq%2Edirect/~s.x'])(
  'what servers tell each other is not reached by way of %s',
  (destination) => {
    const dialect = dialectOf('rabbitmq', NATIVE);

    expect(() => dialect.sendDestination(destination, false)).toThrow(
      expect.objectContaining({ code: 'DESTINATION_MALFORMED' }),
    );
    expect(() => dialect.subscription(requested(destination))).toThrow(
      expect.objectContaining({ code: 'DESTINATION_MALFORMED' }),
    );
  },
);

test('temporary queues of RabbitMQ are refused', () => {
  expect(() => dialectOf('rabbitmq', NATIVE).sendDestination('/temp-queue/x', false)).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_BY_BROKER' }),
  );
});

test('the dialect none passes destinations on as they are', () => {
  const dialect = dialectOf('none');

  expect(dialect.sendDestination('/topic/a.b/c%', false)).toBe('/topic/a.b/c%');
  expect(dialect.subscription(requested('/topic/a.#')).destination).toBe('/topic/a.#');
  expect(dialect.subscription(requested('/topic/a.#')).applicationDestination(['destination', '/topic/a.b'])).toBe(
    '/topic/a.b',
  );
  expect(dialect.subscription(requested('/topic/a')).applicationDestination(['destination', 'topic://a'])).toBe(
    '/topic/a',
  );
  expect(dialect.kindOf('/queue/a', false)).toBe('queue');
});

test.each(['/topic/#', '/topic/>', '/topic/a?consumer.retroactive=true', '/topic/a', '/queue/a'])(
  'with the dialect none a subscription to %s gets nothing that servers tell each other',
  (destination) => {
    const subscription = dialectOf('none').subscription(requested(destination));

    expect(subscription.applicationDestination(['destination', '/topic/a', 'treadle-server', 'other'])).toBeUndefined();
    expect(subscription.applicationDestination(['destination', '/topic/a', 'note', 'treadle-server'])).toBeDefined();
  },
);

test('with the dialect none user destinations are not acknowledged: no place is known that others do not reach', () => {
  const refused = expect.objectContaining({ code: 'UNSUPPORTED_BY_BROKER', endsSession: false });
  const asked = requested('/queue/x-user1', { isTranslated: true, ackMode: 'client' });

  expect(() => dialectOf('none').subscription(asked)).toThrow(refused);
  expect(() => dialectOf('none').sendDestination('/queue/x-user1', true)).toThrow(refused);
});

test('a destination longer than ActiveMQ takes of a header is refused alone, however it would come to it', () => {
  const refused = expect.objectContaining({ code: 'DESTINATION_MALFORMED', endsSession: false });
  const active = dialectOf('activemq', { ...SLASHES, destinationPrefixes: ['/topic', '/queue', '/temp-queue'] });
  const long = '%'.repeat(4_000); // three octets each at the broker

  for (const destination of [`/topic/${long}`, `/queue/${long}`, `/temp-queue/${'a'.repeat(11_000)}`]) {
    expect(() => active.sendDestination(destination, false)).toThrow(refused);
    expect(() => active.subscription(requested(destination))).toThrow(refused);
  }
  expect(() => active.sendDestination(`/queue/${long}`, true)).toThrow(refused);
  expect(() => active.subscription(requested(`/topic/${long}/*`))).toThrow(
    expect.objectContaining({ code: 'DESTINATION_MALFORMED' }),
  );
  expect(() => active.serverDestination(`/topic/${long}`)).toThrow(refused);
  expect(() => active.sendDestination(`/topic/${':'.repeat(5_200)}`, false)).toThrow(refused);
  expect(() => active.sendDestination(`/topic/${'a'.repeat(10_000)}`, false)).not.toThrow();
});

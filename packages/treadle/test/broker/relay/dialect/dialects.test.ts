import { Dialects } from '../../../../src/broker/relay/dialect/dialects.js';
import { silentLogger } from '../../../../src/foundation/logger.js';
import { SLASHES } from './real-dialects.js';

test.each([
  ['RabbitMQ/3.10.8', 'rabbitmq'],
  ['ActiveMQ/5.17.2', 'activemq'],
  ['ActiveMQ-Artemis/2.31.2 ActiveMQ Artemis Messaging Engine', 'none'],
  ['ActiveMQ', 'none'],
  [undefined, 'none'],
])('a broker that calls itself %s is spoken to as %s', (server, expected) => {
  expect(new Dialects({ ...SLASHES, dialect: 'detect', logger: silentLogger }).of(server).name).toBe(expected);
});

test.each([
  ['rabbitmq', 'RabbitMQ/3.10.8'],
  ['activemq', 'Apollo/1.7'],
  ['activemq', 'ActiveMQ-Artemis/2.31.2 ActiveMQ Artemis Messaging Engine'],
  ['rabbitmq', undefined],
  ['none', 'RabbitMQ/3.10.8'],
  ['none', 'ActiveMQ/5.17.2'],
] as const)('a dialect that is named counts: %s for a broker that calls itself %s', (dialect, server) => {
  expect(new Dialects({ ...SLASHES, dialect, logger: silentLogger }).of(server).name).toBe(dialect);
});

test.each([
  ['rabbitmq', 'ActiveMQ/5.17.2', 'activemq'],
  ['activemq', 'RabbitMQ/3.10.8', 'rabbitmq'],
] as const)('the dialect %s is refused for %s, which is known to speak another', (dialect, server, right) => {
  const dialects = new Dialects({ ...SLASHES, dialect, logger: silentLogger });

  expect(() => dialects.of(server)).toThrow(
    `brokerRelay, dialect: it is '${dialect}', and the broker calls itself ${server}; leave it out, or write '${right}' or 'none'`,
  );
});

test('all connections share one dialect, and an unknown broker is logged once', () => {
  const warnings: unknown[] = [];
  const logger = { ...silentLogger, warn: (_: string, details: unknown) => warnings.push(details) };
  const dialects = new Dialects({ ...SLASHES, dialect: 'detect', logger });

  expect(dialects.of('RabbitMQ/3.10.8')).toBe(dialects.of('RabbitMQ/3.12.0'));
  expect(dialects.of('Apollo/1.7')).toBe(dialects.of('Apollo/1.7'));
  expect(warnings).toEqual([expect.objectContaining({ server: 'Apollo/1.7' })]);
});

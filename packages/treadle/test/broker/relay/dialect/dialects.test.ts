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

test('a dialect that is named counts, whatever the broker calls itself', () => {
  expect(new Dialects({ ...SLASHES, dialect: 'activemq', logger: silentLogger }).of('RabbitMQ/3').name).toBe(
    'activemq',
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

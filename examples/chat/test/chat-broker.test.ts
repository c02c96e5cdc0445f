import { chatBrokerOf } from '../src/chat-broker.js';

describe('the broker of the environment', () => {
  test('is the one inside by default', () => {
    expect(chatBrokerOf({}).name).toBeUndefined();
    expect(chatBrokerOf({ BROKER: 'simple' }).name).toBeUndefined();
  });

  test.each([
    ['rabbitmq', 'RabbitMQ'],
    ['activemq', 'ActiveMQ'],
  ])('BROKER=%s is called %s', (BROKER, name) => {
    expect(chatBrokerOf({ BROKER }).name).toBe(name);
  });

  test.each([
    [{ BROKER: 'kafka' }, 'BROKER must be simple, rabbitmq, or activemq (or not set), not "kafka"'],
    [{ BROKER: '' }, 'BROKER must be simple, rabbitmq, or activemq (or not set), not ""'],
    [{ BROKER: 'rabbitmq', CONNECTIONS: 'many' }, 'CONNECTIONS must be per-client or shared (or not set), not "many"'],
    [{ BROKER: 'activemq', ON_BROKER_LOSS: 'x' }, 'ON_BROKER_LOSS must be close or hold (or not set), not "x"'],
    [{ RELAY: 'stomp://127.0.0.1' }, 'RELAY is about a broker beside the chat: set BROKER=rabbitmq'],
    [{ CONNECTIONS: 'shared' }, 'CONNECTIONS is about a broker beside the chat'],
    [{ ON_BROKER_LOSS: 'hold' }, 'ON_BROKER_LOSS is about a broker beside the chat'],
  ])('%j is refused with the cure', (environment, sentence) => {
    expect(() => chatBrokerOf(environment)).toThrow(sentence);
  });
});

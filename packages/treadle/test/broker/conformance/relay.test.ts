import {
  activemqPackage,
  type BrokerName,
  rabbitmqPackage,
  type RealBroker,
  startBroker,
} from '../../../../../scripts/testing/real-brokers.js';
import { describeWith } from '../../../../../scripts/testing/require-server.js';
import { RelayedApplication } from '../relay/kit/relayed-application.js';
import { type BrokerImplementation, describeBroker } from './broker-conformance.js';

type Lacks = NonNullable<BrokerImplementation['lacks']>;

const NEITHER_BROKER: Lacks = {
  'retained messages': 'topics of the broker keep nothing',
  recovery: 'topics of the broker keep nothing',
  'wildcards over queues': 'the broker knows none',
};

const RABBITMQ: Lacks = {
  ...NEITHER_BROKER,
  'order over destinations': 'RabbitMQ has a queue for each subscription, and keeps the order within each',
  'selectors of queues': 'RabbitMQ has none',
  'NACK that gives to others': 'RabbitMQ may give it to the same one again',
  expiry: 'RabbitMQ knows no moment of expiry; its header `expiration` says for how long a message waits',
  'dead letters': 'which messages are dead, and where they go, is set by policies of RabbitMQ',
};

const ACTIVEMQ: Lacks = {
  ...NEITHER_BROKER,
  'NACK that gives back': 'ActiveMQ makes a dead letter of it at once',
  'NACK that gives to others': 'ActiveMQ makes a dead letter of it at once',
  'dead letters': 'ActiveMQ makes them at the first NACK, and calls their queue as it wants',
};

const OVER_SHARED_CONNECTIONS: Lacks = {
  'order over destinations': 'each destination has its connection to the broker, and these do not wait for each other',
};

function describeRelay(name: BrokerName, lacks: Lacks): void {
  let broker: RealBroker;
  beforeAll(async () => (broker = await startBroker(name)), 60_000);
  afterAll(() => broker[Symbol.asyncDispose](), 30_000);

  describeBroker(`the relay to ${name}, a connection per client`, {
    start: (options) => RelayedApplication.on({ url: broker.url }, options),
    lacks,
  });

  describeBroker(`the relay to ${name}, shared connections`, {
    start: (options) => RelayedApplication.on({ url: broker.url, connections: 'shared' }, options),
    lacks: { ...lacks, ...OVER_SHARED_CONNECTIONS },
  });
}

describeWith(rabbitmqPackage, 'with a RabbitMQ', () => describeRelay('rabbitmq', RABBITMQ));

describeWith(activemqPackage, 'with an ActiveMQ', () => describeRelay('activemq', ACTIVEMQ));

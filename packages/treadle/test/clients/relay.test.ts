import { join } from 'node:path';
import {
  activemqPackage,
  type BrokerName,
  rabbitmqPackage,
  type RealBroker,
  startBroker,
} from '../../../../scripts/testing/real-brokers.js';
import { describeWith, goStomp, stompPy } from '../../../../scripts/testing/require-server.js';
import { ClientProcess } from './kit/client-process.js';
import { RawTcpClient } from './kit/raw-tcp-client.js';
import { describeConversations, type LabOnBroker, type LibraryLimits } from './kit/scenarios.js';
import { StompJsClient } from './kit/stompjs-client.js';

/** The newest version is enough: older ones end at our sessions, whatever stands behind them. */
const NEWEST: LibraryLimits = { versions: ['1.2'], escapesHeaders: ['1.2'] };
const NEWEST_UNESCAPED: LibraryLimits = { versions: ['1.2'], escapesHeaders: [] };

function describeLibraries(lab: LabOnBroker): void {
  describeWith(stompPy, 'stomp.py 9', (python) => {
    const program = join(__dirname, 'python/client.py');
    describeConversations(NEWEST, ({ tcpPort }) => new ClientProcess(python, [program], tcpPort), lab);
  });

  describeWith(goStomp, 'go-stomp 3', (program) => {
    describeConversations(NEWEST, ({ tcpPort }) => new ClientProcess(program, [], tcpPort), lab);
  });

  describe('@stomp/stompjs 7', () => {
    describeConversations(NEWEST_UNESCAPED, ({ webSocketUrl }) => new StompJsClient(webSocketUrl), lab);
  });

  describe('frames typed into a socket', () => {
    describeConversations(NEWEST_UNESCAPED, ({ tcpPort }) => new RawTcpClient(tcpPort), lab);
  });
}

function describeLab(name: BrokerName, lacks: Omit<LabOnBroker, 'environment'> = {}): void {
  let broker: RealBroker;
  beforeAll(async () => (broker = await startBroker(name)), 60_000);
  afterAll(() => broker[Symbol.asyncDispose](), 30_000);

  describeLibraries({ ...lacks, environment: () => ({ BROKER: name, RELAY: broker.url }) });
}

describeWith(rabbitmqPackage, 'a lab on RabbitMQ', () => describeLab('rabbitmq'));

describeWith(activemqPackage, 'a lab on ActiveMQ', () => {
  describeLab('activemq', {
    noNack: 'ActiveMQ makes a dead letter of it at once',
    noLineEnds: 'they are taken out: ActiveMQ writes them as they are to receivers of STOMP 1.0',
  });
});

import { treadle } from '../contestants/treadle.js';
import { LoadProcess } from '../measuring/load-process.js';
import { RabbitMqProcess } from '../measuring/rabbitmq-process.js';
import { ServerProcess } from '../measuring/server-process.js';
import type { ServerAddress } from '../load/stomp-connection.js';
import { brokerRelayReport } from '../report/broker-relay-report.js';
import { fanOut1000 } from '../scenarios/fan-out.js';
import type { BrokerRelayCase, BrokerRelayWay } from './broker-relay-case.js';
import { gatherRounds, type Trial, type TrialDurations } from './trial.js';

const WAYS: readonly BrokerRelayWay[] = ['per-client', 'shared', 'web-stomp'];
// Starting a broker, and connecting a thousand clients to it.
const SETTLING_SECONDS = 15;

/** What 1000 clients on one topic cost a broker: behind the relay in both of its ways, and without us. */
export const brokerRelay: Trial = {
  name: 'broker-relay',
  description: '1000 clients on a topic of RabbitMQ: through the relay, and through its own Web-STOMP',
  legend:
    'connections and memory of the broker with all clients there, memory of the server likewise; CPU per delivery of both; ' +
    'a new broker for each',
  takes: ({ warmUpSeconds, seconds }) => WAYS.length * (warmUpSeconds + seconds + SETTLING_SECONDS),
  missing: () => RabbitMqProcess.missing(),
  begin: () => gatherRounds(tryWays, brokerRelayReport),
};

async function tryWays(durations: TrialDurations): Promise<BrokerRelayCase[]> {
  const cases: BrokerRelayCase[] = [];
  for (const way of WAYS) cases.push(await tryWay(way, durations));
  return cases;
}

/** A broker of its own for each: Erlang keeps the memory of connections that have gone. */
async function tryWay(way: BrokerRelayWay, durations: TrialDurations): Promise<BrokerRelayCase> {
  const broker = await RabbitMqProcess.start();
  try {
    if (way === 'web-stomp') return await drive(way, { broker, address: broker.webStomp, durations });
    const environment = { BROKER: 'rabbitmq', RELAY: broker.url, CONNECTIONS: way };
    const server = await ServerProcess.start(treadle, environment);
    try {
      return await drive(way, { broker, server, address: server.address, durations });
    } finally {
      await server.stop();
    }
  } finally {
    await broker.stop();
  }
}

interface Setup {
  readonly broker: RabbitMqProcess;
  /** Left out where clients talk to the broker. */
  readonly server?: ServerProcess;
  readonly address: ServerAddress;
  readonly durations: TrialDurations;
}

async function drive(way: BrokerRelayWay, { broker, server, address, durations }: Setup): Promise<BrokerRelayCase> {
  const load = await LoadProcess.open(fanOut1000.name, address);
  try {
    const brokerConnections = broker.connections();
    await load.run(durations.warmUpSeconds);
    const serverBefore = (await server?.cpuMicroseconds()) ?? 0;
    const brokerBefore = broker.cpuMicroseconds();
    const { count, seconds } = await load.run(durations.seconds);
    const brokerMicroseconds = (broker.cpuMicroseconds() - brokerBefore) / count;
    const serverMicroseconds = (((await server?.cpuMicroseconds()) ?? 0) - serverBefore) / count;
    const brokerMebibytes = broker.residentKibibytes() / 1024;
    const serverMebibytes = ((await server?.residentKibibytes()) ?? 0) / 1024;
    // RabbitMQ's Web-STOMP loses the RECEIPT of a DISCONNECT, which a close in order waits for.
    if (server) await load.close();
    return {
      way,
      brokerConnections,
      brokerMebibytes,
      serverMebibytes,
      rate: count / seconds,
      brokerMicroseconds,
      serverMicroseconds,
    };
  } finally {
    load.stop();
  }
}

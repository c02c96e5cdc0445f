import { chatBrokerOf } from '../chat-broker.js';
import { portOf } from '../port.js';
import { SettingInvalidError } from '../setting-invalid-error.js';
import { stopSignal } from '../stop-signal.js';
import { ClusterError } from './cluster-error.js';
import { database, member, relay, type Running } from './cluster-parts.js';

type Start = (environment: Readonly<Record<string, string>>) => Promise<Running>;

/** Runs two chat servers, with a broker and a database between them, until a signal comes. */
async function main(): Promise<void> {
  const broker = brokerName();
  const port = portOf(process.env['PORT']);
  const addresses: string[] = [];
  const tell = (address: string): number => addresses.push(address);
  const starts: Start[] = [
    () => relay(broker),
    () => database(),
    (environment) => member('Server 1', { ...environment, PORT: String(port) }, tell),
    // Port 0 means any free one for both.
    (environment) => member('Server 2', { ...environment, PORT: String(port && port + 1) }, tell),
  ];
  await runUntil(stopSignal(), starts, () => console.log(welcome(addresses)));
}

/** Starts one after the other, and when the signal has come ends them the other way round, those too that had been started before another failed. */
async function runUntil(signal: Promise<void>, starts: readonly Start[], onStarted: () => void): Promise<void> {
  let isStopping = false;
  void signal.then(() => (isStopping = true));
  const running: Running[] = [];
  let environment: Running['environment'] = {};
  try {
    for (const start of starts) {
      if (isStopping) return;
      const started = await start(environment);
      running.push(started);
      environment = { ...environment, ...started.environment };
    }
    onStarted();
    await signal;
  } catch (error) {
    if (!isStopping) throw error; // Ctrl+C reaches what is being started, too
  } finally {
    console.log('Stopping …');
    for (const part of running.toReversed()) await part.stop().catch((error: unknown) => console.error(error));
    console.log('Everything has stopped.');
  }
}

/** Finds what is misspelt before anything is started. */
function brokerName(): string {
  const name = process.env['BROKER'] ?? 'rabbitmq';
  if (name === 'simple') throw new ClusterError('BROKER=simple serves one server alone: choose rabbitmq or activemq.');
  chatBrokerOf({ ...process.env, BROKER: name });
  return name;
}

function welcome(addresses: readonly string[]): string {
  return `
One chat on two servers. Open a window at each:

  ${addresses.join('\n  ')}

Kill a server (kill -9 and its process) and see what its windows say. Ctrl+C ends everything.
`;
}

void main()
  .catch((error: unknown) => {
    process.exitCode = 1;
    const isKnown = error instanceof ClusterError || error instanceof SettingInvalidError;
    console.error(isKnown ? error.message : error);
  })
  .finally(() => process.exit());

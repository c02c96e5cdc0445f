import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ClusterError } from './cluster-error.js';

const SCRIPT = join(__dirname, '../../../../scripts/brokers.sh');

/** A broker that `scripts/brokers.sh` runs. */
export interface ScriptedBroker {
  /** What `RELAY` would be. */
  readonly url: string;
  /** Ends it, unless it ran before. */
  readonly stop: () => Promise<void>;
}

/** Starts `rabbitmq` or `activemq`, or takes the one that runs. @throws ClusterError when it cannot be started; the script has said why */
export async function startBroker(name: string): Promise<ScriptedBroker> {
  const running = await runScript('status', name, 'ignore');
  if (running !== undefined) return { url: running, stop: async () => undefined };
  const url = await runScript('start', name, 'inherit');
  if (url === undefined) {
    throw new ClusterError(`${name} could not be started. RELAY=stomp://login:passcode@host:port names one that runs.`);
  }
  return { url, stop: async () => void (await runScript('stop', name, 'inherit')) };
}

/** @returns what it printed; `undefined` when it failed */
async function runScript(command: string, name: string, errors: 'inherit' | 'ignore'): Promise<string | undefined> {
  // A process group of its own: a Ctrl+C in the terminal must not end the broker before those who use it.
  const child = spawn('bash', [SCRIPT, command, name], { stdio: ['ignore', 'pipe', errors], detached: true });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return child.exitCode === 0 ? printed.trim() : undefined;
}

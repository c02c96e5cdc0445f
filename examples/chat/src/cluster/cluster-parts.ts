import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from './broker-script.js';
import { ClusterError } from './cluster-error.js';
import { ClusterMember } from './cluster-member.js';
import { findPostgres, PostgresServer } from './postgres-server.js';

/** Something that runs, and has to be stopped. */
export interface Running {
  /** What those who come after it need to know. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

const NOT_OURS = async (): Promise<void> => undefined;

/** The broker at `RELAY`, or one that is started here. @param name `rabbitmq` or `activemq` */
export async function relay(name: string): Promise<Running> {
  const given = process.env['RELAY'];
  if (given !== undefined) return { environment: { BROKER: name, RELAY: given }, stop: NOT_OURS };
  console.log(`Starting ${name} …`);
  const { url, stop } = await startBroker(name);
  return { environment: { BROKER: name, RELAY: url }, stop };
}

/** The PostgreSQL of `DATABASE_URL`, or one with an empty database that is gone when the cluster ends. */
export async function database(): Promise<Running> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined) return { environment: { DATABASE_URL: given }, stop: NOT_OURS };
  const bin = findPostgres();
  if (bin === undefined) {
    throw new ClusterError(
      'Two servers share one PostgreSQL, and none is here. Install it (apt-get install -y postgresql), or name one: ' +
        'DATABASE_URL=postgres://user:password@127.0.0.1:5432/chat npm run chat:cluster',
    );
  }
  console.log('Starting PostgreSQL; what it stores is gone afterwards, unless DATABASE_URL names one that stays …');
  const folder = await mkdtemp(join(tmpdir(), 'treadle-chat-cluster-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const server = await PostgresServer.start(bin, folder);
    const stop = async (): Promise<void> => {
      await server[Symbol.asyncDispose]();
      await remove();
    };
    return { environment: { DATABASE_URL: server.url }, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A chat server. @param onStarted is told where it is, and as which process */
export async function member(
  name: string,
  environment: Readonly<Record<string, string>>,
  onStarted: (told: string) => void,
): Promise<Running> {
  const server = new ClusterMember(name, environment);
  onStarted(await server.start());
  return { environment: {}, stop: () => server.stop() };
}

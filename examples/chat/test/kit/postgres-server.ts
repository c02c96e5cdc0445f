import type { Server } from '../../../../scripts/testing/require-server.js';
import { findPostgres } from '../../src/cluster/postgres-server.js';

export { PostgresServer } from '../../src/cluster/postgres-server.js';

/** PostgreSQL's programs: in the folder `POSTGRES_BIN`, or where Debian's package puts them. */
export const postgres: Server = {
  name: 'PostgreSQL',
  find: findPostgres,
  install: 'apt-get install -y postgresql',
};

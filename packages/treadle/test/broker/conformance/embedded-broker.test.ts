import type { ApplicationOptions } from '../../../src/options.js';
import { simpleBroker } from '../../../src/broker/simple/simple-broker.js';
import { serve, type Transport, TRANSPORTS } from '../../obligations/stomp-server.js';
import { CONFORMANCE_POLICIES, describeBroker, type RunningBroker } from './broker-conformance.js';

async function start(transport: Transport, options: ApplicationOptions): Promise<RunningBroker> {
  const server = await serve(transport, { ...options, broker: simpleBroker({ policies: CONFORMANCE_POLICIES }) });
  return {
    application: server.application,
    async connect(login) {
      const client = await server.open();
      client.type(`CONNECT\naccept-version:1.2\nhost:test\n${login === undefined ? '' : `login:${login}\n`}\n\0`);
      await client.next();
      return client;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

for (const transport of TRANSPORTS) {
  describeBroker(`the embedded one, over ${transport}`, { start: (options) => start(transport, options) });
}

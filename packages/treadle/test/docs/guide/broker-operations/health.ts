import 'reflect-metadata';
import { createServer } from 'node:http';
import { BrokerAvailabilityEvent, brokerRelay, createApplication, EventListener, silentLogger } from 'treadle';
import { injectable } from 'tsyringe';

@injectable()
export class BrokerWatch {
  readonly log: string[] = [];

  @EventListener()
  note({ isAvailable, address, server, reason }: BrokerAvailabilityEvent): void {
    const which = [server, address].filter(Boolean).join(' at ') || 'the broker';
    this.log.push(isAvailable ? `${which} is there` : `${which} is away: ${reason ?? 'it was stopped'}`);
  }
}

export const application = createApplication({ services: [BrokerWatch], logger: silentLogger });

export const server = createServer((_request, response) => {
  const health = application.health();
  response.writeHead(health.status === 'up' ? 200 : 503, { 'content-type': 'application/json' });
  response.end(JSON.stringify(health));
});

export const personal = createApplication({
  authenticate: ({ login = '' }) => ({ name: login }),
  broker: brokerRelay({
    clientCredentials: ({ headers }) => ({
      login: headers.get('login') ?? '',
      passcode: headers.get('passcode') ?? '',
    }),
  }),
});

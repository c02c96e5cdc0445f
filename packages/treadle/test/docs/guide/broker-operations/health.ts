import 'reflect-metadata';
import { createServer } from 'node:http';
import {
  type Authenticate,
  BrokerAvailabilityEvent,
  brokerRelay,
  type BrokerRelayOptions,
  createApplication,
  EventListener,
  silentLogger,
} from 'treadle';
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

export const personal: BrokerRelayOptions = {
  clientCredentials: ({ session }) => ({
    login: session.user?.name ?? '',
    passcode: String(session.attributes.get('passcode')),
  }),
};

export const keepPasscode: Authenticate = ({ login = '', passcode, session }) => {
  session.attributes.set('passcode', passcode);
  return { name: login };
};

export const theirs = createApplication({ authenticate: keepPasscode, broker: brokerRelay(personal) });

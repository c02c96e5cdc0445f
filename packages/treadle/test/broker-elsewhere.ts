import type { Broker, BrokerContext, BrokerHealth, BrokerSettings } from '../src/index';

/** A broker that only says how it is: what is told of one that is elsewhere. Made by `elsewhere.create`, as the option `broker`. */
export class BrokerElsewhere implements Broker {
  readonly destinationPrefixes = ['/topic'];
  readonly settings: BrokerSettings = {
    addresses: ['stomp://10.0.0.5:61613'],
    connections: 'per-client',
    userRegistryBroadcast: false,
  };
  health: BrokerHealth = { status: 'down', since: '2026-01-01T00:00:00.000Z', reason: 'nobody is there yet' };
  #report: BrokerContext['reportAvailability'] = () => undefined;

  readonly create = ({ reportAvailability }: BrokerContext): Broker => {
    this.#report = reportAvailability;
    return this;
  };

  /** The broker's own word, as of a relay: first its health, then the report. */
  become(health: BrokerHealth): void {
    this.health = health;
    this.#report(health.status === 'up');
  }

  handles(destination: string): boolean {
    return destination.startsWith('/topic');
  }

  handleMessage(): void {}

  start(): void {}

  stop(): void {
    this.#report(false);
  }
}

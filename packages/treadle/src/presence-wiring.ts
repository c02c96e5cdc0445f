import type { DependencyContainer } from 'tsyringe';
import type { Broker } from './broker/broker.js';
import { LONGEST_TIME_MS } from './foundation/clock.js';
import { ConfigurationError } from './foundation/errors.js';
import { DestinationPattern } from './messaging/destination-pattern.js';
import { Presence, type PresenceEnvironment, type PresenceOptions } from './user/presence.js';
import { DEFAULT_PRESENCE_DESTINATION, isPresenceDestination } from './user/presence-destination.js';

/** What concerns clients of this server alone: each server tells its own who is present, on all of them. */
export function localDestinations(presence: boolean | PresenceOptions | undefined): (destination: string) => boolean {
  if (presence === undefined || presence === false) return () => false;
  const root = (presence === true ? undefined : presence.destination) ?? DEFAULT_PRESENCE_DESTINATION;
  return (destination) => isPresenceDestination(destination, root);
}

/** The presence an application asked for, or none. @throws ConfigurationError when nobody would serve it, for user destinations, or for a delay that is no time */
export function createPresence(
  option: boolean | PresenceOptions | undefined,
  broker: Broker,
  environment: Omit<PresenceEnvironment, 'isPattern'>,
): Presence | undefined {
  if (option === undefined || option === false) return undefined;
  const options = option === true ? {} : option;
  const { destination = DEFAULT_PRESENCE_DESTINATION, leaveDelayMs = 0, subscribersOf = [] } = options;
  const { userDestinationPrefix } = environment.template;
  if (!broker.handles(destination)) {
    throw new ConfigurationError({
      location: 'presence.destination',
      problem: `it is '${destination}', which begins with none of the broker's prefixes`,
      cure: `choose one such as '${broker.destinationPrefixes[0]}/presence'`,
    });
  }
  if (!(leaveDelayMs >= 0 && leaveDelayMs <= LONGEST_TIME_MS)) {
    throw new ConfigurationError({
      location: 'presence.leaveDelayMs',
      problem: `it is ${leaveDelayMs}`,
      cure: `give a number of milliseconds from 0 to ${LONGEST_TIME_MS}`,
    });
  }
  const ofUsers = subscribersOf.find((pattern) => `${pattern}/`.startsWith(`${userDestinationPrefix}/`));
  if (ofUsers !== undefined) {
    throw new ConfigurationError({
      location: 'presence.subscribersOf',
      problem: `'${ofUsers}' is about user destinations, and who subscribed to those is told to nobody`,
      cure: 'drop it',
    });
  }
  const isPattern = (subscribed: string): boolean =>
    broker.isPattern ? broker.isPattern(subscribed) : DestinationPattern.isPattern(subscribed);
  return new Presence(options, { ...environment, isPattern });
}

/** What is wrong where presence is injected without being there. */
export const PRESENCE_IS_OFF = {
  problem: 'Presence is injected, but it is off',
  cure: 'set the option `presence: true`',
};

/** Makes presence injectable; without the option, who injects it reads how to have it. */
export function registerPresence(container: DependencyContainer, presence: Presence | undefined): void {
  if (presence) {
    container.registerInstance(Presence, presence);
    return;
  }
  container.register(Presence, {
    useFactory: () => {
      throw new ConfigurationError(PRESENCE_IS_OFF);
    },
  });
}

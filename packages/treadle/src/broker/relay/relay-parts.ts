import type { BrokerContext } from '../broker.js';
import { MessageIds } from '../delivery/message-ids.js';
import { SessionDeliveries } from '../delivery/session-deliveries.js';
import { SubscriptionFilters } from '../delivery/subscription-filter.js';
import { Dialects } from './dialect/dialects.js';
import { LastingLink, type LastingLinkOptions } from './link/lasting-link.js';
import type { LinkConnector } from './link/link-connector.js';
import { CountingConnector, RelayCounters } from './relay-counters.js';
import type { RelaySettings } from './relay-settings.js';
import { SenderMarks } from './sender-marks.js';

/** What all parts of the relay work with. */
export interface RelayParts {
  readonly context: BrokerContext;
  readonly settings: RelaySettings;
  readonly counters: RelayCounters;
  /** One for all: it keeps the order of each session. */
  readonly deliveries: SessionDeliveries;
  readonly filters: SubscriptionFilters;
  /** Of the messages that go to the broker from here. */
  readonly ids: MessageIds;
  /** Who sent what, for `no-echo`. */
  readonly senders: SenderMarks;
  readonly connector: LinkConnector;
}

/** Makes them. */
export function createRelayParts(context: BrokerContext, settings: RelaySettings): RelayParts {
  const { clock, logger, destinationSeparator } = context;
  const counters = new RelayCounters();
  const { dialect, destinationPrefixes } = settings;
  const dialects = new Dialects({ dialect, destinationPrefixes, destinationSeparator, logger });
  const connector = new CountingConnector(
    {
      ...settings,
      tls: settings.tls ?? false,
      dialectOf: (server) => dialects.of(server),
      clock,
      logger,
    },
    counters,
  );
  return {
    context,
    settings,
    counters,
    deliveries: new SessionDeliveries(context, counters),
    filters: new SubscriptionFilters(),
    ids: new MessageIds(),
    senders: new SenderMarks(),
    connector,
  };
}

/** What one link of the relay has for itself. */
export type RelayLinkOptions = Pick<LastingLinkOptions, 'name' | 'credentials' | 'reconnects' | 'listener'>;

/** A link with what holds for all links of a relay. */
export function createRelayLink({ context, settings, connector }: RelayParts, options: RelayLinkOptions): LastingLink {
  const { clock, logger } = context;
  const { reconnectDelayMs, maxReconnectDelayMs, holdTimeMs } = settings;
  return new LastingLink({
    ...options,
    connector,
    delays: { reconnectDelayMs, maxReconnectDelayMs },
    holdTimeMs,
    clock,
    logger,
  });
}

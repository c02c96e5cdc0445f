/** How clients reach the broker: each by a connection of its own through the relay, by few that they share, or without us. */
export type BrokerRelayWay = 'per-client' | 'shared' | 'web-stomp';

/** One way, once. */
export interface BrokerRelayCase {
  readonly way: BrokerRelayWay;
  /** That the broker has with all clients there. */
  readonly brokerConnections: number;
  /** Resident. */
  readonly brokerMebibytes: number;
  /** Resident, of our process; 0 without one. */
  readonly serverMebibytes: number;
  /** Deliveries per second. */
  readonly rate: number;
  /** CPU time of a delivery, in the broker's process. */
  readonly brokerMicroseconds: number;
  /** The same in ours. */
  readonly serverMicroseconds: number;
}

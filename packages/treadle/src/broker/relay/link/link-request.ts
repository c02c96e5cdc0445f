import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../../../foundation/clock.js';
import type { Logger } from '../../../foundation/logger.js';
import type { Dialect } from '../dialect/dialect.js';
import type { BrokerAddress, BrokerCredentials } from '../relay-options.js';
import type { BrokerLinkListener } from './broker-link.js';

/** What all links of a relay have in common: those of `BrokerRelayOptions` with their defaults. */
export interface LinkConnectorOptions {
  /** At least one, tried in turn. Port 61613 where none is given. */
  readonly hosts: readonly BrokerAddress[];
  readonly tls: boolean | ConnectionOptions;
  /** The `host` header of CONNECT; `undefined`: none is sent. */
  readonly virtualHost: string | undefined;
  /** Milliseconds; `0` turns a direction off, less than 1 000 counts as 1 000: RabbitMQ keeps no shorter interval. */
  readonly heartBeat: { readonly sends: number; readonly expects: number };
  /** For TCP, TLS and CONNECTED together, of each host. */
  readonly connectTimeMs: number;
  readonly receiptTimeMs: number;
  readonly brokerFrameBodyOctets: number;
  /** Which dialect a broker has that calls itself so in CONNECTED; what it throws is the end of the attempt to connect. */
  readonly dialectOf: (server: string | undefined) => Dialect;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Whose link it is to be. */
export interface LinkRequest {
  /** For logs: `system`, `shared-1-listening`, `client <session id>`. */
  readonly name: string;
  readonly credentials: BrokerCredentials;
  readonly listener: BrokerLinkListener;
  /** Of its ERROR frames the log tells now and then: a broker that stops sends one to each of a thousand clients. Default false. */
  readonly isOneOfMany?: boolean;
  /** Waits while enough others connect that do so, too: one of many that lost the broker together. Default false. */
  readonly takesTurn?: boolean;
  /** Gives the attempt up: it rejects, and nothing stays open. */
  readonly signal?: AbortSignal;
}

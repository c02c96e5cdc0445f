import type { ConnectionOptions } from 'node:tls';
import type { Awaitable } from '../../foundation/awaitable.js';
import type { NativeHeaders } from '../../messaging/native-headers.js';
import type { SessionContext } from '../../messaging/session-context.js';

/** Who a connection to the broker belongs to. */
export interface BrokerCredentials {
  readonly login: string;
  readonly passcode: string;
}

/** Where a broker listens for STOMP. */
export interface BrokerAddress {
  readonly host: string;
  /** Default 61613. */
  readonly port?: number;
}

/** How the CONNECT of a client looks, for `clientCredentials`. */
export interface ClientConnect {
  readonly session: SessionContext;
  /**
   * Those of the CONNECT frame. An application with `authenticate` takes the `passcode` away there, before anybody else sees it: what the broker needs of it is then kept
   * in `session.attributes`.
   */
  readonly headers: NativeHeaders;
}

/** What the broker relay can be told (Spring: `StompBrokerRelayRegistration`). */
export interface BrokerRelayOptions {
  /** What begins the destinations of the broker; default `['/topic', '/queue']`. Any prefixes work: `['/pub', '/sub']`. */
  readonly destinationPrefixes?: readonly string[];
  /**
   * Where the broker is, and as whom: `stomp://login:passcode@host:port/virtual-host`, over TLS `stomps://…`; every part but the host may be left out. Login and
   * passcode are those of system and clients. Instead of `host`, `port`, `tls` and the credentials; what is given beside it counts before it.
   */
  readonly url?: string;
  /** Default `127.0.0.1`. Spring: `relayHost`. */
  readonly host?: string;
  /** Default 61613. Spring: `relayPort`. */
  readonly port?: number;
  /** Several brokers of one cluster, tried in turn; instead of `host` and `port`. */
  readonly hosts?: readonly BrokerAddress[];
  /** TLS, with options as `tls.connect` takes them; default: plain TCP. */
  readonly tls?: boolean | ConnectionOptions;
  /** The `host` header of every CONNECT: RabbitMQ's virtual host. Default: none is sent, and the broker takes its own default. */
  readonly virtualHost?: string;
  /** Of the connection that carries what the application itself sends. Default `guest`, `guest`. */
  readonly systemLogin?: string;
  readonly systemPasscode?: string;
  /** Of the connections that are opened for clients. Default `guest`, `guest`. Clients never choose them. */
  readonly clientLogin?: string;
  readonly clientPasscode?: string;
  /** The broker's credentials of each client, for instance those it connected with; instead of `clientLogin`. Only with connections per client. */
  readonly clientCredentials?: (connect: ClientConnect) => Awaitable<BrokerCredentials>;
  /**
   * How the broker wants to be spoken to. `'detect'`: as it calls itself in CONNECTED. `'none'`: destinations are passed on as they are.
   * RabbitMQ or ActiveMQ by the other's name is not connected to. Default `'detect'`.
   */
  readonly dialect?: 'detect' | 'rabbitmq' | 'activemq' | 'none';
  /**
   * `'per-client'`: each client has a connection of its own, with its credentials, as in Spring. `'shared'`: a few connections carry all clients, and the broker has one
   * subscription per topic however many clients listen; queues and acknowledged subscriptions keep a connection of their client's own. Default `'per-client'`.
   */
  readonly connections?: 'per-client' | 'shared';
  /** With `connections: 'shared'`: how many listen, one of them to each topic; as many more publish, one of them for each session. Default 2. */
  readonly sharedConnections?: number;
  /**
   * Subscriptions to queues that one session may have where each needs a connection of its own, as with RabbitMQ; one more fails with
   * `SUBSCRIPTION_LIMIT_EXCEEDED`, which does not end the session. Default 16.
   */
  readonly queueConnections?: number;
  /**
   * What becomes of sessions when the broker goes. `'close'`: ERROR `BROKER_UNAVAILABLE`, as in Spring. `'hold'`: they stay and are told, their frames wait or
   * fail, their subscriptions return with the broker. Default `'close'`.
   */
  readonly onBrokerLoss?: 'close' | 'hold';
  /** Milliseconds that a frame waits for a broker that is not there yet, or any more, before it fails with `BROKER_UNAVAILABLE`. Default 10 000. */
  readonly holdTimeMs?: number;
  /** Messages of one connection, such as the application's, that wait for a broker that is away; one more fails with `BROKER_UNAVAILABLE`. Default 1 000. */
  readonly heldMessages?: number;
  /** Octets of messages of one connection that wait for the broker, be it away or slow, each with 512 beside its payload. Default 8 MiB. */
  readonly heldOctets?: number;
  /** Milliseconds, of every connection to the broker: what we offer to send and want to receive; `0` turns a direction off. Default 10 000 each. */
  readonly heartBeat?: { readonly sends?: number; readonly expects?: number };
  /** Milliseconds until the first attempt to connect again; it doubles with each, and each is shortened by up to a half at random. Default 500. */
  readonly reconnectDelayMs?: number;
  /** The longest such time. Default 30 000. */
  readonly maxReconnectDelayMs?: number;
  /** Milliseconds for TCP, TLS and CONNECTED together. Default 10 000 (Spring: 60 000). */
  readonly connectTimeMs?: number;
  /** Milliseconds for the answer to a frame; a connection that is later than this is given up. Default 30 000. */
  readonly receiptTimeMs?: number;
  /** SEND frames of one connection that wait for the broker's answer; then the publisher waits. Default 1 000. */
  readonly unconfirmedMessages?: number;
  /**
   * Octets of one frame's body that are taken from the broker, from 128 KiB on; a message that has more is refused (`DESTINATION_MESSAGE_TOO_LARGE`), and one that
   * somebody else sent is skipped. Default 16 MiB.
   */
  readonly brokerFrameBodyOctets?: number;
  /** Deliveries that a subscription with `ack:client` or `client-individual` may have unacknowledged, unless its `prefetch-count` says otherwise. Default 1 000. */
  readonly prefetchCount?: number;
  /** The largest `prefetch-count` that counts. Default 10 000. */
  readonly maxPrefetchCount?: number;
  /**
   * Where servers send what is meant for a user who is (also) connected elsewhere; `false`: they do not. All servers of an application need the same, two applications
   * on one broker different ones. Default `/topic/treadle-user-destinations`. Spring: `userDestinationBroadcast`.
   */
  readonly userDestinationBroadcast?: string | false;
  /** Where servers tell each other who is connected; `false`: they do not. Default `/topic/treadle-user-registry`. Spring: `userRegistryBroadcast`. */
  readonly userRegistryBroadcast?: string | false;
}

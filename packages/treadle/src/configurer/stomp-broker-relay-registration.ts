import type { ConnectionOptions } from 'node:tls';
import type { BrokerAddress, BrokerRelayOptions } from '../broker/relay/relay-options.js';
import { ConfigurationError } from '../foundation/errors.js';
import { anyObject } from '../foundation/option-kind.js';
import type { OptionsDraft, RegisteredRelayOptions } from './options-draft.js';

/** Says where the broker behind the relay is, and as whom (Spring: `StompBrokerRelayRegistration`). Fills the options of `brokerRelay`. */
export class StompBrokerRelayRegistration {
  readonly #draft: OptionsDraft;

  /** @internal */
  constructor(draft: OptionsDraft) {
    this.#draft = draft;
  }

  /** `host`; default `127.0.0.1`. */
  setRelayHost(host: string): this {
    return this.#set('host', host, 'setRelayHost');
  }

  /** `port`; default 61613. */
  setRelayPort(port: number): this {
    return this.#set('port', port, 'setRelayPort');
  }

  /** `clientLogin`, of the connections that are opened for clients; default `guest`. */
  setClientLogin(login: string): this {
    return this.#set('clientLogin', login, 'setClientLogin');
  }

  /** `clientPasscode`; default `guest`. */
  setClientPasscode(passcode: string): this {
    return this.#set('clientPasscode', passcode, 'setClientPasscode');
  }

  /** `systemLogin`, of the connection that carries what the application sends; default `guest`. */
  setSystemLogin(login: string): this {
    return this.#set('systemLogin', login, 'setSystemLogin');
  }

  /** `systemPasscode`; default `guest`. */
  setSystemPasscode(passcode: string): this {
    return this.#set('systemPasscode', passcode, 'setSystemPasscode');
  }

  /** Milliseconds: `heartBeat.sends`, here of every connection to the broker; `0` for none. Default 10 000. */
  setSystemHeartbeatSendInterval(milliseconds: number): this {
    this.#draft.setRelayHeartBeat('sends', milliseconds, 'setSystemHeartbeatSendInterval');
    return this;
  }

  /** Milliseconds: `heartBeat.expects`, the same. */
  setSystemHeartbeatReceiveInterval(milliseconds: number): this {
    this.#draft.setRelayHeartBeat('expects', milliseconds, 'setSystemHeartbeatReceiveInterval');
    return this;
  }

  /** `virtualHost`; default: none is named. */
  setVirtualHost(virtualHost: string): this {
    return this.#set('virtualHost', virtualHost, 'setVirtualHost');
  }

  /** `userDestinationBroadcast`; on without being asked for, which is not so in Spring. */
  setUserDestinationBroadcast(destination: string | false): this {
    return this.#set('userDestinationBroadcast', destination, 'setUserDestinationBroadcast');
  }

  /** `userRegistryBroadcast`; the same. */
  setUserRegistryBroadcast(destination: string | false): this {
    return this.#set('userRegistryBroadcast', destination, 'setUserRegistryBroadcast');
  }

  /** Changes nothing: the relay starts and stops with the application. @throws ConfigurationError for `false`, with the cure */
  setAutoStartup(isAutomatic: boolean): this {
    if (isAutomatic) return this;
    throw new ConfigurationError({
      problem:
        'setAutoStartup(false) is not supported: the relay starts with the application, whether or not the broker is there',
      cure: 'drop the call, and call application.start() or listen() when it should start',
    });
  }

  /** Always throws: the TCP client is not replaced. @throws ConfigurationError with the cure */
  setTcpClient(_client: unknown): never {
    throw new ConfigurationError({
      problem: 'setTcpClient() is not supported: the relay has a client of its own',
      cure: 'use setTls({ ca }) for TLS, setHosts([…]) for several brokers',
    });
  }

  /** `tls`, in place of a TCP client of Spring's with TLS. */
  setTls(tls: boolean | ConnectionOptions): this {
    return this.#set('tls', tls, 'setTls');
  }

  /** `hosts`: several brokers, tried in turn, in place of a TCP client of Spring's with a supplier of addresses. */
  setHosts(hosts: readonly BrokerAddress[]): this {
    return this.#set('hosts', hosts, 'setHosts');
  }

  /** `dialect`: how the broker wants to be spoken to; default as it calls itself. */
  setDialect(dialect: NonNullable<BrokerRelayOptions['dialect']>): this {
    return this.#set('dialect', dialect, 'setDialect');
  }

  /** Any option of `brokerRelay({ … })` but the prefixes: `connections`, `onBrokerLoss`, `clientCredentials` … What a call above said may not be said otherwise. */
  setOptions(options: RegisteredRelayOptions): this {
    if (!anyObject.fits(options)) {
      throw new ConfigurationError({
        problem: 'setOptions() takes an object',
        cure: "write setOptions({ connections: 'shared' })",
      });
    }
    if (Object.hasOwn(options, 'destinationPrefixes')) {
      const problem = 'setOptions() does not take destinationPrefixes';
      throw new ConfigurationError({ problem, cure: 'give it to enableStompBrokerRelay(…)' });
    }
    this.#draft.setRelayOptions(options, 'setOptions');
    return this;
  }

  #set<Name extends keyof RegisteredRelayOptions>(name: Name, value: RegisteredRelayOptions[Name], call: string): this {
    this.#draft.setRelayOption(name, value, call);
    return this;
  }
}

import { ConfigurationError } from '../../../foundation/errors.js';
import type { Logger } from '../../../foundation/logger.js';
import { ActiveMqDialect } from './activemq.js';
import type { ApplicationNames } from './destination-names.js';
import type { Dialect } from './dialect.js';
import { PlainDialect } from './plain.js';
import { RabbitMqDialect } from './rabbitmq.js';

/** What dialects are made with. */
export interface DialectOptions extends ApplicationNames {
  /** `'detect'`: as the broker calls itself. */
  readonly dialect: 'detect' | Dialect['name'];
  readonly logger: Logger;
}

/** The dialects of one relay: each is made once, and remembers the names it has translated. */
export class Dialects {
  readonly #options: DialectOptions;
  readonly #made = new Map<Dialect['name'], Dialect>();
  /** What was logged; servers have few names. */
  #unknownServer: string | undefined;

  constructor(options: DialectOptions) {
    this.#options = options;
  }

  /**
   * The dialect of a broker.
   * @param server what CONNECTED says in `server`, such as `RabbitMQ/3.10.8`
   * @throws ConfigurationError when the `dialect` option names another: exact destinations would work, and what is sent to the rest would arrive nowhere
   */
  of(server = ''): Dialect {
    const name = this.#nameOf(server);
    const known = this.#made.get(name);
    if (known) return known;
    const made = make(name, this.#options);
    this.#made.set(name, made);
    return made;
  }

  #nameOf(server: string): Dialect['name'] {
    const { dialect } = this.#options;
    const spoken = nativeDialect(server);
    if (dialect === 'detect') return spoken ?? this.#unknown(server);
    if (dialect === 'none' || spoken === undefined || spoken === dialect) return dialect;
    const problem = `it is '${dialect}', and the broker calls itself ${server}`;
    throw new ConfigurationError({
      location: 'brokerRelay, dialect',
      problem,
      cure: `leave it out, or write '${spoken}' or 'none'`,
    });
  }

  #unknown(server: string): Dialect['name'] {
    if (server !== this.#unknownServer) {
      this.#unknownServer = server;
      const facts = { server, cure: "name the relay's `dialect`, or 'none' when that is right" };
      this.#options.logger.warn(
        'the broker is of no known kind: destinations and headers are passed on as they are',
        facts,
      );
    }
    return 'none';
  }
}

/** Of the brokers that have one; `undefined` for others. */
function nativeDialect(server: string): 'rabbitmq' | 'activemq' | undefined {
  if (server.startsWith('RabbitMQ/')) return 'rabbitmq';
  // `ActiveMQ-Artemis/…` is another broker, with other names and wildcards.
  return server.startsWith('ActiveMQ/') ? 'activemq' : undefined;
}

function make(name: Dialect['name'], names: ApplicationNames): Dialect {
  if (name === 'rabbitmq') return new RabbitMqDialect(names);
  return name === 'activemq' ? new ActiveMqDialect(names) : new PlainDialect();
}

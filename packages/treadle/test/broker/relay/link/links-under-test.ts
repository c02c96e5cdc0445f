import { FakeClock } from '@treadle/testing';
import type {
  BrokerErrorFrame,
  BrokerLink,
  BrokerLinkListener,
} from '../../../../src/broker/relay/link/broker-link.js';
import { LastingLink, type LastingLinkOptions } from '../../../../src/broker/relay/link/lasting-link.js';
import { LinkConnector } from '../../../../src/broker/relay/link/link-connector.js';
import type { LinkConnectorOptions, LinkRequest } from '../../../../src/broker/relay/link/link-request.js';
import { systemClock } from '../../../../src/foundation/clock.js';
import { TreadleError } from '../../../../src/index.js';
import { RecordingLogger } from '../../broker-under-test.js';
import type { ScriptedBroker } from '../kit/scripted-broker.js';
import { PLAIN_DIALECT } from '../shared/plain-dialect.js';

/** The links of a test: to a scripted broker, with real time unless the test has a clock of its own. */
export class LinksUnderTest implements AsyncDisposable {
  readonly logger = new RecordingLogger();
  readonly #options: LinkConnectorOptions;
  readonly #open: (() => Promise<unknown>)[] = [];
  readonly connector: LinkConnector;

  constructor(hosts: LinkConnectorOptions['hosts'], options: Partial<LinkConnectorOptions> = {}) {
    this.#options = {
      hosts,
      tls: false,
      virtualHost: undefined,
      heartBeat: { sends: 0, expects: 0 },
      connectTimeMs: 3_000,
      receiptTimeMs: 3_000,
      brokerFrameBodyOctets: 1024 * 1024,
      dialectOf: () => PLAIN_DIALECT,
      clock: systemClock,
      logger: this.logger,
      ...options,
    };
    this.connector = new LinkConnector(this.#options);
  }

  /** To this broker alone. */
  static to(broker: ScriptedBroker, options: Partial<LinkConnectorOptions> = {}): LinksUnderTest {
    return new LinksUnderTest([broker.address], options);
  }

  /** A link, and what its listener heard. */
  async connect(request: Partial<LinkRequest> = {}): Promise<HeardLink> {
    const heard = new Heard();
    const link = await this.connector.connect({
      name: 'test',
      credentials: { login: 'guest', passcode: 'guest' },
      listener: heard,
      ...request,
    });
    this.#open.push(() => {
      link.terminate('the test is over');
      return link.close();
    });
    return { link, heard };
  }

  /** A lasting link, not started yet, and what its listener heard. */
  lasting(options: Partial<LastingLinkOptions> = {}): { readonly link: LastingLink; readonly heard: string[] } {
    const heard: string[] = [];
    const link = new LastingLink({
      name: 'test',
      connector: this.connector,
      credentials: () => ({ login: 'guest', passcode: 'guest' }),
      reconnects: 'always',
      delays: { reconnectDelayMs: 10, maxReconnectDelayMs: 20 },
      holdTimeMs: 3_000,
      clock: this.#options.clock,
      logger: this.logger,
      listener: {
        onUp: () => heard.push('up'),
        onDown: (reason) => heard.push(`down ${codeOf(reason)}`),
        onEnd: (reason) => heard.push(`end ${codeOf(reason)}`),
        onError: ({ message }) => heard.push(`error ${message}`),
      },
      ...options,
    });
    this.#open.push(() => link.stop());
    return { link, heard };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.map((close) => close()));
  }
}

/** A link with what its listener heard. */
export interface HeardLink {
  readonly link: BrokerLink;
  readonly heard: Heard;
}

/** Keeps what a link says. */
export class Heard implements BrokerLinkListener {
  /** Bodies, as text. */
  readonly messages: string[] = [];
  readonly errors: BrokerErrorFrame[] = [];
  readonly lost: Promise<Error>;
  isLost = false;
  /** Called after each message. */
  onNews: () => void = () => undefined;
  #lose: (reason: Error) => void = () => undefined;

  constructor() {
    this.lost = new Promise((resolve) => (this.#lose = resolve));
  }

  onMessage: BrokerLinkListener['onMessage'] = ({ body }) => {
    this.messages.push(Buffer.from(body).toString());
    this.onNews();
  };

  onError(error: BrokerErrorFrame): void {
    this.errors.push(error);
  }

  onLost(reason: Error): void {
    this.isLost = true;
    this.#lose(reason);
  }
}

/** The code of an error of the framework, else its text. */
export function codeOf(error: unknown): string {
  return error instanceof TreadleError ? error.code : String(error);
}

/** The code a promise fails with, and whether that would end a session; `resolved` when it does not fail. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'resolved';
  } catch (error) {
    return codeOf(error);
  }
}

/** The error a promise fails with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error; // the code under test throws nothing else
  }
  throw new Error('it did not fail');
}

/** A clock that stands still, for links whose broker answers in real time. */
export function fakeClock(): FakeClock {
  return new FakeClock();
}

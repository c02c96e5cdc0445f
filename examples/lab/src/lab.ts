import 'reflect-metadata';
import {
  type Application,
  AuthenticationError,
  type ConnectRequest,
  consoleLogger,
  createApplication,
  type Logger,
  type Principal,
  simpleBroker,
} from 'treadle';
import { LabController } from './lab-controller.js';

const MEBIBYTE = 1024 * 1024;

/** Where the lab listens and what it runs on, from the environment. */
export interface LabEnvironment {
  readonly [name: string]: string | undefined;
  /** Default 8080; 0 for any free port. */
  readonly PORT?: string;
  /** Default 127.0.0.1. */
  readonly HOST?: string;
  /** `simple` (default), the embedded broker. */
  readonly BROKER?: string;
}

/** Makes the lab's application; it does not listen yet. @throws Error when the environment asks for an unknown broker. */
export function createLab(environment: LabEnvironment, logger: Logger = consoleLogger): Application {
  requireKnownBroker(environment.BROKER);
  return createApplication({
    controllers: [LabController],
    endpoints: ['/ws'],
    applicationDestinationPrefixes: ['/app'],
    broker: simpleBroker({ destinationPrefixes: ['/topic', '/queue'] }),
    authenticate,
    logger,
    // Room for two bodies of the largest size on their way to a client.
    limits: {
      frameBodyOctets: 16 * MEBIBYTE,
      sendBufferOctets: 40 * MEBIBYTE,
      sessions: 10_000,
      subscriptions: 20_000,
    },
  });
}

/** @throws Error when PORT is no port. */
export function portOf(environment: LabEnvironment): number {
  const text = environment.PORT ?? '8080';
  const port = Number(text);
  if (text.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
  }
  return port;
}

/** No login is anonymous; a login whose passcode equals it becomes the user; anything else is refused. */
function authenticate({ login = '', passcode = '' }: ConnectRequest): Principal | undefined {
  if (passcode !== login) {
    throw new AuthenticationError();
  }
  return login === '' ? undefined : { name: login };
}

/** A misspelt broker must not look like a successful test of it. */
function requireKnownBroker(broker = 'simple'): void {
  if (broker !== 'simple') {
    throw new Error(`BROKER must be simple (or not set), not ${JSON.stringify(broker)}`);
  }
}

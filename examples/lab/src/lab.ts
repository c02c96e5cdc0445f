import 'reflect-metadata';
import {
  type Application,
  AuthenticationError,
  type ConnectRequest,
  consoleLogger,
  createApplication,
  type Logger,
  type Principal,
} from 'treadle';
import { type BrokerEnvironment, labBroker } from './lab-broker.js';
import { LabController } from './lab-controller.js';

const MEBIBYTE = 1024 * 1024;
const MOST_PORT = 65_535;
const MOST_HEART_BEAT = 60_000;

/** Where the lab listens and what it runs on, from the environment. */
export interface LabEnvironment extends BrokerEnvironment {
  /** Default 8080; 0 for any free port. */
  readonly PORT?: string;
  /** Default 127.0.0.1. */
  readonly HOST?: string;
  /** Where STOMP over TCP is answered too; 0 for any free port. Not set: nowhere. */
  readonly TCP_PORT?: string;
  /** Milliseconds between heart-beats, both ways, that the lab offers and wants. Default 10000. */
  readonly HEART_BEAT?: string;
}

/** Makes the lab's application; it does not listen yet. @throws Error when the environment asks for what there is not. */
export function createLab(environment: LabEnvironment, logger: Logger = consoleLogger): Application {
  return createApplication({
    controllers: [LabController],
    endpoints: ['/ws'],
    applicationDestinationPrefixes: ['/app'],
    broker: labBroker(environment),
    authenticate,
    heartBeat: heartBeatOf(environment),
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
export function portOf({ PORT = '8080' }: LabEnvironment): number {
  return wholeNumber('PORT', PORT, MOST_PORT);
}

/** `undefined` when the lab does not listen there. @throws Error when TCP_PORT is no port. */
export function tcpPortOf({ TCP_PORT }: LabEnvironment): number | undefined {
  return TCP_PORT === undefined ? undefined : wholeNumber('TCP_PORT', TCP_PORT, MOST_PORT);
}

function heartBeatOf({ HEART_BEAT }: LabEnvironment): { sends: number; expects: number } | undefined {
  if (HEART_BEAT === undefined) return undefined;
  const interval = wholeNumber('HEART_BEAT', HEART_BEAT, MOST_HEART_BEAT);
  return { sends: interval, expects: interval };
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < 0 || number > most) {
    throw new Error(`${name} must be a number from 0 to ${most}, not ${JSON.stringify(text)}`);
  }
  return number;
}

/** No login is anonymous; a login whose passcode equals it becomes the user; anything else is refused. */
function authenticate({ login = '', passcode = '' }: ConnectRequest): Principal | undefined {
  if (passcode !== login) {
    throw new AuthenticationError();
  }
  return login === '' ? undefined : { name: login };
}

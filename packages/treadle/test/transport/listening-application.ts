import 'reflect-metadata';
import { type Application, createApplication } from '../../src/application.js';
import { silentLogger } from '../../src/foundation/logger.js';
import type { ApplicationOptions } from '../../src/options.js';
import type { ListeningAddress } from '../../src/transports.js';
import { SessionDisconnectEvent } from '../../src/events/session-events.js';

/** An application on a free port of this machine; stop it with `await using`. */
export class ListeningApplication implements AsyncDisposable {
  readonly application: Application;
  readonly address: ListeningAddress;

  constructor(application: Application, address: ListeningAddress) {
    this.application = application;
    this.address = address;
  }

  get url(): string {
    return this.address.url;
  }

  get port(): number {
    return this.address.port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.application.stop();
  }
}

/** Starts one, with an endpoint `/ws` unless told otherwise, and logs nothing. */
export async function listen(options: ApplicationOptions = {}): Promise<ListeningApplication> {
  const application = createApplication({ logger: silentLogger, ...options });
  return new ListeningApplication(application, await application.listen(0, '127.0.0.1'));
}

/** The event of the next session that ends. Rejects after 4 s, so that a failing test ends too. */
export function nextSessionEnd(application: Application): Promise<SessionDisconnectEvent> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no session ended')), 4000);
    const off = application.events.on(SessionDisconnectEvent, (event) => {
      clearTimeout(timer);
      off();
      resolve(event);
    });
  });
}

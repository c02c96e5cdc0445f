import 'reflect-metadata';
import { type Application, createApplication, type ListeningAddress } from '../../src/application.js';
import { silentLogger } from '../../src/foundation/logger.js';
import type { ApplicationOptions } from '../../src/options.js';

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

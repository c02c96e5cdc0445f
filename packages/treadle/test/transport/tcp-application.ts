import 'reflect-metadata';
import type { TlsOptions } from 'node:tls';
import { type Application, createApplication } from '../../src/application.js';
import { silentLogger } from '../../src/foundation/logger.js';
import type { ApplicationOptions } from '../../src/options.js';

/** An application that listens over TCP on a free port of this machine; stop it with `await using`. */
export class TcpApplication implements AsyncDisposable {
  readonly application: Application;
  readonly port: number;

  constructor(application: Application, port: number) {
    this.application = application;
    this.port = port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.application.stop();
  }
}

/** Starts one that logs nothing unless told otherwise. */
export async function listenTcp(options: ApplicationOptions = {}, tls?: TlsOptions): Promise<TcpApplication> {
  const application = createApplication({ logger: silentLogger, ...options });
  const { port } = await application.listenTcp(0, '127.0.0.1', { tls });
  return new TcpApplication(application, port);
}

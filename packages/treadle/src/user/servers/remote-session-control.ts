import type { EndReason, SessionControl } from '../../messaging/session-control.js';
import type { SessionChange } from './registry-words.js';
import type { SessionCommands } from './session-commands.js';

/** A session of another server: what that one told of it, and what it can be asked to do. */
export class RemoteSessionControl implements SessionControl {
  readonly connectedAt: Date;
  readonly transport: string;
  readonly version: '1.0' | '1.1' | '1.2';
  /** Its own server alone knows. */
  readonly isCongested = false;
  readonly #server: string;
  readonly #id: string;
  readonly #commands: SessionCommands;

  constructor(server: string, told: Extract<SessionChange, { type: 'connected' }>, commands: SessionCommands) {
    this.connectedAt = new Date(told.at);
    this.transport = told.transport;
    this.version = told.version;
    this.#server = server;
    this.#id = told.id;
    this.#commands = commands;
  }

  disconnect(reason: EndReason): Promise<void> {
    return this.#commands.disconnect(this.#server, this.#id, reason);
  }

  unsubscribe(subscriptionId: string, reason: EndReason): boolean {
    return this.#commands.unsubscribe(this.#server, { sessionId: this.#id, subscriptionId, reason });
  }
}

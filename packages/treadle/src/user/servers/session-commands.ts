import type { ServerLink } from '../../broker/cluster/server-link.js';
import { whenSettled } from '../../foundation/awaitable.js';
import type { Clock } from '../../foundation/clock.js';
import { Deadline } from '../../foundation/deadline.js';
import type { Logger } from '../../foundation/logger.js';
import type { EndReason } from '../../messaging/session-control.js';
import type { ConnectedSessions } from '../connected-sessions.js';
import type { SimpSession } from '../simp-user.js';
import { encodeWord } from './registry-encoding.js';
import { reasonOf, reasonWordOf, type RegistryWord } from './registry-words.js';

/** What commands work with. */
export interface SessionCommandsOptions {
  readonly link: ServerLink;
  readonly connected: ConnectedSessions;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Which subscription of another server is to end, and why. */
export interface UnsubscribeCommand {
  readonly sessionId: string;
  readonly subscriptionId: string;
  readonly reason: EndReason;
}

type Command = Extract<RegistryWord, { kind: 'disconnect' | 'unsubscribe' }>;

/** Milliseconds that somebody waits for another server to end a session. */
const DISCONNECT_TIME_MS = 10_000;

/** Asks other servers to end sessions and subscriptions, and does what they ask for. That a session is over they hear from the registry. */
export class SessionCommands {
  readonly #options: SessionCommandsOptions;
  /** Who waits for the end of a session, by its id. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(options: SessionCommandsOptions) {
    this.#options = options;
  }

  /** As `SimpSession.disconnect` of a session of another server. */
  async disconnect(server: string, id: string, reason: EndReason): Promise<void> {
    const { clock, connected } = this.#options;
    if (!connected.sessions.has(id)) return;
    const deadline = new Deadline(clock, DISCONNECT_TIME_MS);
    const isOver = this.#whenDisconnected(id);
    // Its end may be told before the broker has answered for the command, and a command that nobody took is not waited for.
    const isTaken = await this.#ask({ kind: 'disconnect', of: server, id, reason: reasonWordOf(reason) });
    if (isTaken) await Promise.race([isOver.promise, deadline.passed]);
    isOver.cancel();
    deadline.cancel();
  }

  /** As `SimpSubscription.unsubscribe` of a session of another server. */
  unsubscribe(server: string, { sessionId, subscriptionId, reason }: UnsubscribeCommand): boolean {
    const subscription = this.#options.connected.sessions.get(sessionId)?.getSubscription(subscriptionId);
    if (!subscription) return false;
    void this.#ask({
      kind: 'unsubscribe',
      of: server,
      id: sessionId,
      subscription: subscriptionId,
      destination: subscription.destination,
      reason: reasonWordOf(reason),
    });
    return true;
  }

  /** Does what another server asks this one for. */
  execute(command: Command): void {
    const session = this.#options.connected.sessions.get(command.id);
    if (session?.server !== undefined) return; // it can only have been ours
    if (command.kind === 'disconnect') return void session?.disconnect(reasonOf(command.reason));
    const subscription = session?.getSubscription(command.subscription);
    // The id may have been used again since.
    if (subscription?.destination === command.destination) subscription.unsubscribe(reasonOf(command.reason));
  }

  /** To be called when a session of any server is over. */
  onDisconnected({ id }: SimpSession): void {
    for (const resolve of this.#waiting.get(id) ?? []) resolve();
    this.#waiting.delete(id);
  }

  /** @returns whether the broker has taken it; what fails is logged */
  async #ask(command: Command): Promise<boolean> {
    const { link, logger } = this.#options;
    let isTaken = true;
    await whenSettled(
      () => link.broadcast('user-registry', encodeWord(command)),
      (error) => {
        if (error === undefined) return;
        isTaken = false;
        logger.warn('another server could not be asked to end something', {
          server: command.of,
          kind: command.kind,
          error,
        });
      },
    );
    return isTaken;
  }

  #whenDisconnected(id: string): { readonly promise: Promise<void>; readonly cancel: () => void } {
    let resolve: () => void = () => undefined;
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(resolve));
    const cancel = (): void => {
      waiting.delete(resolve);
      if (waiting.size === 0 && this.#waiting.get(id) === waiting) this.#waiting.delete(id);
    };
    return { promise, cancel };
  }
}

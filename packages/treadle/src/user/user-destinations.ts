import { type Awaitable, isPromise } from '../foundation/awaitable.js';
import { MessageRejectedError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { Message } from '../messaging/message.js';
import type { MessageChannel } from '../messaging/message-channel.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import type { SimpUserRegistry } from './user-registry.js';

/** What the translation of user destinations needs. */
export interface UserDestinationsOptions {
  /** Where what was translated is sent. */
  readonly brokerChannel: MessageChannel;
  readonly registry: SimpUserRegistry;
  readonly logger: Logger;
  /** What user destinations begin with, such as `/user`. */
  readonly prefix: string;
  /** For brokers whose names begin without a slash: `queue.x` instead of `/queue.x`. Spring: `AbstractMessageBrokerConfiguration`. */
  readonly removeLeadingSlash: boolean;
}

/**
 * Makes `/user/…` destinations mean one user's sessions (Spring: `UserDestinationMessageHandler`).
 *
 * A client that subscribes to `/user/queue/errors` gets a subscription to `/queue/errors-user{sessionId}`. A message to
 * `/user/{name}/queue/errors` goes to that destination of each session of the user `name`; `%2F` and `%25` in the name stand for `/` and
 * `%`. If nobody of that name is connected it is gone. The translated messages carry the destination as the clients know it in
 * `userDestination`, and brokers let nobody else receive them.
 *
 * Which sessions a message means depends on who sends it, hence two handlers:
 * - `fromApplication`: a message within a session of that very user means this session alone (`@SendToUser(broadcast: false)`; Spring does
 *   the same). The name may also be the id of a session, as an anonymous one has no other.
 * - `fromClients`: every session of the user, also when that user sends it: who writes to their own name wants all their devices. (Spring
 *   cannot tell this case from the one above and keeps the message in the sending session.) A session may address itself by id,
 *   but no other one.
 */
export class UserDestinations {
  /** For `clientInboundChannel`. */
  readonly fromClients: MessageHandler;
  /** For `brokerChannel`. */
  readonly fromApplication: MessageHandler;
  readonly #brokerChannel: MessageChannel;
  readonly #registry: SimpUserRegistry;
  readonly #logger: Logger;
  /** With one slash at the end. */
  readonly #prefix: string;
  readonly #removeLeadingSlash: boolean;

  constructor(options: UserDestinationsOptions) {
    this.#brokerChannel = options.brokerChannel;
    this.#registry = options.registry;
    this.#logger = options.logger;
    this.#prefix = `${options.prefix.replace(/\/+$/, '')}/`;
    this.#removeLeadingSlash = options.removeLeadingSlash;
    this.fromClients = { handleMessage: (message) => this.#handleFromClient(message) };
    this.fromApplication = { handleMessage: (message) => this.#handleFromApplication(message) };
  }

  /** True for everything below the user prefix. */
  handles(destination: string): boolean {
    return destination.startsWith(this.#prefix);
  }

  #handleFromClient(message: Message): Awaitable<void> {
    const { type, session } = message;
    if (!session || !this.#isUntranslated(message)) return;
    if (type === 'SUBSCRIBE' || type === 'UNSUBSCRIBE') {
      const place = message.destination.slice(this.#prefix.length - 1);
      return this.#sendTo(session.id, place, message);
    }
    if (type !== 'MESSAGE') return;
    return this.#sendToUser(message, (name) => (name === session.id ? [name] : this.#sessionIdsOf(name)));
  }

  #handleFromApplication(message: Message): Awaitable<void> {
    if (message.type !== 'MESSAGE' || !this.#isUntranslated(message)) return;
    return this.#sendToUser(message, (name) => this.#sessionIdsMeant(name, message.sessionId));
  }

  /**
   * What was translated comes by again on `brokerChannel`. It may even begin with the prefix a second time (`/user/a/user/b/queue/x`), but
   * a translation of translations would multiply one frame of a client.
   */
  #isUntranslated(message: Message): message is Message & { readonly destination: string } {
    const { destination, userDestination } = message;
    return destination !== undefined && userDestination === undefined && this.handles(destination);
  }

  #sendToUser(
    message: Message & { readonly destination: string },
    findSessionIds: (name: string) => readonly string[],
  ): Awaitable<void> {
    const { name, place } = this.#parse(message.destination);
    const sessionIds = findSessionIds(name);
    const [first] = sessionIds;
    if (first === undefined) {
      this.#logger.debug('a message to a user who is not connected', { destination: message.destination });
      return;
    }
    if (sessionIds.length === 1) return this.#sendTo(first, place, message);
    return allDone(sessionIds.map((sessionId) => () => this.#sendTo(sessionId, place, message)));
  }

  #parse(destination: string): { name: string; place: string } {
    const start = this.#prefix.length;
    const end = destination.indexOf('/', start);
    if (end > start) return { name: decodeName(destination.slice(start, end)), place: destination.slice(end) };
    const detail = `${destination} does not have the form ${this.#prefix}{name}/…`;
    throw new MessageRejectedError(detail, { code: 'DESTINATION_MALFORMED' });
  }

  #sessionIdsMeant(name: string, sessionId: string | undefined): readonly string[] {
    if (name === sessionId) return [name];
    const user = this.#registry.getUser(name);
    if (!user) return this.#registry.getSession(name) ? [name] : [];
    if (sessionId !== undefined && user.getSession(sessionId)) return [sessionId];
    return this.#sessionIdsOf(name);
  }

  #sessionIdsOf(name: string): readonly string[] {
    return this.#registry.getUser(name)?.sessions.map((session) => session.id) ?? [];
  }

  /** @param place the destination behind prefix and name, with its slash */
  #sendTo(sessionId: string, place: string, message: Message): Awaitable<void> {
    const destination = `${this.#removeLeadingSlash ? place.slice(1) : place}-user${sessionId}`;
    const userDestination = this.#prefix.slice(0, -1) + place;
    return this.#brokerChannel.send(message.with({ destination, userDestination }));
  }
}

/** Undoes `SimpMessagingTemplate.userDestination`, in one pass: `%252F` is `%2F`, not `/`. */
function decodeName(encoded: string): string {
  if (!encoded.includes('%')) return encoded;
  return encoded.replaceAll(/%(?:2F|25)/gi, (code) => (code === '%25' ? '%' : '/'));
}

/** Does all, whatever becomes of the others, then fails if one did. */
function allDone(actions: readonly (() => Awaitable<void>)[]): Awaitable<void> {
  const pending: Promise<void>[] = [];
  const failures: unknown[] = [];
  for (const action of actions) {
    try {
      const result = action();
      if (isPromise(result)) pending.push(result.catch((error: unknown) => void failures.push(error)));
    } catch (error) {
      failures.push(error);
    }
  }
  if (pending.length > 0) return Promise.all(pending).then(() => throwFirst(failures));
  throwFirst(failures);
}

function throwFirst(failures: readonly unknown[]): void {
  if (failures.length > 0) throw failures[0];
}

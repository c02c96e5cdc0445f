import { type Awaitable, isPromise, whenSettled } from '../foundation/awaitable.js';
import { MessageRejectedError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { Message } from '../messaging/message.js';
import type { MessageChannel } from '../messaging/message-channel.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import { countSubscribed, type Recipients, sessionItself, sessionsOf, thisSession } from './recipients.js';
import type { UserMessage, UserMessages } from './servers/user-messages.js';
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
  /** To and from the other servers; left out when there are none. */
  readonly others?: UserMessages | undefined;
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
 *
 * With several servers each translates for its own sessions. What is meant for a user who is connected elsewhere, or whom nobody knows and who may just have
 * come, goes to the others once as it was sent; nobody sends on what came from another server.
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
  readonly #others: UserMessages | undefined;

  constructor(options: UserDestinationsOptions) {
    this.#brokerChannel = options.brokerChannel;
    this.#registry = options.registry;
    this.#logger = options.logger;
    this.#prefix = `${options.prefix.replace(/\/+$/, '')}/`;
    this.#removeLeadingSlash = options.removeLeadingSlash;
    this.#others = options.others;
    this.fromClients = { handleMessage: (message) => this.#handleFromClient(message) };
    this.fromApplication = { handleMessage: (message) => this.#handleFromApplication(message) };
  }

  /** From now on messages of other servers reach the sessions of this one. */
  start(): void {
    this.#others?.start((received) => this.#handleFromServer(received));
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
    const { name, place } = this.#parse(message.destination);
    const recipients = name === session.id ? thisSession(name) : sessionsOf(this.#registry.getUser(name));
    return this.#send({ message, mayNameSession: false }, place, recipients);
  }

  #handleFromApplication(message: Message): Awaitable<void> {
    if (message.type !== 'MESSAGE' || !this.#isUntranslated(message)) return;
    const { name, place } = this.#parse(message.destination);
    return this.#send({ message, mayNameSession: true }, place, this.#recipientsMeant(name, message.sessionId));
  }

  /** For the sessions of this server, and nobody else. Never fails. */
  #handleFromServer({ message, mayNameSession }: UserMessage): void {
    void whenSettled(
      () => {
        if (!this.#isUntranslated(message)) return;
        const { name, place } = this.#parse(message.destination);
        const recipients = mayNameSession
          ? this.#recipientsMeant(name, undefined)
          : sessionsOf(this.#registry.getUser(name));
        return this.#sendToSessions(recipients.here, place, message);
      },
      (error) => {
        if (error === undefined) return;
        const { destination } = message;
        this.#logger.warn('a message of another server could not be delivered', { destination, error });
      },
    );
  }

  /**
   * What was translated comes by again on `brokerChannel`. It may even begin with the prefix a second time (`/user/a/user/b/queue/x`), but
   * a translation of translations would multiply one frame of a client.
   */
  #isUntranslated(message: Message): message is Message & { readonly destination: string } {
    const { destination, userDestination } = message;
    return destination !== undefined && userDestination === undefined && this.handles(destination);
  }

  #send(sent: UserMessage, place: string, recipients: Recipients): Awaitable<void> {
    const { message } = sent;
    const { here, isOneSession } = recipients;
    if (this.#others && !isOneSession) return this.#sendEverywhere(this.#others, sent, place, recipients);
    if (here.length > 0) return this.#sendToSessions(here, place, message);
    this.#logger.debug('a message to a user who is not connected', { destination: message.destination });
  }

  #sendToSessions(sessionIds: readonly string[], place: string, message: Message): Awaitable<void> {
    const [first] = sessionIds;
    if (first === undefined) return;
    if (sessionIds.length === 1) return this.#sendTo(first, place, message);
    return allDone(sessionIds.map((sessionId) => () => this.#sendTo(sessionId, place, message)));
  }

  /**
   * Here first, then on the others, if any of them may have a session of the user. Whom nobody knows is offered to them all the same, as Spring does. The sender is
   * told of what fails unless it is known to concern nobody. While the others cannot be reached, a user who is here has got it: more of their sessions elsewhere,
   * come since, are not waited for.
   */
  #sendEverywhere(
    others: UserMessages,
    sent: UserMessage,
    place: string,
    { here, elsewhere }: Recipients,
  ): Awaitable<void> {
    const { message } = sent;
    const { knowsUsers } = others;
    if (message.reach && knowsUsers) message.reach.elsewhere = countSubscribed(elsewhere, this.#asSubscribed(place));
    const sendHere = (): Awaitable<void> => this.#sendToSessions(here, place, message);
    if (elsewhere.length > 0) return allDone([sendHere, () => others.send(sent)]);
    if (here.length > 0 && knowsUsers) return sendHere();
    if (here.length > 0 && others.isCutOff) {
      void this.#offer(others, sent);
      return sendHere();
    }
    return allDone([sendHere, () => (knowsUsers ? this.#offer(others, sent) : others.send(sent))]);
  }

  /** Never fails. */
  #offer(others: UserMessages, sent: UserMessage): Awaitable<void> {
    return whenSettled(
      () => others.send(sent),
      (error) => {
        if (error === undefined) return;
        const { destination } = sent.message;
        this.#logger.debug('a message to a user who may be nowhere else could not be sent to other servers', {
          destination,
          error,
        });
      },
    );
  }

  #parse(destination: string): { name: string; place: string } {
    const start = this.#prefix.length;
    const end = destination.indexOf('/', start);
    if (end > start) return { name: decodeName(destination.slice(start, end)), place: destination.slice(end) };
    const detail = `${destination} does not have the form ${this.#prefix}{name}/…`;
    throw new MessageRejectedError(detail, { code: 'DESTINATION_MALFORMED' });
  }

  #recipientsMeant(name: string, sessionId: string | undefined): Recipients {
    if (name === sessionId) return thisSession(name);
    const user = this.#registry.getUser(name);
    if (!user) return sessionItself(this.#registry.getSession(name));
    if (sessionId !== undefined && user.getSession(sessionId)) return thisSession(sessionId);
    return sessionsOf(user);
  }

  /** @param place the destination behind prefix and name, with its slash */
  #sendTo(sessionId: string, place: string, message: Message): Awaitable<void> {
    const destination = `${this.#removeLeadingSlash ? place.slice(1) : place}-user${sessionId}`;
    return this.#brokerChannel.send(message.with({ destination, userDestination: this.#asSubscribed(place) }));
  }

  /** As clients write it when they subscribe. */
  #asSubscribed(place: string): string {
    return this.#prefix.slice(0, -1) + place;
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

import { whenSettled } from '../foundation/awaitable.js';
import type { Clock } from '../foundation/clock.js';
import { MessageRejectedError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { ApplicationEvents } from '../events/application-events.js';
import {
  SessionConnectedEvent,
  SessionDisconnectEvent,
  SessionUnsubscribeEvent,
  SubscriptionActiveEvent,
} from '../events/session-events.js';
import { AnswerIds } from '../messaging/answer-ids.js';
import type { CompositeMessageConverter } from '../messaging/converters.js';
import { DestinationPattern, type DestinationSeparator } from '../messaging/destination-pattern.js';
import type { Message } from '../messaging/message.js';
import type { MessageChannel } from '../messaging/message-channel.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import type { SimpMessagingTemplate } from '../messaging/messaging-template.js';
import { type SessionContext, userNameOf } from '../messaging/session-context.js';
import type { ConnectedSessions, SessionObserver } from './connected-sessions.js';
import { DEFAULT_PRESENCE_DESTINATION, isPresenceDestination } from './presence-destination.js';
import { PresenceGroup, type PresenceType } from './presence-group.js';
import type { PresenceChange, PresentUsers } from './presence-messages.js';
import type { SimpSession } from './simp-user.js';

/** What presence is told to whom. */
export interface PresenceOptions {
  /** Where it is told who is connected; default `/topic/presence`. */
  readonly destination?: string;
  /** Whether it is told who is connected; default true. `false` leaves `subscribersOf`. */
  readonly connected?: boolean;
  /**
   * Patterns of broker destinations, such as `/topic/rooms/*`: who has subscribed to one that fits is told at `destination` followed by it,
   * `/topic/presence/topic/rooms/tea`. A subscription by a wildcard is in no room, and user destinations are nobody's business. Default none.
   */
  readonly subscribersOf?: readonly string[];
  /** Milliseconds a user may be gone before the others are told: a page that is reloaded then is no leave and no join. Default 0. */
  readonly leaveDelayMs?: number;
}

/** What presence is told with. */
export interface PresenceEnvironment {
  readonly events: ApplicationEvents;
  /** Of all servers; those of this one are told by `events`. */
  readonly connected: ConnectedSessions;
  readonly template: SimpMessagingTemplate;
  readonly converter: CompositeMessageConverter;
  readonly clientOutboundChannel: MessageChannel;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What parts the segments of the patterns. */
  readonly separator: DestinationSeparator;
  /** Whether who subscribes to it asks for several destinations. */
  readonly isPattern: (destination: string) => boolean;
}

interface EndedSubscription {
  readonly session: { readonly id: string };
  readonly subscriptionId: string;
}

interface PresentSession {
  readonly user: string;
  /** Destinations that are watched, by subscription id. */
  readonly watched: Map<string, string>;
}

/**
 * Who is connected, and who has subscribed to what, as an ordinary topic. Injectable when the option `presence` is set.
 *
 * A subscription to it is answered at once with `PresentUsers`; every `PresenceChange` follows in the order it happened. A client that
 * replaces its list by the first, and adds and removes by the others, is right at every moment. A user is named as in user
 * destinations; anonymous sessions are nobody. Clients cannot SEND to these destinations.
 *
 * With several servers it is about the sessions of all of them, and each server tells its own clients: as soon as it hears of a change, and of the end of a
 * server's sessions 20 to 30 s after that server's last word, if it took no leave.
 */
export class Presence implements MessageHandler {
  readonly #environment: PresenceEnvironment;
  readonly #destination: string;
  readonly #patterns: readonly DestinationPattern[];
  readonly #leaveDelayMs: number;
  readonly #sessions = new Map<string, PresentSession>();
  readonly #connected: PresenceGroup;
  readonly #isConnectedTold: boolean;
  /** By the destination subscribed to; those without anybody are not kept. */
  readonly #groups = new Map<string, PresenceGroup>();
  #listening: readonly (() => void)[] = [];
  readonly #ids = new AnswerIds();

  /** @throws ConfigurationError for a malformed pattern */
  constructor(options: PresenceOptions, environment: PresenceEnvironment) {
    this.#environment = environment;
    this.#destination = options.destination ?? DEFAULT_PRESENCE_DESTINATION;
    this.#patterns = (options.subscribersOf ?? []).map((pattern) =>
      DestinationPattern.compile(pattern, { separator: environment.separator }),
    );
    this.#leaveDelayMs = options.leaveDelayMs ?? 0;
    this.#isConnectedTold = options.connected ?? true;
    this.#connected = this.#createGroup(this.#isConnectedTold ? this.#destination : undefined);
  }

  /** The names of all users who are connected, in the order they came. */
  get users(): readonly string[] {
    return this.#connected.users;
  }

  /** Whether this user is connected. */
  has(user: string): boolean {
    return this.#connected.has(user);
  }

  /** The names of the users who have subscribed to a destination that fits `subscribersOf`; nobody for any other. */
  subscribersOf(destination: string): readonly string[] {
    return this.#groups.get(destination)?.users ?? [];
  }

  /** The destinations that fit `subscribersOf` and have a subscriber, in the order they got the first. */
  get destinations(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** From now on presence follows what happens. */
  start(): void {
    const { connected, events } = this.#environment;
    const name = 'Presence';
    this.#listening = [
      events.on(SessionConnectedEvent, ({ session }) => this.#connect(session), { name }),
      events.on(SubscriptionActiveEvent, (event) => this.#subscribe(event), { name }),
      events.on(SessionUnsubscribeEvent, (event) => this.#unsubscribe(event), { name }),
      events.on(SessionDisconnectEvent, ({ session }) => this.#disconnect(session), { name }),
      connected.observe(this.#othersObserver()),
    ];
  }

  /** Follows and tells nothing any more: when all sessions end, every one of them would be told of every other. */
  stop(): void {
    for (const off of this.#listening) off();
    for (const group of [this.#connected, ...this.#groups.values()]) group.stop();
  }

  /** On `clientInboundChannel`, before the broker. @throws MessageRejectedError `ACCESS_DENIED` for a SEND to presence */
  handleMessage({ type, destination, sessionId }: Message): void {
    if (type !== 'MESSAGE' || destination === undefined || !this.#isOwn(destination)) return;
    const detail = `session ${sessionId} sent to ${destination}, where only the server tells who is present`;
    throw new MessageRejectedError(detail, { code: 'ACCESS_DENIED' });
  }

  /** For the sessions of other servers, of which there are no events here. */
  #othersObserver(): SessionObserver {
    const isElsewhere = ({ server }: SimpSession): boolean => server !== undefined;
    return {
      onConnected: (session) => {
        if (isElsewhere(session) && session.user) this.#enter(session.id, session.user.name);
      },
      onSubscribed: ({ id, destination, session }) => {
        if (isElsewhere(session)) this.#watch(session.id, id, destination);
      },
      onUnsubscribed: ({ id, session }) => {
        if (isElsewhere(session)) this.#unsubscribe({ session, subscriptionId: id });
      },
      onDisconnected: (session) => {
        if (isElsewhere(session)) this.#disconnect(session);
      },
    };
  }

  #connect({ id, user }: SessionContext): void {
    if (user) this.#enter(id, userNameOf(user));
  }

  #enter(sessionId: string, user: string): void {
    this.#sessions.set(sessionId, { user, watched: new Map() });
    this.#connected.enter(user);
  }

  #subscribe(event: SubscriptionActiveEvent): void {
    const { session, subscriptionId, destination } = event;
    if (this.#isOwn(destination)) return this.#answer(event);
    this.#watch(session.id, subscriptionId, destination);
  }

  #watch(sessionId: string, subscriptionId: string, destination: string): void {
    const present = this.#sessions.get(sessionId);
    if (!present || !this.#isWatched(destination)) return;
    present.watched.set(subscriptionId, destination);
    this.#groupOf(destination).enter(present.user);
  }

  #unsubscribe({ session, subscriptionId }: EndedSubscription): void {
    const present = this.#sessions.get(session.id);
    const destination = present?.watched.get(subscriptionId);
    if (!present || destination === undefined) return;
    present.watched.delete(subscriptionId);
    this.#groups.get(destination)?.leave(present.user);
  }

  #disconnect({ id }: { readonly id: string }): void {
    const present = this.#sessions.get(id);
    if (!present) return;
    this.#sessions.delete(id);
    for (const destination of present.watched.values()) this.#groups.get(destination)?.leave(present.user);
    this.#connected.leave(present.user);
  }

  /** Straight to the subscription that asked: who is here is the beginning of what it is told. */
  #answer({ session, subscriptionId, destination, ticket }: SubscriptionActiveEvent): void {
    const users = this.#usersToldAt(destination);
    if (!users) return;
    const { converter, clientOutboundChannel, logger } = this.#environment;
    const list: PresentUsers = { type: 'present', users, at: this.#now() };
    const id = this.#ids.next();
    void whenSettled(
      () =>
        clientOutboundChannel.send(
          converter.toMessage(list, { type: 'MESSAGE', destination, session, subscriptionId, ticket, id }),
        ),
      (error) => {
        if (error !== undefined) logger.debug('who is present was not told', { destination, error });
      },
    );
  }

  /** `undefined` for a wildcard, or for what nothing is told of. */
  #usersToldAt(destination: string): readonly string[] | undefined {
    if (destination === this.#destination) return this.#isConnectedTold ? this.#connected.users : undefined;
    const rest = destination.slice(this.#destination.length);
    const subscribed = rest.startsWith('/') ? rest : rest.slice(1);
    return this.#isWatched(subscribed) ? this.subscribersOf(subscribed) : undefined;
  }

  #groupOf(destination: string): PresenceGroup {
    const known = this.#groups.get(destination);
    if (known) return known;
    // A destination without leading slash is one of a broker whose names have none: `topic.presence.topic.rooms.tea`.
    const group = this.#createGroup(
      `${this.#destination}${destination.startsWith('/') ? '' : '.'}${destination}`,
      () => {
        if (group.isEmpty) this.#groups.delete(destination);
      },
    );
    this.#groups.set(destination, group);
    return group;
  }

  #createGroup(destination: string | undefined, onChanged: () => void = () => undefined): PresenceGroup {
    const { clock, template } = this.#environment;
    const onChange = (type: PresenceType, user: string): void => {
      onChanged();
      if (destination === undefined) return;
      const change: PresenceChange = { type, user, at: this.#now() };
      void template.convertAndSend(destination, change); // a failure is logged by the template
    };
    return new PresenceGroup({ clock, leaveDelayMs: this.#leaveDelayMs, onChange });
  }

  /**
   * Presence of presence is nothing anybody asked for; a wildcard is no place where somebody could be met; and a user destination, which all ask for by one
   * name, is another place for each of them.
   */
  #isWatched(destination: string): boolean {
    if (this.#isOwn(destination) || this.#environment.isPattern(destination)) return false;
    if (destination.startsWith(`${this.#environment.template.userDestinationPrefix}/`)) return false;
    return this.#patterns.some((pattern) => pattern.matches(destination));
  }

  #isOwn(destination: string): boolean {
    return isPresenceDestination(destination, this.#destination);
  }

  #now(): string {
    return new Date(this.#environment.clock.wallTime()).toISOString();
  }
}

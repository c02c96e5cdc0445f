import { type Awaitable, DONE, isPromise } from '../foundation/awaitable.js';
import { ApplicationError } from '../foundation/application-error.js';
import { asError, isError, textOf } from '../foundation/error-text.js';
import { MessageDeliveryError, MessageRejectedError, TreadleError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { CompositeMessageConverter } from './converters.js';
import { Message } from './message.js';
import type { MessageChannel } from './message-channel.js';
import { type HeaderRecord, NativeHeaders } from './native-headers.js';
import { Reach } from './reach.js';
import { type MessagePostProcessor, readSendOptions, type SendOptions } from './send-options.js';
import { type Principal, type SessionContext, userNameOf } from './session-context.js';

/** What a template needs; the application fills it. */
export interface MessagingTemplateOptions {
  readonly channel: MessageChannel;
  readonly converter: CompositeMessageConverter;
  readonly logger: Logger;
  /** Default `/user`. */
  readonly userDestinationPrefix?: string;
}

interface PublishOptions {
  readonly session?: Message['session'];
  readonly flow?: Message['flow'];
  readonly message?: Message;
}

/** How far a message to a user got. */
export interface UserReach {
  /**
   * Sessions of the user on this server that had a live subscription to the destination when the message was published; `0` when the
   * user is not connected or listens elsewhere. Not a proof that the client has read it.
   */
  readonly sessions: number;
  /**
   * Sessions of the user on other servers that had subscribed to the destination by its very name, as far as this server knew: it may be moments behind, and counts
   * no wildcard. The message was sent to them, and to servers that might have others. Left out where servers do not tell each other who is connected.
   */
  readonly elsewhere?: number | undefined;
}

/**
 * Publishes from anywhere in the application: inject it (Spring: `SimpMessagingTemplate`).
 *
 * Every method resolves when the broker has accepted the message for all its receivers. It rejects with the `TreadleError` or `ApplicationError` of
 * whoever refused the message or could not convert it, or with a `MessageDeliveryError` (`DELIVERY_FAILED`) whose `cause` is whatever
 * else was thrown on the way. Messages sent one after the other, awaited or not, are published in that order. A
 * rejection that nobody awaits is logged and does not end the process.
 */
export class SimpMessagingTemplate {
  /** Used when a call names no destination. */
  defaultDestination: string | undefined;
  readonly #channel: MessageChannel;
  readonly #converter: CompositeMessageConverter;
  readonly #logger: Logger;
  readonly #userDestinationPrefix: string;

  constructor(options: MessagingTemplateOptions) {
    this.#channel = options.channel;
    this.#converter = options.converter;
    this.#logger = options.logger;
    this.#userDestinationPrefix = options.userDestinationPrefix ?? '/user';
  }

  /** Sends a message whose payload is octets already, to its own destination or the default one. */
  send(message: Message): Promise<void>;
  /** Sends a message to `destination`. */
  send(destination: string, message: Message): Promise<void>;
  send(first: string | Message, second?: Message): Promise<void> {
    return this.#accepted(() => {
      const message = typeof first === 'string' ? second?.with({ destination: first }) : first;
      if (!message) throw new MessageRejectedError('send(destination, message) was called without a message');
      if (message.destination !== undefined) return this.#channel.send(message);
      return this.#channel.send(message.with({ destination: this.#requireDefaultDestination() }));
    });
  }

  /**
   * Converts `payload` and publishes it: objects as JSON, strings as text, `Uint8Array` as octets, unless a `content-type` header
   * asks for something else.
   * @param headers wire headers that every receiver sees
   * @param postProcessor changes the message when it is converted, before it is sent
   */
  convertAndSend(
    destination: string,
    payload: unknown,
    headers?: HeaderRecord | NativeHeaders,
    postProcessor?: MessagePostProcessor,
  ): Promise<void>;
  /** `convertAndSend` with a post-processor alone. */
  convertAndSend(destination: string, payload: unknown, postProcessor: MessagePostProcessor): Promise<void>;
  /** `convertAndSend` with its extras by name. */
  convertAndSend(destination: string, payload: unknown, options: SendOptions): Promise<void>;
  // Without rest parameters: this is a hot path, and they cost an array and a spread per message.
  convertAndSend(
    destination: string,
    payload: unknown,
    first?: Extras[0],
    postProcessor?: MessagePostProcessor,
  ): Promise<void> {
    return this.#accepted(() =>
      this.#publish(requireText(destination, 'destination'), payload, readSendOptions(first, postProcessor)),
    );
  }

  /** `convertAndSend` to `defaultDestination`. @throws MessageRejectedError when none is set */
  convertAndSendToDefault(
    payload: unknown,
    headers?: HeaderRecord | NativeHeaders,
    postProcessor?: MessagePostProcessor,
  ): Promise<void>;
  /** `convertAndSendToDefault` with a post-processor alone. */
  convertAndSendToDefault(payload: unknown, postProcessor: MessagePostProcessor): Promise<void>;
  /** `convertAndSendToDefault` with its extras by name. */
  convertAndSendToDefault(payload: unknown, options: SendOptions): Promise<void>;
  convertAndSendToDefault(payload: unknown, ...extras: Extras): Promise<void> {
    return this.#accepted(() => this.#publish(this.#requireDefaultDestination(), payload, readSendOptions(...extras)));
  }

  /**
   * Publishes to every session of a user that subscribed to `/user` + `destination`, on all servers, and tells how many that were. A user who is
   * not connected is no error: the message is gone; one who is connected to a server that cannot be reached is `BROKER_UNAVAILABLE`; a user or destination that is empty, or none at all, is `DESTINATION_MALFORMED`.
   * @param user the principal, or its name (`destinationUserName` where it has one); the name may hold any character
   * @param destination such as `/queue/errors`
   */
  convertAndSendToUser(
    user: string | Principal,
    destination: string,
    payload: unknown,
    headers?: HeaderRecord | NativeHeaders,
    postProcessor?: MessagePostProcessor,
  ): Promise<UserReach>;
  /** `convertAndSendToUser` with a post-processor alone. */
  convertAndSendToUser(
    user: string | Principal,
    destination: string,
    payload: unknown,
    postProcessor: MessagePostProcessor,
  ): Promise<UserReach>;
  /** `convertAndSendToUser` with its extras by name. */
  convertAndSendToUser(
    user: string | Principal,
    destination: string,
    payload: unknown,
    options: SendOptions,
  ): Promise<UserReach>;
  convertAndSendToUser(
    user: string | Principal,
    destination: string,
    payload: unknown,
    ...extras: Extras
  ): Promise<UserReach> {
    const reach = new Reach();
    const sent = this.#accepted(() => {
      const name = typeof user === 'string' ? user : nameOf(user);
      const target = this.userDestination(requireText(name, 'user'), requireText(destination, 'destination'));
      return this.#publish(target, payload, readSendOptions(...extras), reach);
    });
    const reached = sent.then((): UserReach => reach);
    reached.catch(() => undefined); // `sent` has been logged already
    return reached;
  }

  /** What begins user destinations: `/user`. */
  get userDestinationPrefix(): string {
    return this.#userDestinationPrefix;
  }

  /** The broker-side address of a user's destination: `/user/{name}/queue/errors`, the name percent-encoded where needed. */
  userDestination(user: string, destination: string): string {
    // Only `/` would be misread and only `%` makes the encoding ambiguous (Spring encodes `/` alone and refuses `%2F`).
    const name = user.replaceAll('%', '%25').replaceAll('/', '%2F');
    return `${this.#userDestinationPrefix}/${name}${destination.startsWith('/') ? '' : '/'}${destination}`;
  }

  /** `userDestination` of the user of a session; an anonymous session is its own user, named by its id. */
  sessionUserDestination({ user, id }: SessionContext, destination: string): string {
    return this.userDestination(user ? userNameOf(user) : id, destination);
  }

  /**
   * How many octets a payload is written as, without sending it.
   * @throws MessageConversionError `PAYLOAD_UNWRITABLE`
   */
  octetsOf(payload: unknown): number {
    return this.#converter.toMessage(payload, { type: 'MESSAGE' }).payload.length;
  }

  /**
   * As `convertAndSend`, without a promise where none is needed and with errors as they are: for the framework's own hot path.
   * @param options `session` marks the message as an answer within that session; `flow` learns which receivers are behind; `message` is what
   *   it was caused by, whose sender is its sender. The call of a handler has the last two.
   */
  publish(destination: string, payload: unknown, headers: NativeHeaders, options?: PublishOptions): Awaitable<void> {
    const session = options?.session;
    const flow = options?.flow;
    const senderId = options?.message?.senderId;
    return this.#channel.send(
      this.#converter.toMessage(payload, { type: 'MESSAGE', destination, headers, session, senderId, flow }),
    );
  }

  #publish(
    destination: string,
    payload: unknown,
    { headers, postProcessor }: SendOptions,
    reach?: Reach,
  ): Awaitable<void> {
    const plain = this.#converter.toMessage(payload, {
      type: 'MESSAGE',
      destination,
      headers: NativeHeaders.of(headers),
    });
    const message = postProcessor ? postProcessor(plain) : plain;
    return this.#channel.send(reach ? message.with({ reach }) : message);
  }

  #accepted(send: () => Awaitable<void>): Promise<void> {
    try {
      const result = send();
      return isPromise(result) ? this.#observed(result) : DONE;
    } catch (error) {
      return this.#observed(Promise.reject(asError(error)));
    }
  }

  /** A caller who does not await must still leave a trace, and must not crash the process. */
  #observed(sent: Promise<void>): Promise<void> {
    const promise = sent.catch((error: unknown) => {
      throw deliveryErrorOf(error);
    });
    promise.catch((error: unknown) => {
      const code = isError(error) && error instanceof TreadleError ? error.code : undefined;
      this.#logger.warn('a message of the application was not accepted', { code, error });
    });
    return promise;
  }

  #requireDefaultDestination(): string {
    if (this.defaultDestination !== undefined) return this.defaultDestination;
    throw new MessageRejectedError(
      'the message has no destination and SimpMessagingTemplate.defaultDestination is not set',
    );
  }
}

type Extras = readonly [
  headersOrOptions?: HeaderRecord | NativeHeaders | SendOptions | MessagePostProcessor,
  postProcessor?: MessagePostProcessor,
];

/** JavaScript gives anything, a lookup that found nobody for example. */
function nameOf(user: Principal | null | undefined): string | undefined {
  return user ? userNameOf(user) : undefined;
}

/** @throws MessageRejectedError `DESTINATION_MALFORMED`, as for a text that is empty */
function requireText(given: unknown, what: 'user' | 'destination'): string {
  if (typeof given === 'string' && given !== '') return given;
  const found = given === '' ? 'empty' : String(given);
  throw new MessageRejectedError(`the ${what} given to the template is ${found}`, { code: 'DESTINATION_MALFORMED' });
}

/** What the framework or the application refuses says why by its code; whatever else was thrown is told under one code (Spring: `MessageDeliveryException`). */
function deliveryErrorOf(thrown: unknown): TreadleError | ApplicationError {
  const error = asError(thrown);
  if (error instanceof TreadleError || error instanceof ApplicationError) return error;
  return new MessageDeliveryError(`the message could not be delivered: ${textOf(error)}`, { cause: error });
}

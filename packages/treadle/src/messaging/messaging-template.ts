import { type Awaitable, DONE, isPromise } from '../foundation/awaitable.js';
import { asError, isError } from '../foundation/error-text.js';
import { MessageRejectedError, TreadleError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { CompositeMessageConverter } from './converters.js';
import { Message } from './message.js';
import type { MessageChannel } from './message-channel.js';
import { type HeaderRecord, NativeHeaders } from './native-headers.js';

/** Last change to a message before it is sent (Spring: `MessagePostProcessor`). */
export type MessagePostProcessor = (message: Message) => Message;

/** What a template needs; the application fills it. */
export interface MessagingTemplateOptions {
  readonly channel: MessageChannel;
  readonly converter: CompositeMessageConverter;
  readonly logger: Logger;
  /** Default `/user`. */
  readonly userDestinationPrefix?: string;
}

/**
 * Publishes from anywhere in the application: inject it (Spring: `SimpMessagingTemplate`).
 *
 * Every method resolves when the broker has accepted the message for all its receivers, and rejects when it was refused or could
 * not be converted. Messages sent one after the other, awaited or not, are published in that order. A rejection that nobody
 * awaits is logged and does not end the process.
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
   */
  convertAndSend(
    destination: string,
    payload: unknown,
    headers?: HeaderRecord | NativeHeaders,
    postProcessor?: MessagePostProcessor,
  ): Promise<void> {
    return this.#accepted(() => this.publish(destination, payload, NativeHeaders.of(headers), { postProcessor }));
  }

  /** `convertAndSend` to `defaultDestination`. @throws MessageRejectedError when none is set */
  convertAndSendToDefault(
    payload: unknown,
    headers?: HeaderRecord,
    postProcessor?: MessagePostProcessor,
  ): Promise<void> {
    return this.#accepted(() =>
      this.publish(this.#requireDefaultDestination(), payload, NativeHeaders.of(headers), { postProcessor }),
    );
  }

  /**
   * Publishes to every session of a user that subscribed to `/user` + `destination`.
   * @param user the name of the `Principal`; may hold any character
   * @param destination such as `/queue/errors`
   */
  convertAndSendToUser(
    user: string,
    destination: string,
    payload: unknown,
    headers?: HeaderRecord | NativeHeaders,
    postProcessor?: MessagePostProcessor,
  ): Promise<void> {
    return this.#accepted(() =>
      this.publish(this.userDestination(user, destination), payload, NativeHeaders.of(headers), { postProcessor }),
    );
  }

  /** The broker-side address of a user's destination: `/user/{name}/queue/errors`, the name percent-encoded where needed. */
  userDestination(user: string, destination: string): string {
    // Only `/` would be misread and only `%` makes the encoding ambiguous (Spring encodes `/` alone and refuses `%2F`).
    const name = user.replaceAll('%', '%25').replaceAll('/', '%2F');
    return `${this.#userDestinationPrefix}/${name}${destination.startsWith('/') ? '' : '/'}${destination}`;
  }

  /**
   * As `convertAndSend`, without a promise where none is needed: for the framework's own hot path.
   * @param options `session` marks the message as an answer within that session
   */
  publish(
    destination: string,
    payload: unknown,
    headers: NativeHeaders,
    options?: {
      readonly session?: Message['session'];
      readonly postProcessor?: MessagePostProcessor | undefined;
    },
  ): Awaitable<void> {
    const message = this.#converter.toMessage(payload, {
      type: 'MESSAGE',
      destination,
      headers,
      session: options?.session,
    });
    return this.#channel.send(options?.postProcessor ? options.postProcessor(message) : message);
  }

  #accepted(send: () => Awaitable<void>): Promise<void> {
    try {
      const result = send();
      return isPromise(result) ? this.#logged(result) : DONE;
    } catch (error) {
      return this.#logged(Promise.reject(asError(error)));
    }
  }

  /** A caller who does not await must still leave a trace, and must not crash the process. */
  #logged(promise: Promise<void>): Promise<void> {
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

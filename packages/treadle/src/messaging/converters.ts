import { ConfigurationError, MessageConversionError } from '../foundation/errors.js';
import { ByteArrayMessageConverter } from './converters/byte-array-message-converter.js';
import { JSON_TYPE, OCTETS, TEXT } from './converters/content-type.js';
import type { JsonCodec } from './converters/json-codec.js';
import { JsonMessageConverter } from './converters/json-message-converter.js';
import { StringMessageConverter } from './converters/string-message-converter.js';
import { type CompleteMessageInit, Message, type MessageInit } from './message.js';
import type { ConvertedPayload, MessageConverter } from './message-converter.js';
import { NativeHeaders } from './native-headers.js';

/** Headers of answers that have no others, made once. */
const ONLY_CONTENT_TYPE = new Map(
  [TEXT, JSON_TYPE, OCTETS].map((type) => [type, new NativeHeaders(['content-type', type])] as const),
);

/** How payloads are converted. */
export interface MessageConverterOptions {
  /** Your own converters, asked first and in this order; default none. */
  readonly own?: readonly MessageConverter[] | undefined;
  /**
   * Whether text, octets and JSON are asked behind them; default true. With `false` nothing but `own` is: those of the framework may be
   * listed there, in another order.
   */
  readonly defaults?: boolean | undefined;
  /**
   * The content type of an incoming message that has none, or what finds it out; default: JSON where it is any, else text
   * (Spring: `DefaultContentTypeResolver`).
   */
  readonly defaultContentType?: string | ((message: Message) => string | undefined) | undefined;
  /** Whether a message without content type is `PAYLOAD_UNREADABLE`, unless `defaultContentType` gives it one. Default false. */
  readonly strictContentType?: boolean | undefined;
  /** What reads and writes JSON; default: the language's `JSON`, which writes a `Set` as a list and a `Map` as an object besides. */
  readonly json?: JsonCodec | undefined;
}

/**
 * Asks converters in order, the application's own first, then text, octets and JSON; the first that takes the message counts
 * (Spring: `CompositeMessageConverter`).
 */
export class CompositeMessageConverter {
  /** In the order they are asked. */
  readonly converters: readonly MessageConverter[];
  readonly #isStrict: boolean;
  readonly #defaultContentType: MessageConverterOptions['defaultContentType'];

  /** @throws ConfigurationError when no converter is left */
  constructor(given: readonly MessageConverter[] | MessageConverterOptions = {}) {
    const options: MessageConverterOptions = isList(given) ? { own: given } : given;
    const { own = [], defaults = true, json } = options;
    const others = [new StringMessageConverter(), new ByteArrayMessageConverter(), new JsonMessageConverter(json)];
    this.converters = defaults ? [...own, ...others] : own;
    this.#isStrict = options.strictContentType ?? false;
    this.#defaultContentType = options.defaultContentType;
    if (this.converters.length > 0) return;
    throw new ConfigurationError({
      location: 'messageConverters',
      problem: 'it leaves no converter',
      cure: 'give `own` ones, or drop `defaults: false` to have text, octets and JSON',
    });
  }

  /**
   * The value of a message's payload.
   * @param target `String` gives the text, `Uint8Array` or `Buffer` the octets, any other class the parsed JSON (a plain value, not yet
   *   an instance), `undefined` what the content type says: JSON, text or octets; without one JSON if it is any, else the text
   * @throws MessageConversionError `PAYLOAD_UNREADABLE` when it is broken or no converter takes its content type
   */
  fromMessage(message: Message, target: unknown): unknown {
    const typed = this.#withContentType(message);
    for (const converter of this.converters) {
      const value = converter.fromMessage(typed, target);
      if (value !== undefined) return value;
    }
    throw new MessageConversionError(
      'PAYLOAD_UNREADABLE',
      `no converter reads the content type '${typed.contentType ?? ''}' as ${nameOf(target)}: ` +
        `send ${target === String ? 'text/plain' : JSON_TYPE}, or register a MessageConverter`,
    );
  }

  /**
   * A message with `payload` as octets. Its `content-type` is set only when `init.headers` has none; when it has one, that decides how
   * the payload is written.
   * @throws MessageConversionError `PAYLOAD_UNWRITABLE` for what its type cannot express: cycles, bigint, functions, `undefined`
   */
  toMessage(payload: unknown, init: Omit<MessageInit<Uint8Array>, 'payload'>): Message {
    const { headers = NativeHeaders.EMPTY } = init;
    const chosen = headers.get('content-type');
    const { octets, contentType } = this.#toOctets(payload, chosen);
    const isSettled = chosen !== undefined || contentType === undefined;
    // Written out, because spreading `init` costs more than all the rest.
    return new Message({
      type: init.type,
      payload: octets,
      destination: init.destination,
      headers: isSettled ? headers : withContentType(headers, contentType),
      session: init.session,
      senderId: init.senderId,
      subscriptionId: init.subscriptionId,
      id: init.id,
      userDestination: init.userDestination,
      turn: init.turn,
      reach: init.reach,
      flow: init.flow,
      ticket: init.ticket,
      acknowledgement: init.acknowledgement,
    } satisfies CompleteMessageInit<Uint8Array>);
  }

  #withContentType(message: Message): Message {
    if (!this.#isStrict && this.#defaultContentType === undefined) return message;
    if (message.contentType !== undefined) return message;
    const standard = this.#defaultContentType;
    const contentType = typeof standard === 'function' ? standard(message) : standard;
    if (contentType !== undefined) return message.with({ headers: message.headers.with('content-type', contentType) });
    if (!this.#isStrict) return message;
    throw new MessageConversionError('PAYLOAD_UNREADABLE', 'the message has no content-type, and one is required');
  }

  #toOctets(payload: unknown, contentType: string | undefined): ConvertedPayload {
    for (const converter of this.converters) {
      const converted = converter.toOctets(payload, contentType);
      if (converted) return converted;
    }
    throw new MessageConversionError(
      'PAYLOAD_UNWRITABLE',
      `no converter writes a payload of type ${typeof payload} as '${contentType ?? ''}'`,
    );
  }
}

// Array.isArray does not tell a readonly array from the rest of a union.
function isList(given: readonly MessageConverter[] | MessageConverterOptions): given is readonly MessageConverter[] {
  return Array.isArray(given);
}

function withContentType(headers: NativeHeaders, contentType: string): NativeHeaders {
  const only = headers.list.length === 0 ? ONLY_CONTENT_TYPE.get(contentType) : undefined;
  return only ?? headers.with('content-type', contentType);
}

function nameOf(target: unknown): string {
  return typeof target === 'function' ? target.name : 'any value';
}

import { isPromise } from '../../foundation/awaitable.js';
import { MessageConversionError } from '../../foundation/errors.js';
import { type HeaderRecord, NativeHeaders } from '../../messaging/native-headers.js';

/** One place a reply goes to. */
export type ReplyDestination =
  | { readonly kind: 'destination'; readonly destination: string }
  | { readonly kind: 'user'; readonly destination: string; readonly broadcast: boolean };

/** Which sessions of the user a reply goes to. */
export interface ReplyToUserOptions {
  /** Whether all sessions of the user get it, or only the one that asked. Default true. */
  readonly broadcast?: boolean;
}

/**
 * A result that says where it goes and with which headers: `return reply(order).to('/topic/orders').headers({ priority: 9 })`.
 *
 * With a destination it overrides the method's `@SendTo` and `@SendToUser`, without one it goes where the method's results go. Its headers
 * stand beside those copied from the request and win over them; a `content-type` among them decides how the payload is written. The
 * payload may be a stream: every item goes out like this. Several replies are a list of them, or the items of a generator.
 */
export function reply<T>(payload: T): Reply<T> {
  return new Reply(payload, [], NativeHeaders.EMPTY);
}

/** Made by `reply`; never changed: every method gives a new one. */
export class Reply<T = unknown> {
  readonly payload: T;
  /** Where it goes, in this order; none: where the method's results go. */
  readonly destinations: readonly ReplyDestination[];
  readonly nativeHeaders: NativeHeaders;

  /** @internal use `reply` */
  constructor(payload: T, destinations: readonly ReplyDestination[], nativeHeaders: NativeHeaders) {
    if (isPromise(payload)) throw new TypeError('reply(…) got a promise: await it first');
    this.payload = payload;
    this.destinations = destinations;
    this.nativeHeaders = nativeHeaders;
  }

  /** Also to these destinations, as they stand: `{variables}` are not filled in, for a handler has their values at hand. */
  to(...destinations: readonly string[]): Reply<T> {
    return this.#alsoTo(destinations.map((destination) => ({ kind: 'destination', destination })));
  }

  /** Also to the user who asked, at `/user` and this destination: every session of that user unless `broadcast` is false. */
  toUser(destination: string, { broadcast = true }: ReplyToUserOptions = {}): Reply<T> {
    return this.#alsoTo([{ kind: 'user', destination, broadcast }]);
  }

  /** Also to the session that asked and no other, at `/user` and this destination. */
  toSender(destination: string): Reply<T> {
    return this.toUser(destination, { broadcast: false });
  }

  /** With these wire headers too; one that is there already is replaced. */
  headers(headers: HeaderRecord | NativeHeaders): Reply<T> {
    return new Reply(this.payload, this.destinations, mergeHeaders(this.nativeHeaders, NativeHeaders.of(headers)));
  }

  /** The same for another payload. */
  withPayload<P>(payload: P): Reply<P> {
    return new Reply(payload, this.destinations, this.nativeHeaders);
  }

  /** A reply inside another payload would look sent and go nowhere. @throws MessageConversionError `PAYLOAD_UNWRITABLE` always */
  toJSON(): never {
    throw new MessageConversionError(
      'PAYLOAD_UNWRITABLE',
      'a reply(…) is no part of a payload: return it by itself, or a list of nothing but replies',
    );
  }

  #alsoTo(destinations: readonly ReplyDestination[]): Reply<T> {
    return new Reply(this.payload, [...this.destinations, ...destinations], this.nativeHeaders);
  }
}

/** Both; where they have the same name the second counts. */
export function mergeHeaders(first: NativeHeaders, second: NativeHeaders): NativeHeaders {
  if (first.list.length === 0) return second;
  if (second.list.length === 0) return first;
  return new NativeHeaders([...first.filter((name) => !second.has(name)).list, ...second.list]);
}

/** Whether a result is a list of replies; one that mixes them with anything else fails when it is written. */
export function isReplyList(value: object): value is readonly Reply[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => each instanceof Reply);
}

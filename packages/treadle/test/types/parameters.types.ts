import { z } from 'zod';
import {
  createParameterDecorator,
  DestinationVariable,
  Header,
  Headers,
  NativeHeaders,
  Payload,
  Principal,
  Session,
  SessionAttribute,
  SessionAttributes,
  type SessionContext,
  SessionId,
  Signal,
} from 'treadle';

class Order {
  tea!: string;
  quantity!: number;
}
class Bill {
  total!: number;
}
enum Size {
  Small = 'small',
  Large = 'large',
}
const orderSchema = z.object({ tea: z.string(), quantity: z.coerce.number() });
const Locale = createParameterDecorator(({ message }) => message.headers.get('accept-language') ?? 'en');
const Later = createParameterDecorator(async (_call, days: number) => Promise.resolve(new Date(days)));

interface OwnPrincipal extends Principal {
  readonly roles: readonly string[];
}

/** What fits compiles. */
export class Fitting {
  payloads(
    @Payload() _emitted: Order,
    @Payload(Order) _named: Order,
    @Payload([Order]) _list: Order[],
    @Payload([Order]) _readonlyList: readonly Order[],
    @Payload(Order, { required: false }) _optional: Order | undefined,
    @Payload({ path: 'order.lines[0]' }) _part: Order,
    @Payload(orderSchema) _schema: { tea: string; quantity: number },
    @Payload(orderSchema) _structurallyTheSame: Order,
    @Payload(String) _text: string,
    @Payload(Uint8Array) _octets: Uint8Array,
    @Payload(Object) _anything: Order,
    @Payload(Order) _unknown: unknown,
  ): void {}

  headers(
    @Header('a') _text: string,
    @Header('a') _number: number,
    @Header('a', Number) _named: number,
    @Header('a', { type: Size }) _size: Size,
    @Header('a', { required: false, type: Number }) _optional: number | undefined,
    @Header('a', { defaultValue: 7 }) _standIn: number,
    @Header('a', Array) _all: string[],
    @Header('a', [Number]) _allNumbers: number[],
    @Header('a', z.email()) _schema: string,
    @Headers() _headers: NativeHeaders,
    @Headers(Object) _record: Record<string, string>,
    @Headers(Map) _map: ReadonlyMap<string, string>,
  ): void {}

  variables(
    @DestinationVariable('a') _number: number,
    @DestinationVariable('a', Date) _date: Date,
    @DestinationVariable('a', { type: Size }) _size: Size,
  ): void {}

  session(
    @Principal() _principal: Principal,
    @Principal() _own: OwnPrincipal,
    @Principal() _optional: Principal | undefined,
    @Session() _session: SessionContext,
    @SessionId() _id: string,
    @SessionAttributes() _attributes: Map<string, unknown>,
    @SessionAttribute('order') _attribute: Order,
    @SessionAttribute<Order>('order', { required: false }) _optionalAttribute: Order | undefined,
    @Signal() _signal: AbortSignal,
    @Locale() _locale: string,
    @Later(3) _later: Date,
  ): void {}
}

/** What does not fit does not. */
export class Unfitting {
  payloads(
    // @ts-expect-error -- another class
    @Payload(Order) _class: Bill,
    // @ts-expect-error -- a list, not one
    @Payload([Order]) _list: Order,
    // @ts-expect-error -- one, not a list
    @Payload(Order) _one: Order[],
    // @ts-expect-error -- the schema gives something else
    @Payload(orderSchema) _schema: Bill,
    // @ts-expect-error -- the schema's output, not its input, must fit
    @Payload(z.string().transform(Number)) _output: string,
    // @ts-expect-error -- a payload that is not required may be missing
    @Payload(Order, { required: false }) _optional: Order,
    // @ts-expect-error -- text is no number
    @Payload(String) _text: number,
    // @ts-expect-error -- no payload becomes what is no class, schema or list
    @Payload('Order') _name: Order,
    // @ts-expect-error -- there is no such option
    @Payload(Order, { mandatory: true }) _misspelled: Order,
  ): void {}

  headers(
    // @ts-expect-error -- a number is not text
    @Header('a', Number) _named: string,
    // @ts-expect-error -- what is emitted of an enum is String, and any text would pass
    @Header('a') _size: Size,
    // @ts-expect-error -- a header that is not required may be missing
    @Header('a', { required: false, type: Number }) _optional: number,
    // @ts-expect-error -- no header becomes a class
    @Header('a', Order) _class: Order,
    // @ts-expect-error -- parameters have no names at run time, so headers do
    @Header() _unnamed: string,
    // @ts-expect-error -- all numbers, not one
    @Header('a', [Number]) _all: number,
    // @ts-expect-error -- headers are text
    @Headers(Object) _record: Record<string, number>,
  ): void {}

  variables(
    // @ts-expect-error -- a date is no number
    @DestinationVariable('a', Date) _date: number,
    // @ts-expect-error -- a variable has a name
    @DestinationVariable() _unnamed: string,
  ): void {}

  session(
    // @ts-expect-error -- an id is text
    @SessionId() _id: number,
    // @ts-expect-error -- an attribute that is not required may be missing
    @SessionAttribute<Order>('order', { required: false }) _attribute: Order,
    // @ts-expect-error -- a signal, not what makes one
    @Signal() _signal: AbortController,
    // @ts-expect-error -- what the function returns is text
    @Locale() _locale: number,
    // @ts-expect-error -- the function takes a number
    @Later('3') _given: Date,
    // @ts-expect-error -- what the promise gives, not the promise
    @Later(3) _promise: Promise<Date>,
  ): void {}
}

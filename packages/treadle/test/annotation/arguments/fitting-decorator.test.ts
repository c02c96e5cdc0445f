import { type } from 'arktype';
import { IsString } from 'class-validator';
import * as v from 'valibot';
import { z } from 'zod';
import type { HandlerParameterDecorator } from '../../../src/annotation/decorate';
import {
  Controller,
  createParameterDecorator,
  DestinationVariable,
  Header,
  Headers,
  MessageMapping,
  NativeHeaders,
  Payload,
  Session,
  SessionAttribute,
  SessionAttributes,
  type SessionContext,
  SessionId,
  Signal,
} from '../../../src/index';

class Dto {
  @IsString() name!: string;
}
class Longer extends Dto {
  @IsString() title!: string;
}
interface Named {
  readonly name: string;
}

enum Color {
  Red = 'red',
}
enum Level {
  Low,
}
const DIRECTION = { Up: 'up', Down: 'down' } as const;

type RoomId = string & { readonly room: true };

const nameOfZod = z.object({ name: z.string() });
const nameOfValibot = v.object({ name: v.string() });
const nameOfArktype = type({ name: 'string' });
const countOfText = z.string().transform(Number);
const later = z.string().refine(() => Promise.resolve(true));
const Locale = createParameterDecorator(() => 'en');
const Later = createParameterDecorator((_call, value: number) => Promise.resolve(value));

/** What it shows is that it compiles, and that every line below a `@ts-expect-error` does not: `tsc -p tsconfig.test.json` runs over it. */
abstract class Parameters<E> {
  classes(
    @Payload(Dto) _same: Dto,
    @Payload(Longer) _base: Dto,
    @Payload(Dto) _shape: Named,
    @Payload([Dto]) _list: Dto[],
    @Payload([Dto]) _readonlyList: readonly Named[],
    @Payload(Dto, { required: false }) _optional: Dto | undefined,
    @Payload(Dto, { defaultValue: () => new Dto() }) _default: Dto,
    @Payload([Dto], { defaultValue: [] }) _none: Dto[],
    @Payload(Object) _any: Dto,
    @Payload(Array) _items: Dto[],
    @Payload(String) _text: string,
    @Payload(String) _room: RoomId,
    @Payload(Uint8Array) _octets: Uint8Array,
    @Payload(Dto) _unknown: unknown,
    @Payload(String, { defaultValue: 'tea' }) _withDefault: string,
    @Payload(Dto, { required: false }) _last?: Dto,
  ) {}

  otherClasses(
    // @ts-expect-error -- a Dto is no Longer
    @Payload(Dto) _longer: Longer,
    // @ts-expect-error -- one is no list
    @Payload(Dto) _list: Dto[],
    // @ts-expect-error -- a list is not one
    @Payload([Dto]) _one: Dto,
    // @ts-expect-error -- it may be undefined
    @Payload(Dto, { required: false }) _optional: Dto,
    // @ts-expect-error -- it may be undefined, whatever is emitted
    @Payload({ required: false }) _emitted: Dto,
    // @ts-expect-error -- the default is a text
    @Payload(Number, { defaultValue: 'none' }) _default: number,
    // @ts-expect-error -- any text comes
    @Payload(String) _literal: 'a' | 'b',
    // @ts-expect-error -- any text comes, for String is what the compiler emits
    @Payload() _emittedLiteral: 'a' | 'b',
  ) {}

  schemas(
    @Payload(nameOfZod) _zod: Named,
    @Payload(nameOfValibot) _valibot: Named,
    @Payload(nameOfArktype) _arktype: Named,
    @Payload(nameOfZod, { required: false }) _optional: Named | undefined,
    @Payload(countOfText) _output: number,
    @Payload(later) _later: string,
    @Payload(z.array(nameOfZod)) _list: Named[],
    @Header('n', countOfText) _header: number,
    @DestinationVariable('n', v.pipe(v.string(), v.transform(Number))) _variable: number,
    @Header('n', type('string.integer.parse')) _integer: number,
    @Header('n', z.enum(['a', 'b'])) _literal: 'a' | 'b',
    @Header('n', z.string().optional()) _absent: string | undefined,
  ) {}

  otherSchemas(
    // @ts-expect-error -- there is no title
    @Payload(nameOfZod) _zod: Longer,
    // @ts-expect-error -- there is no title
    @Payload(nameOfValibot) _valibot: Longer,
    // @ts-expect-error -- there is no title
    @Payload(nameOfArktype) _arktype: Longer,
    // @ts-expect-error -- the output counts, not the input
    @Payload(countOfText) _input: string,
    // @ts-expect-error -- a number
    @Header('n', countOfText) _header: string,
    // @ts-expect-error -- a number
    @DestinationVariable('n', countOfText) _variable: string,
    // @ts-expect-error -- one more than the parameter knows
    @Header('n', z.enum(['a', 'b', 'c'])) _literal: 'a' | 'b',
    // @ts-expect-error -- it may be undefined
    @Header('n', z.string().optional()) _absent: string,
  ) {}

  headers(
    @Header('n') _text: string,
    @Header('n') _number: number,
    @Header('n') _date: Date,
    @Header('n') _list: string[],
    @Header('n') _room: RoomId,
    @Header('n', Number) _named: number,
    @Header('n', { type: Number }) _inOptions: number,
    @Header('n', Number, { required: false }) _optional: number | undefined,
    @Header('n', { type: Color }) _color: Color,
    @Header('n', { type: Level }) _level: Level,
    @Header('n', { type: DIRECTION }) _direction: 'up' | 'down',
    @Header('n', { type: Color, defaultValue: Color.Red }) _defaultColor: Color,
    @Header('n', { type: Color, defaultValue: 'red' }) _defaultText: Color,
    @Header('n', { defaultValue: 5 }) _default: number,
    @Header('n', { defaultValue: '5' }) _converted: number,
    @Header('n', [Number]) _numbers: number[],
    @Header('n', { type: [Color] }) _colors: Color[],
    @Header('n', Array) _texts: string[],
    @Headers() _all: NativeHeaders,
    @Headers(Map) _map: Map<string, string>,
    @Headers(Object) _record: Record<string, string>,
    @DestinationVariable('n', BigInt) _variable: bigint,
    @DestinationVariable('n', { type: Color }) _variableColor: Color,
    @Header('n', { required: false }) _last?: number,
  ) {}

  otherHeaders(
    // @ts-expect-error -- a number
    @Header('n', Number) _named: string,
    // @ts-expect-error -- a number
    @Header('n', { type: Number }) _inOptions: string,
    // @ts-expect-error -- it may be undefined
    @Header('n', Number, { required: false }) _optional: number,
    // @ts-expect-error -- it may be undefined, whatever is emitted
    @Header('n', { required: false }) _emitted: string,
    // @ts-expect-error -- any text comes, for String is what the compiler emits
    @Header('n') _literal: 'a' | 'b',
    // @ts-expect-error -- any number comes, for Number is what the compiler emits
    @Header('n') _level: Level,
    // @ts-expect-error -- texts, for Array is what the compiler emits
    @Header('n') _numbers: number[],
    // @ts-expect-error -- another enum
    @Header('n', { type: Color }) _color: Level,
    // @ts-expect-error -- the default is a number
    @Header('n', { defaultValue: 5 }) _default: boolean,
    // @ts-expect-error -- a list
    @Header('n', [Number]) _one: number,
    // @ts-expect-error -- a Map
    @Headers(Map) _map: NativeHeaders,
    // @ts-expect-error -- a number
    @DestinationVariable('n', Number) _variable: string,
    // @ts-expect-error -- it may be undefined
    @DestinationVariable('n', Number, { required: false }) _maybe: number,
  ) {}

  calls(
    @Session() _session: SessionContext,
    @SessionId() _id: string,
    @SessionAttributes() _attributes: Map<string, unknown>,
    @SessionAttribute('x') _any: Dto,
    @SessionAttribute<Dto>('x') _named: Dto,
    @SessionAttribute<Dto>('x', { required: false }) _optional: Dto | undefined,
    @SessionAttribute('x', { defaultValue: 0 }) _default: number,
    @Signal() _signal: AbortSignal,
    @Locale() _locale: string,
    @Later(3) _later: number,
  ) {}

  otherCalls(
    // @ts-expect-error -- text
    @SessionId() _id: number,
    // @ts-expect-error -- another class
    @SessionAttribute<Dto>('x') _named: Longer,
    // @ts-expect-error -- it may be undefined
    @SessionAttribute<Dto>('x', { required: false }) _optional: Dto,
    // @ts-expect-error -- text
    @Locale() _locale: number,
    // @ts-expect-error -- what the promise is of
    @Later(3) _later: string,
    // @ts-expect-error -- its own parameter
    @Later('3') _wrong: number,
  ) {}

  beside(@Payload(Dto) _dto: Dto, _generic: E, @Payload(Object) _any: E) {}

  // Private and protected methods cannot be seen from outside.
  protected hidden(@Payload(Dto) _longer: Longer) {}
}

// A decorator that is kept or passed on is one of any parameter.
const kept: readonly HandlerParameterDecorator[] = [Payload(Dto), Header('n', Number), Locale()];

describe('decorators that fit their parameters', () => {
  test('may be applied by hand to anything', () => {
    @Controller()
    class ByHand {
      @MessageMapping('/in') handle(_value: unknown) {}
    }

    for (const decorate of kept) expect(() => decorate(ByHand.prototype, 'handle', 0)).not.toThrow();

    expect(Parameters.name).toBe('Parameters');
  });
});

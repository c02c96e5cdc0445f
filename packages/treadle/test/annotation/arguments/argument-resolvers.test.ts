import { IsString, Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import {
  Controller,
  DestinationVariable,
  Header,
  Headers,
  MessageMapping,
  Payload,
  Principal,
  SubscribeMapping,
} from '../../../src/index';
import { Message } from '../../../src/messaging/message';
import { NativeHeaders } from '../../../src/messaging/native-headers';
import { failureOf, Fixture, type Given, sessionOf } from '../fixture';

class Dto {
  @IsString() name!: string;
}

/** Every method keeps its arguments, so that a test can look at them. */
@Controller()
class Arguments {
  seen: readonly unknown[] = [];

  @MessageMapping('/header') header(@Header('page') page: string) {
    this.seen = [page];
  }
  @MessageMapping('/header/optional') optional(@Header('page', { required: false }) page?: string) {
    this.seen = [page];
  }
  @MessageMapping('/header/default') withDefault(
    @Header('page', { defaultValue: '1' }) page: number,
    @Header('flag', { defaultValue: false }) flag: boolean,
  ) {
    this.seen = [page, flag];
  }
  @MessageMapping('/header/types') types(
    @Header('n') n: number,
    @Header('b') b: boolean,
    @Header('i') i: bigint,
    @Header('all') all: string[],
    @Header('union', String) union: string | number,
    @Header('named', { type: Number }) named: unknown,
    @Header('all', { type: Array }) namedAll: unknown,
  ) {
    this.seen = [n, b, i, all, union, named, namedAll];
  }
  @MessageMapping('/headers') headers(@Headers() record: Record<string, string>, @Headers() native: NativeHeaders) {
    this.seen = [record, native];
  }
  @MessageMapping('/headers/named') named(@Headers(Object) record: unknown, @Headers(NativeHeaders) native: unknown) {
    this.seen = [record, native];
  }
  @MessageMapping('/headers/map') map(@Headers() emitted: Map<string, string>, @Headers(Map) named: unknown) {
    this.seen = [emitted, named];
  }
  @MessageMapping('/some', '/some/{n}') some(@DestinationVariable('n', Number, { required: false }) n?: number) {
    this.seen = ['called', n];
  }
  @MessageMapping('/native') native(native: NativeHeaders, body: Dto) {
    this.seen = [native, body];
  }
  @MessageMapping('/variables/{room}/{n}') variables(
    @DestinationVariable('n') n: number,
    @DestinationVariable('room') room: string,
  ) {
    this.seen = [n, room];
  }
  @MessageMapping('/principal') principal(@Principal() user: Principal | undefined) {
    this.seen = [user];
  }
  @MessageMapping('/message') message(message: Message) {
    this.seen = [message];
  }
  @MessageMapping('/undecorated') undecorated(body: Dto) {
    this.seen = [body];
  }
  @MessageMapping('/required') required(@Payload(String) text: string) {
    this.seen = [text];
  }
  @MessageMapping('/not-required') notRequired(@Payload({ required: false }) body?: Dto) {
    this.seen = ['called', body];
  }
  @MessageMapping('/any') any(@Payload(Object) value: unknown) {
    this.seen = ['called', value];
  }
  @MessageMapping('/none') none() {
    this.seen = ['called'];
  }
}

function argumentsOf(destination: string, body: unknown = '', given: Given = {}): readonly unknown[] {
  const fixture = new Fixture([Arguments]);
  void fixture.send(destination, body, given);
  return (fixture.instances.get(Arguments) as Arguments).seen; // constructed by the fixture
}

async function codeOf(destination: string, body: unknown = '', given: Given = {}): Promise<string | undefined> {
  return (await failureOf(() => new Fixture([Arguments]).send(destination, body, given))).code;
}

describe('Spring G1: @Header', () => {
  test('gives the first header of the name', () => {
    expect(argumentsOf('/app/header', '', { headers: { page: ['7', '8'] } })).toEqual(['7']);
  });

  test('a missing one ends the message with ARGUMENT_MISSING', async () => {
    expect(await codeOf('/app/header')).toBe('ARGUMENT_MISSING');
  });

  test('an optional one may be missing', () => {
    expect(argumentsOf('/app/header/optional')).toEqual([undefined]);
    expect(argumentsOf('/app/header/optional', '', { headers: { page: '2' } })).toEqual(['2']);
  });

  test('a default stands in for one that is missing or empty', () => {
    expect(argumentsOf('/app/header/default')).toEqual([1, false]);
    expect(argumentsOf('/app/header/default', '', { headers: { page: '', flag: 'yes' } })).toEqual([1, true]);
  });

  test('becomes the type of the parameter, or the one named', () => {
    const headers = { n: '-1.5e2', b: 'TRUE', i: '12345678901234567890', all: ['x', 'y'], union: '3', named: '4' };

    expect(argumentsOf('/app/header/types', '', { headers })).toEqual([
      -150,
      true,
      12_345_678_901_234_567_890n,
      ['x', 'y'],
      '3',
      4,
      ['x', 'y'],
    ]);
  });

  test.each([
    [{ n: '' }],
    [{ n: ' 1' }],
    [{ n: '0x10' }],
    [{ n: 'Infinity' }],
    [{ n: '1e999' }],
    [{ n: '1,5' }],
    [{ n: '1', b: 'maybe' }],
    [{ n: '1', b: 'no', i: '1.5' }],
  ])('%j does not parse and ends the message with ARGUMENT_INVALID', async (headers) => {
    expect(await codeOf('/app/header/types', '', { headers })).toBe('ARGUMENT_INVALID');
  });
});

describe('Spring G2: @Headers', () => {
  test('gives a record with the first of repeated headers, or NativeHeaders with all', () => {
    const [record, native] = argumentsOf('/app/headers', '', { headers: { a: ['1', '2'] } });

    expect(record).toEqual({ a: '1' });
    expect(native).toEqual(new NativeHeaders(['a', '1', 'a', '2']));
  });

  test('the decorator may name which', () => {
    const [record, native] = argumentsOf('/app/headers/named', '', { headers: { a: ['1', '2'] } });

    expect(record).toEqual({ a: '1' });
    expect(native).toEqual(new NativeHeaders(['a', '1', 'a', '2']));
  });

  test('a Map has the first of repeated headers', () => {
    const expected = new Map([
      ['a', '1'],
      ['b', '3'],
    ]);

    expect(argumentsOf('/app/headers/map', '', { headers: { a: ['1', '2'], b: '3' } })).toEqual([expected, expected]);
  });

  test('an undecorated parameter of type NativeHeaders gets them too', () => {
    const [native, body] = argumentsOf('/app/native', { name: 'x' }, { headers: { a: '1' } });

    expect(native).toBeInstanceOf(NativeHeaders);
    expect(body).toBeInstanceOf(Dto);
  });
});

describe('Spring G3: @DestinationVariable', () => {
  test('gives the variable as the type of the parameter', () => {
    expect(argumentsOf('/app/variables/tea/17')).toEqual([17, 'tea']);
  });

  test('one that only some of the patterns have is undefined with the others', () => {
    expect(argumentsOf('/app/some/7')).toEqual(['called', 7]);
    expect(argumentsOf('/app/some')).toEqual(['called', undefined]);
  });

  test('gives the variable on SUBSCRIBE too', async () => {
    @Controller()
    class Subscribed {
      seen: unknown;

      @SubscribeMapping('/rooms/{n}') room(@DestinationVariable('n') n: number) {
        this.seen = n;
      }
    }
    const fixture = new Fixture([Subscribed]);

    await fixture.subscribe('/app/rooms/7');

    expect(fixture.instances.get(Subscribed)).toMatchObject({ seen: 7 });
  });

  test('one that does not parse ends the message with ARGUMENT_INVALID', async () => {
    expect(await codeOf('/app/variables/tea/many')).toBe('ARGUMENT_INVALID');
  });
});

describe('Spring G4: @Principal', () => {
  test('gives the user of the session, and undefined for an anonymous one', () => {
    expect(argumentsOf('/app/principal')).toEqual([{ name: 'alice' }]);
    expect(argumentsOf('/app/principal', '', { session: sessionOf('s2') })).toEqual([undefined]);
  });
});

describe('Spring G5: Message', () => {
  test('an undecorated parameter of type Message gets the message with its octets', () => {
    const [message] = argumentsOf('/app/message', '{') as [Message]; // the method has one

    expect(message).toBeInstanceOf(Message);
    expect(Buffer.from(message.payload).toString()).toBe('{');
    expect(message.destination).toBe('/app/message');
  });
});

describe('Spring G7: the payload', () => {
  test('the only undecorated parameter is the payload', () => {
    const [body] = argumentsOf('/app/undecorated', { name: 'x' });

    expect(body).toBeInstanceOf(Dto);
  });

  test('an empty payload ends the message with PAYLOAD_MISSING', async () => {
    expect(await codeOf('/app/undecorated')).toBe('PAYLOAD_MISSING');
    expect(await codeOf('/app/required')).toBe('PAYLOAD_MISSING');
    expect(await codeOf('/app/any')).toBe('PAYLOAD_MISSING');
  });

  test('an empty payload that is not required is undefined', () => {
    expect(argumentsOf('/app/not-required')).toEqual(['called', undefined]);
  });

  test('JSON null is an absent payload, unless any JSON is asked for', async () => {
    expect(await codeOf('/app/undecorated', 'null')).toBe('PAYLOAD_MISSING');
    expect(argumentsOf('/app/not-required', 'null')).toEqual(['called', undefined]);
    expect(argumentsOf('/app/any', 'null')).toEqual(['called', null]);
  });

  test('a method without parameters does not look at it', () => {
    expect(argumentsOf('/app/none', Buffer.from([0xff]))).toEqual(['called']);
  });
});

describe('order', () => {
  @ValidatorConstraint({ name: 'isNever', async: true })
  class IsNever implements ValidatorConstraintInterface {
    async validate(): Promise<boolean> {
      await Promise.resolve();
      return false;
    }
  }

  class Slow {
    @Validate(IsNever) name!: string;
  }

  @Controller()
  class Late {
    @MessageMapping('/late') handle(@Payload() _slow: Slow, @Header('page') _page: string) {}
  }

  test('arguments are made one after the other, so that no failure is left alone', async () => {
    const fixture = new Fixture([Late]);

    const { code } = await failureOf(() => fixture.send('/app/late', {}));

    expect(code).toBe('PAYLOAD_INVALID');
  });
});

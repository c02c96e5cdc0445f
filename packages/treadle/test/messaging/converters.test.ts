import 'reflect-metadata';
import { type ClassTransformOptions, Exclude, Expose, Transform } from 'class-transformer';
import { ConfigurationError } from '../../src/foundation/errors';
import { CompositeMessageConverter } from '../../src/messaging/converters';
import { ByteArrayMessageConverter } from '../../src/messaging/converters/byte-array-message-converter';
import { classTransformerJson } from '../../src/messaging/converters/json-codec';
import { JsonMessageConverter } from '../../src/messaging/converters/json-message-converter';
import { StringMessageConverter } from '../../src/messaging/converters/string-message-converter';
import { Message } from '../../src/messaging/message';
import type { MessageConverter } from '../../src/messaging/message-converter';
import { NativeHeaders } from '../../src/messaging/native-headers';

class Dto {}

const converter = new CompositeMessageConverter();

function incoming(body: string | Uint8Array, contentType?: string): Message {
  const headers = NativeHeaders.of({ 'content-type': contentType });
  return new Message({ type: 'MESSAGE', payload: typeof body === 'string' ? Buffer.from(body) : body, headers });
}

function written(payload: unknown, contentType?: string): [text: string, contentType: string | undefined] {
  const headers = NativeHeaders.of({ 'content-type': contentType });
  const message = converter.toMessage(payload, { type: 'MESSAGE', destination: '/topic/a', headers });
  return [Buffer.from(message.payload).toString('utf8'), message.contentType];
}

const unreadable = expect.objectContaining({ name: 'MessageConversionError', code: 'PAYLOAD_UNREADABLE' });
const unwritable = expect.objectContaining({ name: 'MessageConversionError', code: 'PAYLOAD_UNWRITABLE' });

describe('Spring E3: text', () => {
  test.each([undefined, 'text/plain', 'text/html;charset=utf-8', 'application/json', 'application/hal+json'])(
    'a handler that asks for a string gets the body of content type %s as it was written',
    (contentType) => {
      const value = converter.fromMessage(incoming('{"a": 1} ✓', contentType), String);

      expect(value).toBe('{"a": 1} ✓');
    },
  );

  test('octets of an opaque type are not text', () => {
    const read = () => converter.fromMessage(incoming('abc', 'application/octet-stream'), String);

    expect(read).toThrow(unreadable);
    expect(read).toThrow(
      "no converter reads the content type 'application/octet-stream' as String: send text/plain, or register a MessageConverter",
    );
  });

  test('a string is written as text/plain in UTF-8', () => {
    expect(written('é ✓')).toEqual(['é ✓', 'text/plain;charset=UTF-8']);
  });

  test('a string is written as it is with any content type that is not JSON', () => {
    expect(written('<a/>', 'application/xml')).toEqual(['<a/>', 'application/xml']);
    expect(written('a', 'text/markdown')).toEqual(['a', 'text/markdown']);
  });

  test('a string is written as a JSON string when the sender says JSON', () => {
    expect(written('a', 'application/json')).toEqual(['"a"', 'application/json']);
  });

  test('no string is written in another charset', () => {
    const write = () => written('é', 'text/plain;charset=iso-8859-1');

    expect(write).toThrow(unwritable);
    expect(write).toThrow('encode it yourself');
  });
});

describe('charsets', () => {
  test.each([
    ['iso-8859-1', Buffer.from([0xe9])],
    ['latin1', Buffer.from([0xe9])],
    ['UTF-8', Buffer.from('é')],
    ['"utf8"', Buffer.from('é')],
    ['utf-16le', Buffer.from('é', 'utf16le')],
  ])('text in %s is read', (charset, octets) => {
    const value = converter.fromMessage(incoming(octets, `text/plain; charset=${charset}`), String);

    expect(value).toBe('é');
  });

  test('an unknown charset is refused by name', () => {
    const read = () => converter.fromMessage(incoming('a', 'text/plain;charset=ebcdic'), String);

    expect(read).toThrow(unreadable);
    expect(read).toThrow("the charset 'ebcdic' is not supported");
  });

  test.each([
    [String, undefined],
    [String, 'text/plain'],
    [Dto, 'application/json'],
    [undefined, undefined],
    [undefined, 'text/plain'],
  ])('octets that are no UTF-8 are unreadable for %p with content type %s', (target, contentType) => {
    const read = () => converter.fromMessage(incoming(Buffer.from([0x22, 0xc3, 0x28, 0x22]), contentType), target);

    expect(read).toThrow(unreadable);
  });
});

describe('Spring E4: octets', () => {
  test('a handler that asks for octets gets the body itself, whatever its content type', () => {
    const payload = Buffer.from('{');

    expect(converter.fromMessage(incoming(payload, 'application/json'), Uint8Array)).toBe(payload);
    expect(converter.fromMessage(incoming(payload), Uint8Array)).toBe(payload);
  });

  test('a handler that asks for a Buffer gets one over the same octets', () => {
    const payload = new Uint8Array([1, 2]);

    const value = converter.fromMessage(incoming(payload), Buffer) as Buffer; // looked at next

    expect(Buffer.isBuffer(value)).toBe(true);
    expect(value.buffer).toBe(payload.buffer);
  });

  test.each([Uint8Array, Buffer])(
    '%p holds the octets of its frame alone where that stands amid a larger chunk',
    (target) => {
      const chunk = new Uint8Array([9, 9, 1, 2, 3, 9]);

      const value = converter.fromMessage(incoming(chunk.subarray(2, 5)), target) as Uint8Array; // looked at next

      expect([...value]).toEqual([1, 2, 3]);
    },
  );

  test('octets are written as they are with any content type', () => {
    expect(written(Buffer.from('x'))).toEqual(['x', 'application/octet-stream']);
    expect(written(Buffer.from('{'), 'application/json')).toEqual(['{', 'application/json']);
  });
});

describe('Spring E5: JSON', () => {
  test.each([undefined, 'application/json', 'Application/JSON; charset=UTF-8', 'application/vnd.shop+json'])(
    'JSON of content type %s is parsed for any other target',
    (contentType) => {
      expect(converter.fromMessage(incoming('{"a":[1,null]}', contentType), Dto)).toEqual({ a: [1, null] });
    },
  );

  test('another content type is not JSON', () => {
    expect(() => converter.fromMessage(incoming('{}', 'text/plain'), Dto)).toThrow(unreadable);
  });

  test('broken JSON is unreadable, and the error quotes nothing of it', () => {
    const read = () => converter.fromMessage(incoming('{"passcode":"1234"'), Dto);

    expect(read).toThrow(unreadable);
    expect(read).toThrow(/^the payload is not valid JSON$/);
    expect(read).not.toThrow(expect.objectContaining({ cause: expect.anything() as unknown }));
  });

  test.each(['{"__proto__":{"admin":true}}', '{"a":[{"\\u005f_proto__":1}]}'])(
    'a key __proto__ is refused, however it is spelled: %s',
    (body) => {
      expect(() => converter.fromMessage(incoming(body), Dto)).toThrow("the payload holds the key '__proto__'");
      expect(() => converter.fromMessage(incoming(body), undefined)).toThrow(unreadable);
    },
  );

  test('text that only mentions __proto__ is read', () => {
    expect(converter.fromMessage(incoming('{"a":"__proto__ \\u0041"}'), Dto)).toEqual({ a: '__proto__ A' });
  });

  test('a payload nested 50 000 levels deep is parsed without ending the process', () => {
    const body = `${'['.repeat(50_000)}"\\u0041"${']'.repeat(50_000)}`;

    expect(Array.isArray(converter.fromMessage(incoming(body), Dto))).toBe(true);
  });

  test.each([
    [{ a: 1 }, '{"a":1}'],
    [[1, 'x'], '[1,"x"]'],
    [17, '17'],
    [true, 'true'],
    [null, 'null'],
  ])('%j is written as JSON', (payload, text) => {
    expect(written(payload)).toEqual([text, 'application/json']);
  });

  test('the content type of the sender stays', () => {
    expect(written({}, 'application/vnd.shop+json')).toEqual(['{}', 'application/vnd.shop+json']);
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const selfish = new Set<unknown>();
  selfish.add(selfish);
  test.each([
    ['a cycle', cycle],
    ['a bigint', { n: 1n }],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['a number beyond all', -Infinity],
    ['a promise that nobody awaited', Promise.resolve(1)],
    ['such a promise inside', { list: [{ late: Promise.resolve(1) }] }],
    ['a Map with objects as keys', new Map([[{}, 1]])],
    ['a set that holds itself', selfish],
  ])('%s cannot be written', (_name, payload) => {
    expect(() => written(payload)).toThrow(unwritable);
  });

  test.each([
    ['a set', new Set(['a', 'b']), '["a","b"]'],
    ['an empty one', new Set(), '[]'],
    ['a map', new Map([['a', { n: 1 }]]), '{"a":{"n":1}}'],
    ['a map with numbers as keys', new Map([[7, 'x']]), '{"7":"x"}'],
    ['one with a key that objects inherit', new Map([['__proto__', 1]]), '{"__proto__":1}'],
    ['one in the other, in a list', [new Map([['a', new Set([new Map([['b', 1]])])]])], '[{"a":[{"b":1}]}]'],
    ['objects that are empty', { a: {}, b: [new (class Empty {})()], text: '{}' }, '{"a":{},"b":[{}],"text":"{}"}'],
    ['a set with a toJSON', Object.assign(new Set(['a']), { toJSON: () => 'own' }), '"own"'],
  ])('%s is written with what it holds', (_name, payload, json) => {
    expect(written(payload)[0]).toBe(json);
  });

  test('an object cannot be written as text', () => {
    const write = () => written({}, 'text/plain');

    expect(write).toThrow(unwritable);
    expect(write).toThrow("no converter writes a payload of type object as 'text/plain'");
  });
});

describe('a target that is not known', () => {
  test.each([
    ['application/json', '{"a":1}', { a: 1 }],
    ['text/plain', '{"a":1}', '{"a":1}'],
    ['image/png', 'xx', Buffer.from('xx')],
    [undefined, '{"a":1}', { a: 1 }],
    [undefined, 'hello', 'hello'],
    [undefined, 'null', null],
    [undefined, '', ''],
  ])('content type %s decides: %s', (contentType, body, expected) => {
    expect(converter.fromMessage(incoming(body, contentType), undefined)).toEqual(expected);
  });
});

describe('Spring E1, E6, E10: the composite', () => {
  const reversing: MessageConverter = {
    fromMessage: (message, target) =>
      message.contentType === 'text/reversed' && target === String
        ? Buffer.from(message.payload.toReversed()).toString()
        : undefined,
    toOctets: (payload, contentType) =>
      typeof payload === 'string' && contentType === 'text/reversed'
        ? { octets: Uint8Array.from(Buffer.from(payload)).toReversed(), contentType }
        : undefined,
  };

  test('own converters are asked first, and the others when they answer undefined', () => {
    const own = new CompositeMessageConverter([reversing]);

    expect(own.fromMessage(incoming('abc', 'text/reversed'), String)).toBe('cba');
    expect(own.fromMessage(incoming('abc', 'text/plain'), String)).toBe('abc');
  });

  test('own converters write first', () => {
    const own = new CompositeMessageConverter([reversing]);
    const headers = NativeHeaders.of({ 'content-type': 'text/reversed' });

    const message = own.toMessage('abc', { type: 'MESSAGE', headers });

    expect(Buffer.from(message.payload).toString()).toBe('cba');
  });

  test('a converter that names no content type sets none', () => {
    const own = new CompositeMessageConverter([
      { fromMessage: () => undefined, toOctets: () => ({ octets: Buffer.from('x'), contentType: undefined }) },
    ]);

    expect(own.toMessage(1, { type: 'MESSAGE' }).contentType).toBeUndefined();
  });

  test('the content type is added to the headers there are', () => {
    const headers = NativeHeaders.of({ priority: 1 });

    const message = converter.toMessage({}, { type: 'MESSAGE', destination: '/topic/a', headers, id: 'm1' });

    expect(message.headers.list).toEqual(['priority', '1', 'content-type', 'application/json']);
    expect(message).toMatchObject({ type: 'MESSAGE', destination: '/topic/a', id: 'm1' });
  });
});

describe('Spring E1: without the defaults', () => {
  test('only what is given is asked', () => {
    const textOnly = new CompositeMessageConverter({ own: [new StringMessageConverter()], defaults: false });

    expect(textOnly.fromMessage(incoming('{"a":1}', 'text/plain'), String)).toBe('{"a":1}');
    expect(() => textOnly.fromMessage(incoming('{"a":1}'), Dto)).toThrow(unreadable);
    expect(() => textOnly.toMessage({ a: 1 }, { type: 'MESSAGE' })).toThrow(unwritable);
  });

  test('those of the framework may be in another order', () => {
    const jsonFirst = new CompositeMessageConverter({
      own: [new JsonMessageConverter(), new StringMessageConverter(), new ByteArrayMessageConverter()],
      defaults: false,
    });

    const message = jsonFirst.toMessage('a', { type: 'MESSAGE' });

    expect([Buffer.from(message.payload).toString(), message.contentType]).toEqual(['"a"', 'application/json']);
  });

  test('none at all fails the start', () => {
    const create = () => new CompositeMessageConverter({ defaults: false });

    expect(create).toThrow(ConfigurationError);
    expect(create).toThrow(
      'messageConverters: it leaves no converter; give `own` ones, or drop `defaults: false` to have text, octets and JSON',
    );
  });

  test('own ones stand before the defaults in either form of the option', () => {
    const own: MessageConverter = { fromMessage: () => 'own', toOctets: () => undefined };

    for (const given of [[own], { own: [own] }]) {
      expect(new CompositeMessageConverter(given).fromMessage(incoming('1'), String)).toBe('own');
    }
  });
});

describe('Spring E7: the content type of a message that has none', () => {
  test('may be given', () => {
    const csv = new CompositeMessageConverter({ defaultContentType: 'text/csv' });

    expect(csv.fromMessage(incoming('[1]'), undefined)).toBe('[1]');
    expect(csv.fromMessage(incoming('[1]', 'application/json'), undefined)).toEqual([1]);
    expect(() => csv.fromMessage(incoming('[1]'), Dto)).toThrow("the content type 'text/csv'");
  });

  test('may be found out from the message', () => {
    const byKind = new CompositeMessageConverter({
      defaultContentType: ({ headers }) => (headers.get('kind') === 'text' ? 'text/plain' : undefined),
    });
    const text = new Message({
      type: 'MESSAGE',
      payload: Buffer.from('1'),
      headers: NativeHeaders.of({ kind: 'text' }),
    });

    expect(byKind.fromMessage(text, undefined)).toBe('1');
    expect(byKind.fromMessage(incoming('1'), undefined)).toBe(1);
  });

  test.each([String, Uint8Array, Dto, undefined])('may be required: %p is unreadable without one', (target) => {
    const strict = new CompositeMessageConverter({ strictContentType: true });

    expect(() => strict.fromMessage(incoming('{}'), target)).toThrow(
      'the message has no content-type, and one is required',
    );
  });

  test('that is required is not missed where it is given, by the message or as default', () => {
    const strict = new CompositeMessageConverter({ strictContentType: true });
    const withDefault = new CompositeMessageConverter({
      strictContentType: true,
      defaultContentType: 'application/json',
    });

    expect(strict.fromMessage(incoming('{}', 'application/json'), Dto)).toEqual({});
    expect(withDefault.fromMessage(incoming('{}'), Dto)).toEqual({});
  });
});

describe('the JSON codec', () => {
  const withBigInts = {
    parse: (text: string): unknown =>
      JSON.parse(text, (_key, value: unknown) =>
        typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
      ),
    stringify: (value: unknown) =>
      JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each)),
  };

  test('reads and writes all JSON', () => {
    const own = new CompositeMessageConverter({ json: withBigInts });

    expect(Buffer.from(own.toMessage({ n: 1n }, { type: 'MESSAGE' }).payload).toString()).toBe('{"n":"1n"}');
    expect(own.fromMessage(incoming('{"n":"1n"}', 'application/vnd.shop+json'), Dto)).toEqual({ n: 1n });
    expect(Buffer.from(own.toMessage('text', { type: 'MESSAGE' }).payload).toString()).toBe('text');
  });

  test('that throws makes the payload unreadable or unwritable', () => {
    const broken = new CompositeMessageConverter({
      json: {
        parse() {
          throw new Error('secret');
        },
        stringify() {
          throw new Error('no');
        },
      },
    });

    expect(() => broken.fromMessage(incoming('{}'), Dto)).toThrow(/^the payload is not valid JSON$/);
    expect(() => broken.toMessage({}, { type: 'MESSAGE' })).toThrow(unwritable);
  });

  test('is refused another charset than UTF-8 when it writes', () => {
    expect(() => written({}, 'application/json;charset=utf-16le')).toThrow(unwritable);
    expect(written({}, 'application/json;charset=UTF-8')).toEqual(['{}', 'application/json;charset=UTF-8']);
  });
});

describe('classTransformerJson', () => {
  class Price {
    @Transform(({ value }) => Number(value).toFixed(2)) // the value of a property is any
    amount = 1.5;
  }

  class Account {
    @Expose({ name: 'owner' })
    name = 'alice';
    @Exclude()
    password = 'secret';
    @Expose({ groups: ['admin'] })
    balance = 7;
    price = new Price();
    since = new Date(0);
  }

  function json(payload: unknown, options?: ClassTransformOptions): unknown {
    const own = new CompositeMessageConverter({ json: classTransformerJson(options) });
    return JSON.parse(Buffer.from(own.toMessage(payload, { type: 'MESSAGE' }).payload).toString());
  }

  test('writes instances as their decorators say, also inside plain objects and lists', () => {
    const account = { owner: 'alice', price: { amount: '1.50' }, since: '1970-01-01T00:00:00.000Z' };

    expect(json(new Account(), { groups: ['client'] })).toEqual(account);
    expect(json({ accounts: [new Account()] }, { groups: ['client'] })).toEqual({ accounts: [account] });
  });

  test('knows groups', () => {
    expect(json(new Account(), { groups: ['admin'] })).toMatchObject({ balance: 7 });
  });

  test('writes sets and maps, those of instances too', () => {
    class Tagged {
      tags = new Set(['a']);
      counts = new Map([['b', 1]]);
    }

    expect(json([new Set([1]), new Map([['c', new Price()]])])).toEqual([[1], { c: { amount: '1.50' } }]);
    expect(json(new Tagged())).toEqual({ tags: ['a'], counts: { b: 1 } });
  });

  test('leaves plain values and what has a toJSON as they are', () => {
    const payload = { n: 1, none: null, list: ['a'], at: new Date(0), money: { toJSON: () => '1 EUR' } };

    expect(json(payload)).toEqual(JSON.parse(JSON.stringify(payload)));
  });

  test('is not the default: an instance is written with all its properties', () => {
    expect(written(new Account())[0]).toContain('secret');
  });

  test('an instance that holds itself is unwritable', () => {
    class Node {
      self = this;
    }

    expect(() => json(new Node())).toThrow(unwritable);
  });
});

import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import type { StandardSchema } from '../../../src/annotation/payload/standard-schema';
import {
  MessageExceptionHandler,
  MessageMapping,
  Controller,
  Payload,
  PayloadValidationError,
} from '../../../src/index';
import { argumentOf, findingOf } from '../arguments/argument-of';
import { failureOf, Fixture } from '../fixture';

interface Libraries {
  readonly order: StandardSchema;
  readonly optional: StandardSchema;
  readonly text: StandardSchema;
}

const LIBRARIES: readonly [string, Libraries][] = [
  [
    'zod',
    {
      order: z.object({
        article: z.string(),
        lines: z.array(z.object({ amount: z.number().min(1) })),
        at: z.coerce.date(),
      }),
      optional: z.object({}).optional(),
      text: z.string().min(2),
    },
  ],
  [
    'valibot',
    {
      order: v.object({
        article: v.string(),
        lines: v.array(v.object({ amount: v.pipe(v.number(), v.minValue(1)) })),
        at: v.pipe(
          v.string(),
          v.transform((text) => new Date(text)),
        ),
      }),
      optional: v.optional(v.object({})),
      text: v.pipe(v.string(), v.minLength(2)),
    },
  ],
  [
    'arktype',
    {
      order: type({ article: 'string', lines: type({ amount: 'number >= 1' }).array(), at: 'string.date.parse' }),
      optional: type({}).or('undefined'),
      text: type('string >= 2'),
    },
  ],
];

const ORDER = { article: 'tea', lines: [{ amount: 2 }], at: '2026-01-01T00:00:00Z' };

const issuesOf = async (action: () => unknown) => {
  const { cause } = await failureOf(action);
  return cause instanceof PayloadValidationError ? cause.issues : cause;
};

describe.each(LIBRARIES)('a schema of %s', (_library, { order, optional, text }) => {
  test('gives its output', async () => {
    expect(await argumentOf(Payload(order), { body: ORDER })).toEqual({ ...ORDER, at: new Date(ORDER.at) });
  });

  test('that refuses ends the message with PAYLOAD_INVALID and issues with whole paths', async () => {
    const body = { ...ORDER, article: 7, lines: [{ amount: 1 }, { amount: 0 }] };
    const failure = await failureOf(() => argumentOf(Payload(order), { body }));

    expect(failure.code).toBe('PAYLOAD_INVALID');
    const issues = await issuesOf(() => argumentOf(Payload(order), { body }));
    expect(issues).toEqual([
      { path: ['article'], message: expect.any(String) },
      { path: ['lines', 1, 'amount'], message: expect.any(String) },
    ]);
  });

  test.each(['"text"', '[]', '3', 'null'])('does not take %s for an object', async (body) => {
    expect((await failureOf(() => argumentOf(Payload(order), { body }))).code).toBe('PAYLOAD_INVALID');
  });

  test('never sees what is nested deeper than 64 levels', async () => {
    const body = `{"article":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;

    const issues = await issuesOf(() => argumentOf(Payload(order), { body }));

    expect(issues).toEqual([{ path: [], message: 'must be nested at most 64 levels deep' }]);
  });

  test('is asked about an empty payload', async () => {
    expect(await argumentOf(Payload(optional))).toBeUndefined();
    expect((await failureOf(() => argumentOf(Payload(order)))).code).toBe('PAYLOAD_MISSING');
    expect((await failureOf(() => argumentOf(Payload(optional, { required: true })))).code).toBe('PAYLOAD_MISSING');
    expect(await argumentOf(Payload(order, { required: false }))).toBeUndefined();
  });

  test('takes text as well as JSON, by content type', async () => {
    const headers = { 'content-type': 'text/plain' };

    expect(await argumentOf(Payload(text), { body: 'tea', headers })).toBe('tea');
    expect(await argumentOf(Payload(text), { body: '"tea"' })).toBe('tea');
    expect((await failureOf(() => argumentOf(Payload(text), { body: 't', headers }))).code).toBe('PAYLOAD_INVALID');
  });

  test('checks a part, with paths from the root', async () => {
    const body = { orders: [ORDER, { ...ORDER, article: 7 }] };

    expect(await argumentOf(Payload(order, { path: 'orders[0]' }), { body })).toMatchObject({ article: 'tea' });
    expect(await issuesOf(() => argumentOf(Payload(order, { path: 'orders[1]' }), { body }))).toMatchObject([
      { path: ['orders', 1, 'article'] },
    ]);
  });
});

describe('a schema', () => {
  const free = z.string().refine(async (name) => Promise.resolve(name !== 'taken'), 'taken already');

  test('that is asynchronous is awaited', async () => {
    expect(await argumentOf(Payload(free), { body: '"free"' })).toBe('free');
    expect(await issuesOf(() => argumentOf(Payload(free), { body: '"taken"' }))).toEqual([
      { path: [], message: 'taken already' },
    ]);
  });

  test('of zod runs each asynchronous check once', async () => {
    let checks = 0;
    const counted = z.string().refine(async () => Promise.resolve((checks += 1) > 0));

    await argumentOf(Payload(counted), { body: '"x"' });

    expect(checks).toBe(1);
  });

  test('that fails itself is no mistake of the client', async () => {
    const broken = z.string().refine(() => {
      throw new TypeError('the database is away');
    });
    const brokenLater = z.string().refine(async () => Promise.reject(new TypeError('the database is away')));

    for (const schema of [broken, brokenLater]) {
      expect((await failureOf(() => argumentOf(Payload(schema), { body: '"x"' }))).code).toBe('HANDLER_FAILED');
    }
  });

  test('tells 20 issues at most, their texts cut', async () => {
    const schema = z.array(z.string('x'.repeat(1_000)));
    const body = Array.from({ length: 50 }, (_none, index) => index);

    const issues = (await issuesOf(() => argumentOf(Payload(schema), { body }))) as PayloadValidationError['issues']; // seen to be them

    expect(issues).toHaveLength(20);
    expect(issues[0]?.message.length).toBeLessThan(210);
  });

  test('names its path by keys or by segments, and has none when the whole is meant', async () => {
    const issues = [
      { message: 'a', path: ['x', 0, Symbol('y')] },
      { message: 'b', path: [{ key: 'x' }, { key: 1 }] },
      { message: 'c' },
    ];
    const schema: StandardSchema = { '~standard': { version: 1, vendor: 'own', validate: () => ({ issues }) } };

    expect(await issuesOf(() => argumentOf(Payload(schema), { body: '{}' }))).toEqual([
      { path: ['x', 0, 'Symbol(y)'], message: 'a' },
      { path: ['x', 1], message: 'b' },
      { path: [], message: 'c' },
    ]);
  });

  test('may be a class that holds one', async () => {
    class Held {
      static readonly '~standard' = z.object({ name: z.string() })['~standard'];
    }

    expect(await argumentOf(Payload(Held), { body: { name: 'x', more: 1 } })).toEqual({ name: 'x' });
  });

  test('Spring: its refusal reaches the exception handler of the controller', async () => {
    @Controller()
    class Strict {
      caught: unknown;

      @MessageMapping('/in') take(@Payload(z.object({ name: z.string() })) _value: { name: string }) {}

      @MessageExceptionHandler() refuse(error: PayloadValidationError) {
        this.caught = error.issues;
      }
    }
    const fixture = new Fixture([Strict]);

    await fixture.send('/app/in', { name: 1 });

    expect(fixture.instances.get(Strict)).toMatchObject({ caught: [{ path: ['name'] }] });
  });

  test.each([
    [
      'of another version',
      { '~standard': { version: 2, validate() {} } },
      'follows version 2 of Standard Schema, not 1',
    ],
    ['without a check', { '~standard': { version: 1 } }, 'its schema has no validate function'],
    ['in a list', [z.string()], 'a list of a schema is a schema of its library; write z.array(…)'],
  ])('%s is a mistake found at start', (_name, schema, finding) => {
    expect(findingOf(Payload(schema as never))).toContain('One.handle, parameter 0: '); // what JavaScript may give
    expect(findingOf(Payload(schema as never))).toContain(finding); // the same
  });
});

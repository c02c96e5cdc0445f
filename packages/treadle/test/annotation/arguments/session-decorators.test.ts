import {
  type Principal as User,
  Principal,
  Session,
  SessionAttribute,
  SessionAttributes,
  SessionId,
  Signal,
} from '../../../src/index';
import { failureOf, sessionOf } from '../fixture';
import { argumentOf, findingOf } from './argument-of';

describe('Spring G4, R1: what belongs to the session', () => {
  test('the session, its id, its user and its attributes', async () => {
    const session = sessionOf('s7', 'alice');

    expect(await argumentOf(Session(), { session })).toBe(session);
    expect(await argumentOf(SessionId(), { session })).toBe('s7');
    expect(await argumentOf(Principal(), { session })).toEqual({ name: 'alice' } satisfies User);
    expect(await argumentOf(SessionAttributes(), { session })).toBe(session.attributes);
  });

  test.each([
    ['@Session', Session()],
    ['@SessionId', SessionId()],
    ['@SessionAttributes', SessionAttributes()],
    ['@SessionAttribute', SessionAttribute('cart')],
  ])('%s of a message without session ends with ARGUMENT_MISSING', async (_name, decorate) => {
    expect((await failureOf(() => argumentOf(decorate, { session: undefined }))).code).toBe('ARGUMENT_MISSING');
  });

  test('an anonymous session has no user, and neither has a message without session', async () => {
    expect(await argumentOf(Principal(), { session: sessionOf('s7') })).toBeUndefined();
    expect(await argumentOf(Principal(), { session: undefined })).toBeUndefined();
  });
});

describe('@SessionAttribute', () => {
  test('gives what is stored, also 0, false and null', async () => {
    for (const value of ['tea', 0, false, '']) {
      const session = sessionOf('s7');
      session.attributes.set('cart', value);
      expect(await argumentOf(SessionAttribute('cart'), { session })).toBe(value);
    }
  });

  test('that is absent ends the message with ARGUMENT_MISSING, or gives undefined, or a default that is not stored', async () => {
    const session = sessionOf('s7');

    expect((await failureOf(() => argumentOf(SessionAttribute('cart'), { session }))).code).toBe('ARGUMENT_MISSING');
    expect(await argumentOf(SessionAttribute('cart', { required: false }), { session })).toBeUndefined();
    expect(await argumentOf(SessionAttribute('cart', { defaultValue: 3 }), { session })).toBe(3);
    expect(await argumentOf(SessionAttribute('cart', { defaultValue: () => [1] }), { session })).toEqual([1]);
    expect(session.attributes.size).toBe(0);
  });
});

describe('the signal of the call', () => {
  test('is given by @Signal, and to an undecorated parameter of its type', async () => {
    const undecorated = () => {};

    expect(await argumentOf(Signal())).toBeInstanceOf(AbortSignal);
    expect(await argumentOf(undecorated, { emitted: { type: AbortSignal } })).toBeInstanceOf(AbortSignal);
    expect(findingOf(undecorated)).toContain('is not decorated, and the compiler emitted no types');
  });
});

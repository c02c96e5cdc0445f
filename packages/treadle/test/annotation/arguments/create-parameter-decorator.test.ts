import { type ArgumentResolver, ConfigurationError, createParameterDecorator, Message } from '../../../src/index';
import { failureOf } from '../fixture';
import { argumentOf, findingOf } from './argument-of';

class Tenant {
  constructor(readonly name: string) {}
}

describe("users' own decorators", () => {
  const Locale = createParameterDecorator((call) => call.message.headers.get('accept-language') ?? 'en');
  const Tag = createParameterDecorator((call, index: number) => call.message.headers.getAll('tag')[index]);
  const Later = createParameterDecorator(async ({ match }) => Promise.resolve(match.lookupDestination));

  test('give what their function makes of the call', async () => {
    expect(await argumentOf(Locale())).toBe('en');
    expect(await argumentOf(Locale(), { headers: { 'accept-language': 'de' } })).toBe('de');
  });

  test('hand over their own parameters', async () => {
    expect(await argumentOf(Tag(1), { headers: { tag: ['a', 'b'] } })).toBe('b');
  });

  test('may take their time', async () => {
    expect(await argumentOf(Later())).toBe('/in');
  });

  test('need no emitted type, and ignore it', async () => {
    expect(await argumentOf(Locale(), { emitted: { type: Number } })).toBe('en');
  });

  test('that throw end the message', async () => {
    const Refuse = createParameterDecorator((): never => {
      throw new RangeError('no');
    });

    expect((await failureOf(() => argumentOf(Refuse()))).code).toBe('HANDLER_FAILED');
  });
});

describe('Spring G6: argument resolvers of the application', () => {
  const tenants: ArgumentResolver = {
    supportsParameter: ({ annotation, type }) => annotation === undefined && type === Tenant,
    bind: () => (call) => new Tenant(call.message.headers.get('tenant') ?? 'none'),
  };
  const greedy: ArgumentResolver = { supportsParameter: () => true, bind: () => () => 'mine' };
  const undecorated = () => {};

  test('are asked before the payload', async () => {
    const given = { emitted: { type: Tenant }, headers: { tenant: 'acme' } };

    expect(await argumentOf(undecorated, { ...given, options: { argumentResolvers: [tenants] } })).toEqual(
      new Tenant('acme'),
    );
  });

  test('are asked in order, the first that supports the parameter binds it', async () => {
    const options = { argumentResolvers: [tenants, greedy] };

    expect(await argumentOf(undecorated, { emitted: { type: Tenant }, options })).toBeInstanceOf(Tenant);
    expect(await argumentOf(undecorated, { emitted: { type: String }, options })).toBe('mine');
  });

  test('are asked after those of the framework', async () => {
    const options = { argumentResolvers: [greedy] };

    expect(await argumentOf(undecorated, { emitted: { type: Message }, options })).toBeInstanceOf(Message);
  });

  test('that refuse a parameter at start are reported with the others', () => {
    const strict: ArgumentResolver = {
      supportsParameter: ({ type }) => type === Tenant,
      bind() {
        throw new ConfigurationError('there are no tenants here');
      },
    };
    const given = { emitted: { type: Tenant }, options: { argumentResolvers: [strict] } };

    expect(findingOf(undecorated, given)).toBe('One.handle, parameter 0: there are no tenants here');
  });
});

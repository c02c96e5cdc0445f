import { ConfigurationError } from '../../src/foundation/errors';
import { Placeholders, type PropertySource } from '../../src/foundation/placeholders';

const resolve = (text: string, source?: PropertySource): string =>
  new Placeholders(source).resolve(text, '@SendTo of Chat.say');

function mistakeIn(text: string, source: PropertySource): string {
  try {
    return `resolved to ${resolve(text, source)}`;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

describe('Spring F12: placeholders', () => {
  const source = {
    prefix: '/v2',
    region: 'eu',
    'topic.eu': '/topic/eu',
    port: 8080,
    isLive: false,
    empty: '',
    outer: '<${region}>',
    'a:b': 'colon',
  };

  test.each([
    ['/orders/{id}', '/orders/{id}'],
    ['${prefix}/orders/{id}', '/v2/orders/{id}'],
    ['${prefix}/${region}/${region}', '/v2/eu/eu'],
    ['/${port}/${isLive}', '/8080/false'],
    ['/x${empty}', '/x'],
    ['${missing:/v1}/orders', '/v1/orders'],
    ['${prefix:/v1}/orders', '/v2/orders'],
    ['${missing:}/orders', '/orders'],
    ['${missing:a:b}', 'a:b'],
    ['${missing:{id:\\d{2}}}', '{id:\\d{2}}'],
    ['${topic.${region}}', '/topic/eu'],
    ['${missing:${prefix}}', '/v2'],
    ['${missing:${alsoMissing:deep}}', 'deep'],
    ['${outer}', '<eu>'],
    ['${a\\:b}', 'colon'],
    ['\\${prefix}', '${prefix}'],
    ['\\${a}${region}', '${a}eu'],
    ['costs 5$', 'costs 5$'],
    ['{id:a$}', '{id:a$}'],
  ])('%s becomes %s', (text, expected) => {
    expect(resolve(text, source)).toBe(expected);
  });

  test('a function gives values too, and is asked for the whole name', () => {
    const asked: string[] = [];
    const answer = resolve('/${app.chat.prefix}', (name) => {
      asked.push(name);
      return 'chat';
    });

    expect(answer).toBe('/chat');
    expect(asked).toEqual(['app.chat.prefix']);
  });

  test('without a source the environment variables count', () => {
    const [name = '', value] = Object.entries(process.env).find(([, each]) => each && !each.includes('$')) ?? [];

    expect(resolve(`\${${name}}`)).toBe(value);
  });

  test('what a value holds is resolved with the same rules, and not again after that', () => {
    expect(resolve('${a}', { a: '\\${b}', b: 'never' })).toBe('${b}');
  });
});

describe('a placeholder that cannot be resolved says where, which and the cure', () => {
  test('one without value and default', () => {
    expect(mistakeIn('/${chat.prefix}/x', {})).toBe(
      "@SendTo of Chat.say holds the placeholder '${chat.prefix}', which has no value; give it one in the option 'properties' (by default the environment variables), or write '${chat.prefix:default}'",
    );
  });

  test('a property that is undefined has no value', () => {
    expect(mistakeIn('${a}', { a: undefined })).toContain('which has no value');
  });

  test('what every object inherits is no property', () => {
    expect(mistakeIn('${constructor}', {})).toContain("the placeholder '${constructor}', which has no value");
    expect(mistakeIn('${__proto__}', {})).toContain('which has no value');
  });

  test.each([
    [{ a: '${a}' }, '${a}'],
    [{ a: '${b}', b: 'x${a}' }, '${a}'],
  ])('one whose value leads back to it: %j', (source, placeholder) => {
    expect(mistakeIn('${a}', source)).toContain(`the placeholder '${placeholder}', which stands in its own value`);
  });

  test('one that is never closed', () => {
    expect(mistakeIn('/a/${b', { b: '1' })).toContain(
      "@SendTo of Chat.say never closes the placeholder '${b'; add '}'",
    );
    expect(mistakeIn('${a:{id}', { a: '1' })).toContain('never closes the placeholder');
  });

  test('a value that is no text, number or boolean, such as a promise', () => {
    const later = (() => Promise.resolve('x')) as unknown as () => string; // what a compiler would refuse

    expect(mistakeIn('${a}', later)).toContain(
      "the placeholder '${a}', whose value is neither text, number nor boolean",
    );
  });

  test('a function that throws is named and stays the cause', () => {
    const failure = new Error('no such key');
    const act = () =>
      resolve('${a}', () => {
        throw failure;
      });

    expect(act).toThrow("the placeholder '${a}', for which 'properties' threw: Error: no such key");
    expect(act).toThrow(expect.objectContaining({ cause: failure }));
  });
});

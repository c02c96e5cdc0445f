import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULTS } from 'treadle';
import { RELAY_DEFAULTS } from '../../src/broker/relay/relay-settings';
import { codeRows, readDocument, ROOT } from './documents';

const OPTIONS = readFileSync(join(ROOT, 'packages/treadle/src/options.ts'), 'utf8');

const BROKER_OPTIONS = ['simple-broker-options', 'policy/kept-message-options']
  .map((file) => readFileSync(join(ROOT, `packages/treadle/src/broker/simple/${file}.ts`), 'utf8'))
  .join('\n');

/** The names an interface declares. */
function membersOf(name: string, source = OPTIONS): string[] {
  const [, body = ''] = new RegExp(`interface ${name}[ \\w]* \\{\\n([\\s\\S]*?)\\n\\}`).exec(source) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member);
}

/** The options of the framework, nested ones by their path, with their defaults as they are written in code. */
function flatten(options: object, parent = ''): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isNested) Object.assign(flat, flatten(value, `${parent}${name}.`));
    else flat[parent + name] = `\`${asWritten(value)}\``;
  }
  return flat;
}

/** JSON knows no `Infinity`. */
function asWritten(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ');
}

const rows = codeRows(readDocument('docs/guide/configuration.md'));
const documented = new Map(rows.map(([option = '', value = '']) => [option, value]));

const ofTheBroker = ['SimpleBrokerOptions', 'KeptMessageOptions'].flatMap((name) => membersOf(name, BROKER_OPTIONS));

describe('the options of docs/guide/configuration.md', () => {
  test.each(Object.entries(flatten(DEFAULTS)))('%s has the default %s', (option, value) => {
    expect(documented.get(option)).toBe(value);
  });

  test.each(membersOf('ApplicationOptions'))('the option %s is there', (option) => {
    expect(documented.has(option)).toBe(true);
  });

  test.each(ofTheBroker)('the option %s of the embedded broker is there', (option) => {
    expect(documented.has(option)).toBe(true);
  });

  test('no limit or interval is there that does not exist', () => {
    const nested = [...documented.keys()].filter((option) => option.includes('.'));

    const unknown = nested.filter((option) => !(option in flatten(DEFAULTS)));

    expect(unknown).toEqual([]);
  });

  test('no application option or endpoint option is there that does not exist', () => {
    const known = ['ApplicationOptions', 'EndpointOptions'].flatMap((name) => membersOf(name));

    const unknown = [...documented.keys()].filter(
      (option) => !option.includes('.') && ![...known, ...ofTheBroker].includes(option),
    );

    expect(unknown).toEqual([]);
  });
});

/** As the page writes it; `login`, `passcode` and the heart-beats stand for two options each. */
const RELAY_OPTIONS = flatten({
  ...withoutLogins(RELAY_DEFAULTS),
  tls: false,
  systemLogin: RELAY_DEFAULTS.login,
  systemPasscode: RELAY_DEFAULTS.passcode,
  clientLogin: RELAY_DEFAULTS.login,
  clientPasscode: RELAY_DEFAULTS.passcode,
});

function withoutLogins({
  login: _login,
  passcode: _passcode,
  heartBeatMs: _heartBeatMs,
  ...others
}: typeof RELAY_DEFAULTS): object {
  return others;
}

const [, relaySection = ''] = readDocument('docs/guide/broker-relay.md').split('## Settings');
const [relaySettings = ''] = relaySection.split('\n## ');
const ofTheRelay = new Map(codeRows(relaySettings).map(([option = '', value = '']) => [option, value]));

describe('the settings of docs/guide/broker-relay.md', () => {
  const source = readFileSync(join(ROOT, 'packages/treadle/src/broker/relay/relay-options.ts'), 'utf8');

  test('are the options of the relay, and no others', () => {
    expect([...ofTheRelay.keys()].toSorted()).toEqual(membersOf('BrokerRelayOptions', source).toSorted());
  });

  test.each(Object.entries(RELAY_OPTIONS))('%s has the default %s', (option, value) => {
    expect(ofTheRelay.get(option)).toBe(value);
  });

  test('heartBeat has its default both ways', () => {
    const { heartBeatMs } = RELAY_DEFAULTS;

    expect(ofTheRelay.get('heartBeat')).toBe(`\`{ sends: ${heartBeatMs}, expects: ${heartBeatMs} }\``);
  });

  test('what has no default is said to be none', () => {
    const others = [...ofTheRelay].filter(([option]) => !(option in RELAY_OPTIONS) && option !== 'heartBeat');

    expect(others.filter(([, value]) => value !== 'none')).toEqual([]);
  });
});

import { inspect } from 'node:util';
import type { FindingDetails, Report } from './finding.js';
import { closest } from './spelling.js';

/** What an option may be. TypeScript asks for the same; JavaScript, JSON and casts do not. */
export interface Kind {
  /** Such as `a list of text`, to end the sentence "… is expected". */
  readonly name: string;
  readonly fits: (value: unknown) => boolean;
  /** For what has parts: the same without those that do not fit, which are reported. */
  readonly checkParts?: (value: unknown, location: string, report: Report) => unknown;
}

/** The names of an object's properties, and what each may be. */
export type Kinds = Readonly<Record<string, Kind>>;

/** The value as far as it fits, else `undefined`, which means "not given"; what does not fit is reported. */
export function checkKind(kind: Kind, value: unknown, location: string, report: Report): unknown {
  if (value === undefined) return undefined;
  if (kind.fits(value)) return kind.checkParts ? kind.checkParts(value, location, report) : value;
  report({ location, problem: `it is ${whatItIs(value)}`, cure: `give ${kind.name}` });
  return undefined;
}

/** How names are checked. */
export interface NamesCheck {
  /** Of the object; empty for the options themselves. */
  readonly location: string;
  readonly report: Report;
  /** What to say of an unknown name, where more is known than its spelling. */
  readonly explain?: (name: string) => Partial<Pick<FindingDetails, 'problem' | 'cure'>> | undefined;
}

/** The properties that are known and fit; the others are reported, with what was probably meant. */
export function checkNames(
  kinds: Kinds,
  value: object,
  { location, report, explain }: NamesCheck,
): Readonly<Record<string, unknown>> {
  const names = Object.keys(kinds);
  const entries = Object.entries(value).flatMap(([name, given]) => {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    const where = location === '' ? name : `${location}.${name}`;
    if (kind) return [[name, checkKind(kind, given, where, report)] as const];
    if (given === undefined) return [];
    const meant = closest(name, names);
    const guess = meant === undefined ? `leave it out; there are ${names.join(', ')}` : `did you mean '${meant}'?`;
    report({ location: where, problem: 'there is no option of this name', cure: guess, ...explain?.(name) });
    return [];
  });
  return Object.fromEntries(entries);
}

export const text: Kind = { name: 'text', fits: (value) => typeof value === 'string' };
export const number: Kind = { name: 'a number', fits: (value) => typeof value === 'number' };
/** @param from the smallest */
export function wholeNumber(from: number): Kind {
  return {
    name: `a whole number from ${from} on`,
    fits: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= from,
  };
}
export const flag: Kind = { name: 'true or false', fits: (value) => typeof value === 'boolean' };
export const anyFunction: Kind = { name: 'a function', fits: (value) => typeof value === 'function' };
export const anyObject: Kind = { name: 'an object', fits: (value) => isObject(value) && !Array.isArray(value) };
/** A list whose entries are looked at by those who take them. */
export function anyList(name: string): Kind {
  return { name, fits: Array.isArray };
}

/** One of these values. */
export function oneOf(...values: readonly (string | boolean)[]): Kind {
  return {
    name: values.map((value) => quoted(value)).join(' or '),
    fits: (given) => values.some((value) => value === given),
  };
}

/** What fits one of them, looked at as the first that it fits. */
export function either(...kinds: readonly Kind[]): Kind {
  return {
    name: kinds.map(({ name }) => name).join(', or '),
    fits: (value) => kinds.some((kind) => kind.fits(value)),
    checkParts: (value, location, report) => {
      const kind = kinds.find((each) => each.fits(value));
      return kind?.checkParts ? kind.checkParts(value, location, report) : value;
    },
  };
}

/** @param name such as `a list of texts` */
export function listOf(item: Kind, name: string): Kind {
  return {
    name,
    fits: Array.isArray,
    checkParts: (value, location, report) =>
      (value as readonly unknown[]).flatMap((entry, index) => checkEntry(item, entry, `${location}[${index}]`, report)), // it fits
  };
}

function checkEntry(item: Kind, entry: unknown, location: string, report: Report): readonly unknown[] {
  if (entry === undefined && item.fits(entry)) return [entry];
  if (entry === undefined) {
    report({
      location,
      problem: 'it is undefined: perhaps its file is part of a circular import',
      cure: `give ${item.name}`,
    });
    return [];
  }
  const checked = checkKind(item, entry, location, report);
  return checked === undefined ? [] : [checked];
}

/** An object of these properties and no others; one without mistakes stays the object it is. */
export function objectOf(kinds: Kinds, name: string): Kind {
  return {
    name,
    fits: anyObject.fits,
    checkParts: (value, location, report) => {
      let isWhole = true;
      const noticing: Report = (finding) => {
        isWhole = false;
        report(finding);
      };
      const checked = checkNames(kinds, value as object, { location, report: noticing }); // it fits
      return isWhole ? value : checked;
    },
  };
}

/** An object of any class that has all of these methods. */
export function objectWith(name: string, ...methods: readonly string[]): Kind {
  return {
    name,
    fits: (value) => isObject(value) && methods.every((method) => typeof Reflect.get(value, method) === 'function'),
  };
}

/** A value in the words of a finding; of long text only that it is text: it may be a secret. */
export function whatItIs(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'function') return isClass(value) ? `the class ${value.name}` : 'a function';
  if (typeof value === 'object') return describeObject(value);
  if (typeof value === 'string') return value.length <= 40 ? `the text '${value}'` : 'a text';
  return inspect(value);
}

function describeObject({ constructor }: object): string {
  return typeof constructor === 'function' && constructor !== Object ? `an object of ${constructor.name}` : 'an object';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function quoted(value: string | boolean): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

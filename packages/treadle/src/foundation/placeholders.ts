import { ConfigurationError } from './errors.js';

/** What a property may be; it is put into the text as `String(value)`. */
export type PropertyValue = string | number | boolean;

/** Where placeholders get their values: an object, of which only own properties count, or a function from name to value. */
export type PropertySource =
  Readonly<Record<string, PropertyValue | undefined>> | ((name: string) => PropertyValue | undefined);

/** One use of placeholders, for messages about mistakes in it. */
interface Use {
  /** Names annotation and class or method. */
  readonly where: string;
  /** The placeholders whose values are being resolved, the outermost first. */
  readonly names: readonly string[];
}

/**
 * Puts values for `${name}` and `${name:default}` (Spring: `PlaceholderParser`). Names and defaults may hold placeholders, and so may values;
 * `\${` is the text `${`, and `\:` in a name is a colon of the name.
 */
export class Placeholders {
  readonly #source: PropertySource;

  /** @param source default: the environment variables of the process */
  constructor(source: PropertySource = process.env) {
    this.#source = source;
  }

  /**
   * @param where names the annotation in the error
   * @throws ConfigurationError for a placeholder that has neither value nor default, stands in its own value or is never closed
   */
  resolve(text: string, where: string): string {
    return this.#expand(text, { where, names: [] });
  }

  #expand(text: string, use: Use): string {
    let expanded = '';
    let from = 0;
    for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', from)) {
      if (text.charAt(start - 1) === '\\') {
        expanded += `${text.slice(from, start - 1)}\${`;
        from = start + 2;
        continue;
      }
      const end = closingBrace(text, start + 2);
      if (end < 0) throw mistake(use, `never closes the placeholder '${text.slice(start)}'`, "add '}'");
      expanded += text.slice(from, start) + this.#valueOf(text.slice(start + 2, end), use);
      from = end + 1;
    }
    return expanded + text.slice(from);
  }

  #valueOf(inside: string, use: Use): string {
    const colon = separatingColon(inside);
    const name = this.#expand(colon < 0 ? inside : inside.slice(0, colon), use).replaceAll('\\:', ':');
    const value = this.#lookUp(name, use);
    if (value !== undefined) {
      const isCircular = use.names.includes(name);
      if (isCircular) {
        throw mistake(use, `holds the placeholder '\${${name}}', which stands in its own value`, 'break the circle');
      }
      return this.#expand(String(value), { ...use, names: [...use.names, name] });
    }
    if (colon >= 0) return this.#expand(inside.slice(colon + 1), use);
    const cure = `give it one in the option 'properties' (by default the environment variables), or write '\${${name}:default}'`;
    throw mistake(use, `holds the placeholder '\${${name}}', which has no value`, cure);
  }

  #lookUp(name: string, use: Use): PropertyValue | undefined {
    const value: unknown = this.#read(name, use);
    if (value === undefined || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return value;
    }
    const cure = "let 'properties' give text, numbers and booleans, at once";
    throw mistake(use, `holds the placeholder '\${${name}}', whose value is neither text, number nor boolean`, cure);
  }

  #read(name: string, use: Use): unknown {
    const source = this.#source;
    // What every object inherits, such as `constructor`, is no property of the application.
    if (typeof source !== 'function') return Object.hasOwn(source, name) ? source[name] : undefined;
    try {
      return source(name);
    } catch (error) {
      const problem = `holds the placeholder '\${${name}}', for which 'properties' threw: ${String(error)}`;
      throw mistake(use, problem, "correct 'properties'", error);
    }
  }
}

/** The brace that closes a placeholder whose inside begins at `from`; braces may nest, as in `${pattern:{id}}`. */
function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let index = from; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

/** The first colon that belongs to no placeholder within the name and is not escaped. */
function separatingColon(inside: string): number {
  let depth = 0;
  for (let index = 0; index < inside.length; index += 1) {
    const character = inside.charAt(index);
    if (character === '\\') index += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (character === ':' && depth === 0) return index;
  }
  return -1;
}

function mistake({ where }: Use, problem: string, cure: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError({ problem: `${where} ${problem}`, cure }, { cause });
}

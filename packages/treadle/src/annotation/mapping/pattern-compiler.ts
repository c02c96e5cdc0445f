import { ConfigurationError } from '../../foundation/errors.js';
import type { Placeholders } from '../../foundation/placeholders.js';
import { DestinationPattern, type DestinationSeparator } from '../../messaging/destination-pattern.js';

/** Makes patterns of what mapping decorators were given. */
export class PatternCompiler {
  readonly #placeholders: Placeholders;
  readonly #separator: DestinationSeparator;

  constructor({ placeholders, separator }: PatternCompilerOptions) {
    this.#placeholders = placeholders;
    this.#separator = separator;
  }

  /**
   * Puts values for placeholders, then a slash before a pattern without one: destinations begin with it. Where dots part segments nothing does
   * (Spring: `DestinationPatternsMessageCondition`).
   * @throws ConfigurationError for a placeholder without value, or a slash before a dotted pattern
   * @throws TreadleError `DESTINATION_MALFORMED`
   */
  compile(given: string): DestinationPattern {
    const text = this.#placeholders.resolve(given, `the pattern '${given}'`);
    const separator = this.#separator;
    const isSlashed = text.startsWith('/');
    if (separator === '/') return DestinationPattern.compile(text === '' || isSlashed ? text : `/${text}`);
    if (!isSlashed) return DestinationPattern.compile(text, { separator });
    throw new ConfigurationError({
      problem: `the pattern '${text}' begins with a slash where dots part segments`,
      cure: `write '${text.slice(1)}'`,
    });
  }
}

/** What patterns are compiled with. */
export interface PatternCompilerOptions {
  readonly placeholders: Placeholders;
  readonly separator: DestinationSeparator;
}

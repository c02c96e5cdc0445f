import { ArgumentError, ConfigurationError } from '../../foundation/errors.js';

/** A destination of `@SendTo` or `@SendToUser` with `{variable}` placeholders, cut into its parts once. */
export class DestinationTemplate {
  readonly text: string;
  readonly variableNames: readonly string[];
  /** One more than there are variables. */
  readonly #texts: readonly string[];

  private constructor(text: string, texts: readonly string[], variableNames: readonly string[]) {
    this.text = text;
    this.#texts = texts;
    this.variableNames = variableNames;
  }

  /**
   * @param where names the annotation in the error
   * @throws ConfigurationError for an empty destination, white space around it or a brace without its partner
   */
  static compile(text: string, where: string): DestinationTemplate {
    // With one capturing group, split gives texts and names in turn.
    const parts = text.split(/\{([^{}]+)\}/);
    const texts = parts.filter((_part, index) => index % 2 === 0);
    if (text === '' || text !== text.trim() || texts.some((part) => /[{}]/.test(part))) {
      throw new ConfigurationError({
        problem: `the destination '${text}' of ${where} is malformed`,
        cure: "write it as '/topic/{variable}'",
      });
    }
    return new DestinationTemplate(
      text,
      texts,
      parts.filter((_part, index) => index % 2 === 1),
    );
  }

  /** @throws ArgumentError `ARGUMENT_MISSING` when a variable has no value; only exception handlers can meet that */
  expand(variables: Readonly<Record<string, string>>): string {
    let destination = this.#texts[0] ?? '';
    for (let index = 0; index < this.variableNames.length; index += 1) {
      const name = this.variableNames[index] ?? '';
      const value = variables[name];
      if (value === undefined) throw new ArgumentError('ARGUMENT_MISSING', `'${this.text}' has no value for {${name}}`);
      destination += value + (this.#texts[index + 1] ?? '');
    }
    return destination;
  }
}

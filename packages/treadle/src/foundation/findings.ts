import { ConfigurationError, TreadleError } from './errors.js';
import { type Finding, type FindingDetails, findingText, type Report } from './finding.js';

/**
 * Collects what is found while an application is put together, so that all of it is told at once. A part that cannot be made as it was
 * asked for is reported here and replaced by its default, so that the others can be looked at; such an application is never started.
 */
export class Findings {
  /** By their text: a method with two mappings is looked at twice. */
  readonly #found = new Map<string, Finding>();
  #firstCause: unknown;

  /** Takes what fails the start. */
  readonly report: Report = (finding) => this.#add(finding, 'error');

  /** Takes what works but is probably not meant. */
  readonly warn: Report = (finding) => this.#add(finding, 'warning');

  /** Takes what is allowed and should be known. */
  readonly note: Report = (finding) => this.#add(finding, 'note');

  get errors(): readonly Finding[] {
    return [...this.#found.values()].filter(({ severity }) => severity === 'error');
  }

  /** Warnings, then notes. */
  get warnings(): readonly Finding[] {
    const all = [...this.#found.values()];
    return [
      ...all.filter(({ severity }) => severity === 'warning'),
      ...all.filter(({ severity }) => severity === 'note'),
    ];
  }

  /**
   * The result of `make`, or `undefined` when it threw a `TreadleError`: what that found is found here too.
   * @param location of findings that name none
   */
  attempt<T>(location: string, make: () => T): T | undefined {
    return reporting(this.report, location, make, (error) => {
      this.#firstCause ??= error.cause;
    });
  }

  /** @throws ConfigurationError with everything that was reported */
  throwErrors(): void {
    const { errors } = this;
    if (errors.length === 0) return;
    throw new ConfigurationError(errors, this.#firstCause === undefined ? undefined : { cause: this.#firstCause });
  }

  #add({ location = '', problem, cure }: FindingDetails, severity: Finding['severity']): void {
    const finding = { location, problem, cure, severity };
    const key = findingText(finding);
    if (!this.#found.has(key)) this.#found.set(key, finding);
  }
}

/**
 * The result of `make`, or `undefined` when it found a mistake, which is then reported.
 * @param location of findings that name none
 * @param onError is told the error itself
 */
export function reporting<T>(
  report: Report,
  location: string,
  make: () => T,
  onError?: (error: TreadleError) => void,
): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TreadleError)) throw error;
    onError?.(error);
    const findings: readonly FindingDetails[] =
      error instanceof ConfigurationError ? error.findings : [{ problem: error.message, cure: '' }];
    for (const finding of findings) report({ ...finding, location: finding.location || location });
    return undefined;
  }
}

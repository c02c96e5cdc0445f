import { container as globalContainer, type DependencyContainer, type InjectionToken } from 'tsyringe';
import {
  type InjectedParameter,
  injectedParameters,
  isInjectable,
  locationOfParameter,
  parameterProblem,
} from '../constructor-parameters.js';
import type { FindingDetails } from '../foundation/finding.js';
import type { Findings } from '../foundation/findings.js';
import type { Constructor } from '../options.js';
import { scopeOf } from '../scope/scoped.js';

/** What a check works with. */
export interface ConstructionCheckOptions {
  readonly container: DependencyContainer;
  readonly findings: Findings;
  /** The classes that the application registered itself, so that their constructors will be called. */
  readonly own: readonly Constructor[];
  /** Why something that is registered cannot be injected all the same, with the cure. */
  readonly unavailable: ReadonlyMap<unknown, FindingDetails>;
}

/**
 * Looks at what constructors will ask the container for, through all that they need, without constructing anything: reports what nobody provides
 * and circles. What is registered by somebody else is that one's business.
 */
export class ConstructionCheck {
  readonly #options: ConstructionCheckOptions;
  readonly #own: ReadonlySet<unknown>;
  readonly #done = new Set<Constructor>();

  constructor(options: ConstructionCheckOptions) {
    this.#options = options;
    this.#own = new Set(options.own);
  }

  run(): void {
    for (const type of this.#options.own) this.#visit(type, []);
  }

  /** @param path the classes that need it, the outermost first */
  #visit(type: Constructor, path: readonly Constructor[]): void {
    if (path.includes(type)) return this.#reportCircle(type, path);
    if (this.#done.has(type)) return;
    this.#done.add(type);
    for (const [index, parameter] of injectedParameters(type).entries()) {
      this.#check(parameter, { type, index }, [...path, type]);
    }
  }

  #check(
    { token, isOptional }: InjectedParameter,
    at: { readonly type: Constructor; readonly index: number },
    path: readonly Constructor[],
  ): void {
    const { container, findings, unavailable } = this.#options;
    const location = locationOfParameter(at.type, at.index);
    const known = unavailable.get(token);
    if (known) findings.report({ location, ...known });
    if (known || isOptional || !isToken(token) || !isInjectable(token)) return; // a parameter without a known token is reported with its class
    const isRegistered = container.isRegistered(token, true);
    if (typeof token !== 'function') {
      if (isRegistered || scopeOf(at.type) !== undefined) return; // a scope may be given values of its own
      findings.report({ location, ...nobodyProvides(token) });
      return;
    }
    const type = token as Constructor; // a token that is a function is a class
    // How somebody else makes it cannot be seen, but for classes with tsyringe's @singleton().
    if (isRegistered && !this.#own.has(type) && !globalContainer.isRegistered(type)) return;
    const problem = isRegistered || scopeOf(at.type) !== undefined ? undefined : parameterProblem(type);
    if (problem) findings.report({ location, ...nobodyConstructs(type, problem) });
    else this.#visit(type, path);
  }

  #reportCircle(type: Constructor, path: readonly Constructor[]): void {
    const circle = [...path.slice(path.indexOf(type)), type].map(({ name }) => name);
    this.#options.findings.report({
      location: type.name,
      problem: `it needs itself: ${circle.join(' → ')}`,
      cure: `move what they share into a class of its own, or inject one of them late: @inject(delay(() => ${circle.at(-2)}))`,
    });
  }
}

/** Text, symbols and classes; not what `delay()` makes. */
function isToken(token: unknown): token is InjectionToken {
  return ['string', 'symbol', 'function'].includes(typeof token);
}

type Mistake = Pick<FindingDetails, 'problem' | 'cure'>;

function nobodyProvides(token: unknown): Mistake {
  const written = typeof token === 'string' ? `'${token}'` : String(token);
  return {
    problem: `nobody provides ${written}`,
    cure: `register it before createApplication: container.register(${written}, …), and give that container as the option`,
  };
}

function nobodyConstructs({ name }: Constructor, why: FindingDetails): Mistake {
  return {
    problem: `nobody provides ${name}, and it cannot be constructed: ${why.location ?? name}: ${why.problem}`,
    cure: `decorate ${name} with @injectable(), or register it in the container that is given as the option`,
  };
}

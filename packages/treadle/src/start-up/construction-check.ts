import type { DependencyContainer, InjectionToken } from 'tsyringe';
import type { FindingDetails } from '../foundation/finding.js';
import type { Findings } from '../foundation/findings.js';
import {
  type InjectedParameter,
  isInjectable,
  locationOfParameter,
  parameterProblem,
} from '../injection/constructor-parameters.js';
import { type ParameterPlace, type ParameterVisitor, walkConstructors } from '../injection/constructor-walk.js';
import { isMadeElsewhere } from '../injection/container.js';
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
    const visit: ParameterVisitor = (parameter, at, path) => {
      const next = this.#check(parameter, at);
      if (!next || !path.some(({ type }) => type === next)) return next;
      this.#reportCircle(next, path);
      return undefined;
    };
    for (const type of this.#options.own) walkConstructors(type, visit, this.#done);
  }

  /** Answers with the class that is going to be constructed for the parameter, if one is. */
  #check({ token, isOptional }: InjectedParameter, at: ParameterPlace): Constructor | undefined {
    const { container, findings, unavailable } = this.#options;
    const location = locationOfParameter(at.type, at.index);
    const known = unavailable.get(token);
    if (known) findings.report({ location, ...known });
    if (known || isOptional || !isToken(token) || !isInjectable(token)) return undefined; // a parameter without a known token is reported with its class
    const isRegistered = container.isRegistered(token, true);
    const isOfScope = scopeOf(at.type) !== undefined; // which may be given values of its own
    if (typeof token !== 'function') {
      if (!isRegistered && !isOfScope) findings.report({ location, ...nobodyProvides(token) });
      return undefined;
    }
    const type = token as Constructor; // a token that is a function is a class
    if (!this.#own.has(type) && isMadeElsewhere(container, type)) return undefined;
    const problem = isRegistered || isOfScope ? undefined : parameterProblem(type);
    if (!problem) return type;
    findings.report({ location, ...nobodyConstructs(type, problem) });
    return undefined;
  }

  #reportCircle(type: Constructor, path: readonly ParameterPlace[]): void {
    const begin = path.findIndex((place) => place.type === type);
    const circle = [...path.slice(begin).map((place) => place.type), type].map(({ name }) => name);
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

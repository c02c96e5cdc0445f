import { container as globalContainer, type DependencyContainer, injectable } from 'tsyringe';
import { parameterProblem, parameterTokens } from './constructor-parameters.js';
import type { FindingDetails, Report } from './foundation/finding.js';
import { Findings } from './foundation/findings.js';
import type { Constructor } from './options.js';
import { MessageContext } from './scope/message-context.js';
import { MessageScope, SessionScope } from './scope/scope.js';
import { registerScoped } from './scope/scoped-factories.js';
import { SCOPE_DECORATORS, type ScopeName, scopeOf } from './scope/scoped.js';

/** What a registration works with. */
export interface ClassRegistrationOptions {
  readonly container: DependencyContainer;
  /** Takes one mistake: class, parameter and cure. */
  readonly report: Report;
  /** Somebody needs to know the message that is being handled. */
  readonly onContextNeeded: () => void;
}

/** A class that lives as long as this, together with what its constructor needs. */
interface Holder {
  readonly type: Constructor;
  readonly scope: ScopeName | undefined;
  /** How the class in question is reached from it: `parameter #0 of its constructor`. */
  readonly path: string;
}

// How long something lives: what lives longer must not hold what lives shorter.
const BREVITY: Readonly<Record<ScopeName | 'application', number>> = { application: 0, session: 1, message: 2 };

/**
 * Makes classes resolvable: one instance each per application, session or message, as they are decorated. A class that is registered in the
 * container already stays as it is. Scoped classes that only constructors name are registered too.
 */
export class ClassRegistration {
  readonly #options: ClassRegistrationOptions;
  readonly #seen = new Set<Constructor>();

  constructor(options: ClassRegistrationOptions) {
    this.#options = options;
  }

  /** @param option the name of the option that lists the classes */
  register(option: 'services' | 'controllers', classes: readonly (Constructor | undefined)[]): void {
    for (const [index, type] of classes.entries()) {
      if (type === undefined) this.#options.report(undefinedClass(option, index));
      else this.#registerClass(type);
    }
  }

  #registerClass(type: Constructor): void {
    const { container, report, onContextNeeded } = this.#options;
    const scope = scopeOf(type);
    if (scope === 'message') onContextNeeded(); // only there it is known which message is meant
    if (this.#seen.has(type) || container.isRegistered(type)) return;
    this.#seen.add(type);
    const problem = parameterProblem(type);
    if (problem) {
      report(problem);
      return;
    }
    injectable()(type);
    if (scope === undefined) container.registerSingleton(type);
    else this.#registerScoped(type, scope);
    this.#followParameters(type, { type, scope, path: '' }, new Set());
  }

  #registerScoped(type: Constructor, scope: ScopeName): void {
    for (const hook of ['onApplicationStart', 'onApplicationStop']) {
      if (!(hook in type.prototype)) continue;
      this.#options.report({
        location: type.name,
        problem: `it is ${SCOPE_DECORATORS[scope]}, so nobody calls its ${hook}`,
        cure: 'move it to a service that is not',
      });
    }
    registerScoped(this.#options.container, type, scope);
  }

  /** Looks at what the constructor needs, and at what that needs as long as it is made along with it. */
  #followParameters(type: Constructor, holder: Holder, passed: Set<Constructor>): void {
    if (passed.has(type)) return;
    passed.add(type);
    for (const [index, token] of parameterTokens(type).entries()) {
      if (!isClass(token)) continue;
      const path = `${holder.path}parameter #${index} of ${type === holder.type ? 'its' : `${type.name}'s`} constructor`;
      this.#followParameter(token, { ...holder, path }, passed);
    }
  }

  #followParameter(token: Constructor, holder: Holder, passed: Set<Constructor>): void {
    if (token === MessageContext) this.#options.onContextNeeded();
    const scope = scopeOfToken(token);
    if (scope !== undefined) this.#requireBrevity(token, scope, holder);
    if (scopeOf(token) !== undefined) return this.#registerClass(token);
    const { container } = this.#options;
    // How somebody else makes it cannot be seen, but for classes with tsyringe's @singleton().
    if (container.isRegistered(token, true) && !globalContainer.isRegistered(token)) return;
    this.#followParameters(token, { ...holder, path: `${holder.path} is ${token.name}, and ` }, passed);
  }

  /** Else the first client's instance would serve all the others. */
  #requireBrevity(token: Constructor, scope: ScopeName, holder: Holder): void {
    if (BREVITY[holder.scope ?? 'application'] >= BREVITY[scope]) return;
    const { name } = holder.type;
    const lives = holder.scope ? `is ${SCOPE_DECORATORS[holder.scope]}` : 'is made once for the application';
    const what =
      scope === scopeOf(token) ? `which is ${SCOPE_DECORATORS[scope]}` : `of which every ${scope} has its own`;
    this.#options.report({
      location: name,
      problem: `it ${lives}, but ${holder.path} is ${token.name}, ${what}: it would keep the first one for ever`,
      cure:
        `inject MessageContext and call resolve(${token.name}) where it is needed, ` +
        `or make ${name} ${SCOPE_DECORATORS[scope]}`,
    });
  }
}

/** Makes classes resolvable that are needed before the application is there. @throws ConfigurationError that lists what is wrong with them */
export function registerClasses(
  container: DependencyContainer,
  option: 'services' | 'controllers',
  classes: readonly (Constructor | undefined)[],
): void {
  const findings = new Findings();
  const { report } = findings;
  new ClassRegistration({ container, report, onContextNeeded: () => undefined }).register(option, classes);
  findings.throwErrors();
}

function scopeOfToken(token: Constructor): ScopeName | undefined {
  if (isScopeClass(token, SessionScope)) return 'session';
  if (isScopeClass(token, MessageScope)) return 'message';
  return scopeOf(token);
}

function isScopeClass(token: Constructor, scope: typeof SessionScope | typeof MessageScope): boolean {
  return token === (scope as unknown); // only compared: its constructor takes other things than injected ones
}

function isClass(token: unknown): token is Constructor {
  return typeof token === 'function';
}

function undefinedClass(option: string, index: number): FindingDetails {
  return {
    location: `${option}[${index}]`,
    problem: 'it is undefined: its file is probably part of a circular import',
    cure: 'break the circle, or import the class from its own file',
  };
}

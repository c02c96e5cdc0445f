import { type DependencyContainer, injectable } from 'tsyringe';
import type { FindingDetails, Report } from '../foundation/finding.js';
import { Findings } from '../foundation/findings.js';
import type { Constructor } from '../options.js';
import { MessageContext } from '../scope/message-context.js';
import { MessageScope, SessionScope } from '../scope/scope.js';
import { registerScoped } from '../scope/scoped-factories.js';
import { SCOPE_DECORATORS, type ScopeName, scopeOf } from '../scope/scoped.js';
import { parameterProblem } from './constructor-parameters.js';
import { type ParameterPlace, type ParameterVisitor, walkConstructors } from './constructor-walk.js';
import { isMadeElsewhere } from './container.js';
import { START_STOP_HOOKS } from './start-stop-hooks.js';

/** What a registration works with. */
export interface ClassRegistrationOptions {
  readonly container: DependencyContainer;
  /** Takes one mistake: class, parameter and cure. */
  readonly report: Report;
  /** Takes what works but is probably not meant. */
  readonly warn: Report;
  /** Somebody needs to know the message that is being handled. */
  readonly onContextNeeded: () => void;
  /** What of a class the application would run by itself, such as `@Scheduled`; a class with some belongs to the application, listed or not. */
  readonly ownActionsOf: (type: Constructor) => readonly string[];
}

/** An option that lists classes. */
export interface ClassList {
  /** Its name. */
  readonly option: string;
  /** `undefined` where a circular import left nothing. */
  readonly classes: readonly (Constructor | undefined)[];
}

// How long something lives: what lives longer must not hold what lives shorter.
const BREVITY: Readonly<Record<ScopeName | 'application', number>> = { application: 0, session: 1, message: 2 };

/**
 * Makes classes resolvable: one instance each per application, session or message, as they are decorated. A class that is registered in the
 * container already stays as it is. Classes that only constructors name are registered too when they are scoped or do something by themselves;
 * the others are the container's: made anew for whoever injects them.
 */
export class ClassRegistration {
  readonly #lists: readonly ClassList[];
  readonly #options: ClassRegistrationOptions;
  /** Every class in a list. */
  readonly #listed: ReadonlySet<unknown>;
  /** The classes that belong to the application, scoped ones included. */
  readonly #classes = new Set<Constructor>();
  readonly #begun = new Set<Constructor>();

  constructor(lists: readonly ClassList[], options: ClassRegistrationOptions) {
    this.#lists = lists;
    this.#options = options;
    this.#listed = new Set(lists.flatMap(({ classes }) => classes));
  }

  /** Registers them in the container and reports what is wrong with them. */
  register(): void {
    for (const { option, classes } of this.#lists) {
      for (const [index, type] of classes.entries()) {
        if (type === undefined) this.#options.report(undefinedClass(option, index));
        else this.#registerClass(type);
      }
    }
  }

  /** The listed classes in their order, each after what it needs that was registered without being listed. */
  get classes(): readonly Constructor[] {
    return [...this.#classes];
  }

  /** Those of `classes` that stand in no list. */
  get unlisted(): readonly Constructor[] {
    return this.classes.filter((type) => !this.#listed.has(type));
  }

  #registerClass(type: Constructor): void {
    if (this.#begun.has(type)) return;
    this.#begun.add(type);
    if (scopeOf(type) === 'message') this.#options.onContextNeeded(); // only there it is known which message is meant
    if (!this.#options.container.isRegistered(type)) this.#makeResolvable(type);
    this.#classes.add(type);
  }

  #makeResolvable(type: Constructor): void {
    const { container, report } = this.#options;
    const problem = parameterProblem(type);
    if (problem) {
      report(problem);
      return;
    }
    injectable()(type);
    const scope = scopeOf(type);
    if (scope === undefined) container.registerSingleton(type);
    else this.#registerScoped(type, scope);
    const visit: ParameterVisitor = ({ token }, _at, path) =>
      isClass(token) ? this.#visitClass(token, path) : undefined;
    walkConstructors(type, visit, new Set());
  }

  #registerScoped(type: Constructor, scope: ScopeName): void {
    for (const hook of START_STOP_HOOKS) {
      if (!(hook in type.prototype)) continue;
      this.#options.report({
        location: type.name,
        problem: `it is ${SCOPE_DECORATORS[scope]}, so nobody calls its ${hook}`,
        cure: 'move it to a service that is not',
      });
    }
    registerScoped(this.#options.container, type, scope);
  }

  /** Answers with the class when it is made along with the one whose constructor named it, so that what it needs is held by that one too. */
  #visitClass(token: Constructor, path: readonly ParameterPlace[]): Constructor | undefined {
    if (token === MessageContext) this.#options.onContextNeeded();
    const scope = scopeOfToken(token);
    if (scope !== undefined) this.#requireBrevity(token, scope, path);
    if (scopeOf(token) !== undefined || this.#isToBeAdopted(token)) {
      this.#registerClass(token);
      return undefined;
    }
    return isMadeElsewhere(this.#options.container, token) ? undefined : token;
  }

  /** One that acts by itself and is made by the container anyhow; somebody else's may be shared with other applications, which would run it too. */
  #isToBeAdopted(type: Constructor): boolean {
    const { container, ownActionsOf, warn } = this.#options;
    if (this.#listed.has(type)) return false;
    if (this.#begun.has(type)) return true;
    const [action] = ownActionsOf(type);
    if (action === undefined) return false;
    // A class that cannot be made is reported where it is needed.
    if (!container.isRegistered(type, true)) return parameterProblem(type) === undefined;
    const problem = `it has ${action}, which nobody calls: it was registered by somebody else, and is not listed`;
    warn({ location: type.name, problem, cure: `list ${type.name} in \`services\`` });
    return false;
  }

  /** Else the first client's instance would serve all the others. */
  #requireBrevity(token: Constructor, scope: ScopeName, path: readonly ParameterPlace[]): void {
    const holder = path[0]?.type ?? token;
    const holderScope = scopeOf(holder);
    if (BREVITY[holderScope ?? 'application'] >= BREVITY[scope]) return;
    const lives = holderScope ? `is ${SCOPE_DECORATORS[holderScope]}` : 'is made once for the application';
    const what =
      scope === scopeOf(token) ? `which is ${SCOPE_DECORATORS[scope]}` : `of which every ${scope} has its own`;
    this.#options.report({
      location: holder.name,
      problem: `it ${lives}, but ${pathText(path)} is ${token.name}, ${what}: it would keep the first one for ever`,
      cure:
        `inject MessageContext and call resolve(${token.name}) where it is needed, ` +
        `or make ${holder.name} ${SCOPE_DECORATORS[scope]}`,
    });
  }
}

/** Makes a class resolvable while the application runs. @throws ConfigurationError that lists what is wrong with it */
export function registerLate(container: DependencyContainer, type: Constructor): void {
  const findings = new Findings();
  const { report, warn } = findings;
  // What acts by itself belongs to the start, which is over.
  const options = { container, report, warn, onContextNeeded: () => undefined, ownActionsOf: () => [] };
  new ClassRegistration([{ option: 'services', classes: [type] }], options).register();
  findings.throwErrors();
}

/** `its constructor parameter 1 is Pricing, whose constructor parameter 0`. */
function pathText([first, ...others]: readonly ParameterPlace[]): string {
  const rest = others.map(({ type, index }) => ` is ${type.name}, whose constructor parameter ${index}`);
  return `its constructor parameter ${first?.index}${rest.join('')}`;
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

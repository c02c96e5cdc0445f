import 'reflect-metadata';

/** How long the instances of a scoped class live. */
export type ScopeName = 'session' | 'message';

/** Fits classes. */
export type ScopedDecorator = (target: abstract new (...args: never[]) => object) => void;

/**
 * One instance of the class per client session: made when it is first asked for, disposed of once when the session is over (Spring:
 * `@WebSocketScope`). For services, controllers and whatever they inject; subclasses inherit it.
 */
export function SessionScoped(): ScopedDecorator {
  return (target) => Reflect.defineMetadata(SCOPE, 'session', target);
}

/**
 * One instance of the class per message that a client sends: made when it is first asked for, disposed of once when the message has been
 * handled and its result sent, or has failed. For services, controllers and whatever they inject; subclasses inherit it.
 */
export function MessageScoped(): ScopedDecorator {
  return (target) => Reflect.defineMetadata(SCOPE, 'message', target);
}

const SCOPE = 'treadle:scope';

/** The scope of a class; `undefined` when it has none: then there is one instance per application. */
export function scopeOf(type: object): ScopeName | undefined {
  const scope: unknown = Reflect.getMetadata(SCOPE, type);
  return scope === 'session' || scope === 'message' ? scope : undefined;
}

/** The decorator that gives a class this scope, as it is written. */
export const SCOPE_DECORATORS: Readonly<Record<ScopeName, string>> = {
  session: '@SessionScoped()',
  message: '@MessageScoped()',
};

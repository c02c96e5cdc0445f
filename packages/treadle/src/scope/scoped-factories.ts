import type { DependencyContainer, FactoryFunction } from 'tsyringe';
import { MessageScope, type ScopedClass, SessionScope } from './scope.js';
import type { ScopeName } from './scoped.js';

/**
 * A factory whose value is made once per client session and disposed of when the session is over:
 * `container.register(token, { useFactory: sessionScoped((scope) => …) })`. It gets the session's container. It owns what it makes, so it
 * must not hand out what lives longer.
 */
export function sessionScoped<T>(make: (container: DependencyContainer) => T): FactoryFunction<T> {
  return scopedFactory('session', make, make.name || 'a scoped factory');
}

/** The same per message that is being handled; it gets the message's container. */
export function messageScoped<T>(make: (container: DependencyContainer) => T): FactoryFunction<T> {
  return scopedFactory('message', make, make.name || 'a scoped factory');
}

/** Makes a class resolvable, one instance per session or message. The application calls it for classes with a scope's decorator. */
export function registerScoped(container: DependencyContainer, type: ScopedClass, scope: ScopeName): void {
  // A token of its own for the construction, which the container of the scope then does itself, with what that scope knows.
  const construction = Symbol(type.name);
  container.register(construction, { useClass: type });
  container.register(type, { useFactory: scopedFactory(scope, (own) => own.resolve<object>(construction), type.name) });
}

function scopedFactory<T>(
  scope: ScopeName,
  make: (container: DependencyContainer) => T,
  name: string,
): FactoryFunction<T> {
  // The nearest scope of the container that is asked; the application's own finds that of the running code.
  const nearest = (container: DependencyContainer): SessionScope | MessageScope =>
    scope === 'session' ? container.resolve(SessionScope) : container.resolve(MessageScope);
  return (container) => nearest(container).instance(make, name, make);
}

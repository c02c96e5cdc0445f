import type { DependencyContainer } from 'tsyringe';
import { registerLate } from './injection/class-registration.js';
import { resolveClass } from './injection/container.js';
import type { Logger } from './foundation/logger.js';
import type { Message } from './messaging/message.js';
import type { Constructor } from './options.js';
import { CurrentActivity } from './scope/current-activity.js';
import { MessageContext } from './scope/message-context.js';
import { MessageScope, SessionScope } from './scope/scope.js';
import { scopeOf } from './scope/scoped.js';
import { Scopes } from './scope/scopes.js';

/** What belongs to single sessions and messages, and what knows which of them the running code works for. */
export interface ScopeParts {
  readonly activity: CurrentActivity;
  readonly scopes: Scopes;
  readonly messageContext: MessageContext;
}

/** Makes the parts and what is injectable of them. @param isContextOn whether the context is known from the start, or when it is first asked for */
export function createScopeParts(container: DependencyContainer, logger: Logger, isContextOn: boolean): ScopeParts {
  const activity = new CurrentActivity();
  const scopes = new Scopes({
    container,
    logger,
    activity,
    register: (type) => registerLate(container, type),
  });
  const messageContext = new MessageContext(activity, scopes);
  if (isContextOn) activity.turnOn();
  container.registerInstance(Scopes, scopes);
  container.register(MessageContext, {
    useFactory: () => {
      activity.turnOn();
      return messageContext;
    },
  });
  // Where the container of a scope is asked, it finds its own first.
  container.register(SessionScope, { useFactory: () => scopes.currentSession() });
  container.register(MessageScope, { useFactory: () => scopes.currentMessage() });
  return { activity, scopes, messageContext };
}

/** How the dispatcher gets instances, and keeps what belongs to a message while a stream goes on. */
export function handlerInstances(
  container: DependencyContainer,
  { scopes }: ScopeParts,
): {
  resolve(type: Constructor): object;
  resolveScoped(type: Constructor): ((message: Message) => object) | undefined;
  hold(message: Message): (() => void) | undefined;
} {
  return {
    resolve: (type) => resolveClass(container, type),
    resolveScoped: (type) => {
      const scope = scopeOf(type);
      return scope && ((message) => scopes.resolveFor(scope, type, message));
    },
    hold: (message) => scopes.hold(message),
  };
}

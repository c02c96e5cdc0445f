import { annotate } from '../decorate.js';
import type { HandlerCall } from '../handler-call.js';
import type { FittingParameterDecorator } from './fitting-decorator.js';

/**
 * Makes a decorator for parameters of handler methods out of a function (Spring: an annotation with its `HandlerMethodArgumentResolver`).
 *
 * `const Locale = createParameterDecorator((call) => call.message.headers.get('accept-language') ?? 'en')`, then `@Locale() locale: string`; further
 * parameters of the function are the decorator's own. What it returns is the argument, a promise of it is awaited; what it throws goes where every
 * failure of an argument goes. `application.describe()` calls the parameter `name`, by default what the function is called. The compiler refuses the decorator on a public method's parameter that does not take the result.
 */
export function createParameterDecorator<A extends readonly unknown[], R>(
  resolve: (call: HandlerCall, ...given: A) => R,
  name: string = resolve.name,
): (...given: A) => FittingParameterDecorator<Awaited<R>> {
  const kind = name === '' ? undefined : name;
  return (...given) => annotate({ kind: 'call', name: kind, resolve: (call: HandlerCall) => resolve(call, ...given) });
}

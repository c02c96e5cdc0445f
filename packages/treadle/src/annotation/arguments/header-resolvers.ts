import { ConfigurationError } from '../../foundation/errors.js';
import { NativeHeaders } from '../../messaging/native-headers.js';
import { type ArgumentResolver, locationOf, NO_TYPES_EMITTED, type ResolveArgument } from './argument-resolver.js';
import { compileNamedValue, compileRepeatedValue, type NamedValue } from './named-value.js';
import { knownType } from './text-conversion.js';

/** `@Header` (Spring: `HeaderMethodArgumentResolver`). */
export const headerResolver: ArgumentResolver = {
  supportsParameter: ({ annotation }) => annotation?.kind === 'header',
  bind(parameter) {
    const { annotation } = parameter;
    if (annotation?.kind !== 'header') throw new TypeError('supportsParameter was not asked');
    const { name } = annotation;
    const cure = `@Header('${name}', Number), String for text, { type: anEnum } or a schema`;
    const value: NamedValue = { parameter, what: `header '${name}'`, cure, ...annotation };
    const type = knownType(value);
    return type === Array || Array.isArray(type) ? bindRepeatedHeader(value, type) : bindHeader(value);
  },
};

function bindHeader(value: NamedValue): ResolveArgument {
  const { convert, absent } = compileNamedValue(value);
  const { name, defaultValue } = value;
  // Spring: a default stands in for an empty value too (`AbstractNamedValueMethodArgumentResolver`).
  const standsInForEmpty = defaultValue !== undefined;
  return ({ message: { headers } }) => {
    const text = headers.get(name);
    return text === undefined || (text === '' && standsInForEmpty) ? absent() : convert(text);
  };
}

function bindRepeatedHeader(value: NamedValue, type: unknown): ResolveArgument {
  const { convert, absent } = compileRepeatedValue(value, type);
  return ({ message: { headers } }) => {
    const texts = headers.getAll(value.name);
    return texts.length === 0 ? absent() : convert(texts);
  };
}

/** `@Headers`, and the undecorated parameter of type `NativeHeaders` (Spring: `HeadersMethodArgumentResolver`). */
export const headersResolver: ArgumentResolver = {
  supportsParameter: ({ annotation, type }) =>
    annotation?.kind === 'headers' || (annotation === undefined && type === NativeHeaders),
  bind(parameter) {
    const { annotation, hasTypes } = parameter;
    const named = annotation?.kind === 'headers' ? annotation.type : undefined;
    if (named === undefined && !hasTypes) {
      const cure = '@Headers(NativeHeaders), @Headers(Map), or @Headers(Object) for a plain object';
      throw new ConfigurationError({
        location: locationOf(parameter),
        problem: `its type is not known at run time: ${NO_TYPES_EMITTED}`,
        cure: `name it: ${cure}`,
      });
    }
    switch (named ?? parameter.type) {
      case NativeHeaders:
        return ({ message }) => message.headers;
      case Object:
        return ({ message }) => message.headers.toObject();
      case Map:
        return ({ message }) => new Map(Object.entries(message.headers.toObject()));
      default:
        throw new ConfigurationError({
          location: locationOf(parameter),
          problem: 'headers do not become its type',
          cure: 'declare @Headers() as NativeHeaders, Map<string, string> or Record<string, string>',
        });
    }
  },
};

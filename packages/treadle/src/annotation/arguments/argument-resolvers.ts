import { ArgumentError, ConfigurationError } from '../../foundation/errors.js';
import { Message } from '../../messaging/message.js';
import { NativeHeaders } from '../../messaging/native-headers.js';
import {
  type ArgumentResolver,
  describeParameter,
  type HandlerParameter,
  type ResolveArgument,
} from './argument-resolver.js';
import { requireVariable } from '../handler-declaration.js';
import type { HeaderAnnotation } from '../metadata.js';
import { PayloadArgumentResolver } from '../payload/payload-argument.js';
import type { PayloadConversionOptions } from '../payload/payload-conversion.js';
import { compileTextConversion, knownType } from './text-conversion.js';

/** The resolvers of every application, in the order they are asked: the payload takes what nobody else does (Spring: `PayloadMethodArgumentResolver`). */
export function createArgumentResolvers(options: PayloadConversionOptions): readonly ArgumentResolver[] {
  return [
    headerResolver,
    headersResolver,
    destinationVariableResolver,
    principalResolver,
    errorResolver,
    messageResolver,
    new PayloadArgumentResolver(options),
  ];
}

const headerResolver: ArgumentResolver = {
  supportsParameter: ({ annotation }) => annotation?.kind === 'header',
  bind(parameter) {
    const header = parameter.annotation as HeaderAnnotation; // as supportsParameter found
    const { name } = header;
    const type = knownType(parameter, header.type, `@Header('${name}', { type: Number }), String for text`);
    if (type === Array) return bindRepeatedHeader(parameter, header);
    const convert = compileTextConversion(parameter, type, `header '${name}'`);
    const absent = whenHeaderIsAbsent(parameter, header, convert);
    const standsInForEmpty = header.defaultValue !== undefined;
    return ({ message: { headers } }) => {
      const text = headers.get(name);
      return text === undefined || (text === '' && standsInForEmpty) ? absent() : convert(text);
    };
  },
};

function bindRepeatedHeader(parameter: HandlerParameter, header: HeaderAnnotation): ResolveArgument {
  const absent = whenHeaderIsAbsent(parameter, header, (text) => [text]);
  return ({ message: { headers } }) => {
    const values = headers.getAll(header.name);
    return values.length === 0 ? absent() : values;
  };
}

function whenHeaderIsAbsent(
  parameter: HandlerParameter,
  { name, required, defaultValue }: HeaderAnnotation,
  convert: (text: string) => unknown,
): () => unknown {
  if (defaultValue !== undefined) {
    const value = typeof defaultValue === 'string' ? convert(defaultValue) : defaultValue;
    return () => value;
  }
  if (!required) return () => undefined;
  const detail = `${describeParameter(parameter)} requires the header '${name}'`;
  return () => {
    throw new ArgumentError('ARGUMENT_MISSING', detail);
  };
}

const headersResolver: ArgumentResolver = {
  supportsParameter: ({ annotation, type }) =>
    annotation?.kind === 'headers' || (annotation === undefined && type === NativeHeaders),
  bind(parameter) {
    const { annotation } = parameter;
    const named = annotation?.kind === 'headers' ? annotation.type : undefined;
    const type = knownType(parameter, named, '@Headers(NativeHeaders), or @Headers(Object) for a plain object');
    if (type === NativeHeaders) return ({ message }) => message.headers;
    if (type === Object) return ({ message }) => message.headers.toObject();
    throw new ConfigurationError(
      `${describeParameter(parameter)}: declare @Headers() as NativeHeaders or Record<string, string>`,
    );
  },
};

const destinationVariableResolver: ArgumentResolver = {
  supportsParameter: ({ annotation }) => annotation?.kind === 'destinationVariable',
  bind(parameter) {
    const { annotation } = parameter;
    if (annotation?.kind !== 'destinationVariable') throw new TypeError('supportsParameter was not asked');
    const { name } = annotation;
    requireVariable(parameter.handler, name, `@DestinationVariable('${name}')`);
    const what = `destination variable '${name}'`;
    const type = knownType(parameter, annotation.type, `@DestinationVariable('${name}', Number), String for text`);
    const convert = compileTextConversion(parameter, type, what);
    return ({ match }) => {
      const text = match.variables[name];
      if (text !== undefined) return convert(text);
      throw new ArgumentError('ARGUMENT_MISSING', `${describeParameter(parameter)}: there is no ${what}`);
    };
  },
};

const principalResolver: ArgumentResolver = {
  supportsParameter: ({ annotation }) => annotation?.kind === 'principal',
  bind: () => (call) => call.message.user,
};

/**
 * In exception handlers, an undecorated parameter of an error class is the error (Spring: `InvocableHandlerMethod`); so is one whose type left nothing
 * behind, such as `A | B`.
 */
const errorResolver: ArgumentResolver = {
  supportsParameter: ({ annotation, type, handler }) =>
    annotation === undefined &&
    handler.isExceptionHandler &&
    (isErrorClass(type) || type === Object || type === undefined),
  bind: () => (call) => call.error,
};

const messageResolver: ArgumentResolver = {
  supportsParameter: ({ annotation, type }) => annotation === undefined && type === Message,
  bind: () => (call) => call.message,
};

/** `Error` or a class that extends it. */
export function isErrorClass(type: unknown): type is new (message?: string) => Error {
  return typeof type === 'function' && (type === Error || type.prototype instanceof Error);
}

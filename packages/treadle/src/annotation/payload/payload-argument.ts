import type { ValidatorOptions } from 'class-validator';
import { type Awaitable, whenDone } from '../../foundation/awaitable.js';
import { ArgumentError, ConfigurationError } from '../../foundation/errors.js';
import {
  type DeclaredParameter,
  describeParameter,
  type HandlerParameter,
  locationOf,
  type ParameterResolver,
  type ResolveArgument,
} from '../arguments/argument-resolver.js';
import type { PayloadAnnotation } from '../metadata.js';
import { PayloadConversion, type PayloadConversionOptions } from './payload-conversion.js';
import { parsePayloadPath, type PayloadPath } from './payload-path.js';
import { checkPayloadRules } from './payload-rules.js';
import { type PayloadTarget, payloadTarget } from './payload-target.js';
import { askSchema } from './standard-schema.js';

/**
 * `@Payload()` parameters, and as the last of the resolvers the undecorated one (Spring: `PayloadMethodArgumentResolver`).
 * Absent is an empty payload, a part of it that is not there, and JSON `null` where a type is asked for.
 */
export class PayloadArgumentResolver implements ParameterResolver {
  readonly #options: PayloadConversionOptions;

  constructor(options: PayloadConversionOptions) {
    this.#options = options;
  }

  supportsParameter({ annotation }: HandlerParameter): boolean {
    return annotation === undefined || annotation.kind === 'payload';
  }

  bind(parameter: DeclaredParameter): ResolveArgument {
    const annotation = parameter.annotation?.kind === 'payload' ? parameter.annotation : undefined;
    const target = payloadTarget(parameter);
    checkPayloadRules(parameter, target);
    const path = compilePath(parameter, target, annotation?.path);
    const validation = compileOptions(parameter, target, annotation?.validation);
    const conversion = new PayloadConversion(target, path, {
      ...this.#options,
      validation: { ...this.#options.validation, ...validation },
    });
    const absent = whenAbsent(parameter, target, annotation);
    if (isRequired(target, annotation)) refuseSubscription(parameter);
    return ({ message }): Awaitable<unknown> => {
      if (message.payload.length === 0) return absent();
      const value = conversion.read(message);
      return value === undefined ? absent() : conversion.make(value);
    };
  }
}

function compilePath(parameter: HandlerParameter, target: PayloadTarget, text: string | undefined): PayloadPath {
  if (text === undefined) return [];
  const path = parsePayloadPath(text);
  if (!path) {
    const cure = "write keys with dots and indexes in brackets: 'order.lines[0]'";
    throw new ConfigurationError({ location: locationOf(parameter), problem: `the path '${text}' is malformed`, cure });
  }
  if (target.kind !== 'octets') return path;
  const problem = `octets have no part '${text}'`;
  throw new ConfigurationError({ location: locationOf(parameter), problem, cure: 'drop the path' });
}

function compileOptions(
  parameter: HandlerParameter,
  target: PayloadTarget,
  validation: ValidatorOptions | undefined,
): ValidatorOptions | undefined {
  const checked = target.kind === 'array' ? target.item : target;
  if (validation === undefined || checked.kind === 'instance') return validation;
  const problem = 'its validation options are for class-validator, which checks classes only';
  throw new ConfigurationError({ location: locationOf(parameter), problem, cure: 'drop them' });
}

/** A schema without more decides itself. */
function isRequired(target: PayloadTarget, { required, defaultValue }: Partial<PayloadAnnotation> = {}): boolean {
  if (required === false || defaultValue !== undefined) return false;
  return target.kind !== 'schema' || required === true;
}

/** @throws ConfigurationError where messages are SUBSCRIBE frames: every one would be `PAYLOAD_MISSING` */
function refuseSubscription(parameter: DeclaredParameter): void {
  const { isSubscription, patterns } = parameter.declaration;
  if (isSubscription !== true) return;
  const variable = patterns.flatMap((pattern) => pattern.variableNames)[0] ?? 'id';
  const cure =
    `take it from the destination, with @DestinationVariable('${variable}'), or from a @Header; ` +
    'or write @Payload({ required: false })';
  const problem = 'it requires a payload, but @SubscribeMapping answers SUBSCRIBE frames, which have no body';
  throw new ConfigurationError({ location: locationOf(parameter), problem, cure });
}

function whenAbsent(
  parameter: DeclaredParameter,
  target: PayloadTarget,
  annotation: PayloadAnnotation | undefined,
): () => Awaitable<unknown> {
  const { defaultValue } = annotation ?? {};
  if (typeof defaultValue === 'function') return defaultValue as () => unknown; // no other function may be a default
  if (defaultValue !== undefined) return () => defaultValue;
  if (annotation?.required === false) return () => undefined;
  const missing = (): never => {
    throw new ArgumentError('PAYLOAD_MISSING', `${describeParameter(parameter)} requires a payload`);
  };
  if (target.kind !== 'schema' || isRequired(target, annotation)) return missing;
  return () =>
    whenDone(askSchema(target.schema, undefined), (verdict) => ('value' in verdict ? verdict.value : missing()));
}

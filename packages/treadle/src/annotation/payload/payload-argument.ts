import { type Awaitable, isPromise } from '../../foundation/awaitable.js';
import { ArgumentError } from '../../foundation/errors.js';
import {
  type ArgumentResolver,
  describeParameter,
  type HandlerParameter,
  type ResolveArgument,
} from '../arguments/argument-resolver.js';
import { PayloadConversion, type PayloadConversionOptions } from './payload-conversion.js';
import { checkPayloadRules } from './payload-rules.js';
import { payloadTarget } from './payload-target.js';

/**
 * `@Payload()` parameters, and as the last of the resolvers the undecorated one (Spring: `PayloadMethodArgumentResolver`).
 * An empty payload, or JSON `null` where a type is asked for, is an absent one.
 */
export class PayloadArgumentResolver implements ArgumentResolver {
  readonly #options: PayloadConversionOptions;

  constructor(options: PayloadConversionOptions) {
    this.#options = options;
  }

  supportsParameter({ annotation }: HandlerParameter): boolean {
    return annotation === undefined || annotation.kind === 'payload';
  }

  bind(parameter: HandlerParameter): ResolveArgument {
    const { annotation } = parameter;
    const required = annotation?.kind === 'payload' ? annotation.required : true;
    const target = payloadTarget(parameter);
    checkPayloadRules(parameter, target);
    const conversion = new PayloadConversion(target, this.#options);
    const absent = (): undefined => {
      if (required) throw new ArgumentError('PAYLOAD_MISSING', `${describeParameter(parameter)} requires a payload`);
    };
    const present = (value: unknown): unknown => (value === null && target.kind !== 'any' ? absent() : value);
    return ({ message }): Awaitable<unknown> => {
      if (message.payload.length === 0) return absent();
      const value = conversion.convert(message);
      return isPromise(value) ? value.then(present) : present(value);
    };
  }
}

import 'reflect-metadata';
import type { HandlerParameterDecorator } from '../../../src/annotation/decorate';
import type { ControllerClass } from '../../../src/annotation/metadata';
import { Controller, MessageMapping } from '../../../src/index';
import { findingsOfStart } from '../../findings';
import { Fixture, type Given } from '../fixture';

/** How a controller with one parameter is made and called. */
export interface OneParameter extends Given {
  /** Default `/in`. */
  readonly pattern?: string;
  /** Default: the pattern below the application prefix. */
  readonly destination?: string;
  readonly body?: unknown;
  /** What the compiler emitted for the parameter; without it, it emitted nothing. */
  readonly emitted?: { readonly type: unknown };
  readonly options?: ConstructorParameters<typeof Fixture>[1];
}

/** A controller with one method and one parameter, as a compiler leaves it. */
export function controllerWith(
  decorate: HandlerParameterDecorator,
  { pattern = '/in', emitted }: OneParameter = {},
): ControllerClass & { seen: unknown } {
  @Controller()
  class One {
    static seen: unknown = 'not called';

    handle(value: unknown) {
      One.seen = value;
    }
  }
  MessageMapping(pattern)(One.prototype, 'handle');
  decorate(One.prototype, 'handle', 0);
  Reflect.deleteMetadata('design:paramtypes', One.prototype, 'handle');
  if (emitted) Reflect.defineMetadata('design:paramtypes', [emitted.type], One.prototype, 'handle');
  return One;
}

/** What the parameter gets of one message. */
export async function argumentOf(decorate: HandlerParameterDecorator, given: OneParameter = {}): Promise<unknown> {
  const controller = controllerWith(decorate, given);
  const { pattern = '/in', destination = `/app${pattern}`, body = '', options } = given;
  await new Fixture([controller], options).send(destination, body, given);
  return controller.seen;
}

/** What the start says about the parameter. */
export function findingOf(decorate: HandlerParameterDecorator, given: OneParameter = {}): string {
  const controller = controllerWith(decorate, given);
  return findingsOfStart(() => new Fixture([controller], given.options)).join('\n') || 'nothing';
}

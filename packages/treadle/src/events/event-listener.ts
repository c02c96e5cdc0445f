import 'reflect-metadata';
import { DecoratedMembers } from '../foundation/decorated-methods.js';
import type { EventClass } from './application-events.js';

/** Fits methods of instances that take such an event, or nothing. */
export type EventListenerDecorator<E> = <M extends (event: E) => unknown>(
  target: object,
  member: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** The events of these classes; `never`, which every listener takes, when there are none. */
export type EventOf<C extends readonly EventClass[]> = InstanceOf<C[number]>;

// A type of its own, so that it is asked for each class alone.
type InstanceOf<C> = C extends EventClass<infer E> ? E : never;

/**
 * Calls a method of a service or controller with every event of these classes and their subclasses (Spring: `@EventListener`), from
 * the construction of the service until the application has stopped. Without classes the type of its parameter counts. It may be
 * asynchronous; what it throws is logged and disturbs nobody.
 */
export function EventListener<C extends readonly EventClass[]>(...types: C): EventListenerDecorator<EventOf<C>> {
  return (target, member) => {
    // Decorators run from the last to the first.
    const present = listOf(Reflect.getOwnMetadata(TYPES, target, member));
    Reflect.defineMetadata(TYPES, [...types, ...present], target, member);
    LISTENING_MEMBERS.note(target, member);
  };
}

const TYPES = 'treadle:event-listener';
/** Those that carry `@EventListener`. */
export const LISTENING_MEMBERS = new DecoratedMembers('event-listener-members');

/** The classes given at a member or at the one it overrides; one is `undefined` when its file is part of a circular import. */
export function writtenTypes(prototype: object, member: string | symbol): readonly unknown[] {
  return listOf(Reflect.getMetadata(TYPES, prototype, member));
}

function listOf(metadata: unknown): readonly unknown[] {
  return Array.isArray(metadata) ? metadata : [];
}

/** A method as it is found; it is called through its instance only. */
export type Method = (...values: never[]) => unknown;

/** The object and what it inherits from, the nearest first, without `Object.prototype`. */
export function* prototypeChain(start: object): Iterable<object> {
  let holder: unknown = start;
  while (typeof holder === 'object' && holder !== null && holder !== Object.prototype) {
    yield holder;
    holder = Object.getPrototypeOf(holder);
  }
}

/** The method of this name that an instance would have, or `undefined` where the nearest member is none. Does not run getters. */
export function findMethod(prototype: object, member: string | symbol): Method | undefined {
  for (const holder of prototypeChain(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, member);
    if (!descriptor) continue;
    const value: unknown = descriptor.value;
    return typeof value === 'function' ? (value as Method) : undefined; // called through its instance only
  }
  return undefined;
}

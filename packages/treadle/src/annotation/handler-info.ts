import type { ControllerClass, MemberName } from './metadata.js';

/**
 * Which method a message went to (Spring hands exception handlers the `HandlerMethod`). Exception handlers get it as an undecorated parameter
 * of this class or with `@HandledBy()`, handler interceptors as `call.handler`. One object per method with a mapping, made at start.
 */
export class HandlerInfo {
  /** The class listed in `controllers`, also where a class it extends declares the method. */
  readonly controller: ControllerClass;
  readonly method: MemberName;
  /** `Class.method`, as in the log. */
  readonly name: string;

  constructor(controller: ControllerClass, method: MemberName) {
    this.controller = controller;
    this.method = method;
    this.name = `${controller.name}.${String(method)}`;
  }
}

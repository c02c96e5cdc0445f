import { type Awaitable, isPromise } from '../../foundation/awaitable.js';
import { ArgumentError } from '../../foundation/errors.js';
import type { Message } from '../../messaging/message.js';
import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import { NativeHeaders } from '../../messaging/native-headers.js';
import { DestinationTemplate } from './destination-template.js';
import { type HandlerDeclaration, type MappingMatch, requireVariable } from '../handler-declaration.js';
import type { HandlerReturn, ReturnValueHandler, SendAnnotations, SendResult } from './return-value-handler.js';

/**
 * Results go to the broker channel: to the user first, then to destinations, each one message (Spring:
 * `SendToMethodReturnValueHandler`). Takes every method; without annotations the result goes to `/topic` + lookup destination.
 * The answer's headers start fresh, and what is published to everybody does not carry the session of the one who asked.
 */
export class SendToReturnValueHandler implements ReturnValueHandler {
  readonly #template: SimpMessagingTemplate;

  constructor(template: SimpMessagingTemplate) {
    this.#template = template;
  }

  supportsReturn(): boolean {
    return true;
  }

  bind({ handler, method, controller }: HandlerReturn): SendResult {
    const { sendTo, sendToUser } = effective(method, controller);
    const steps: SendResult[] = [];
    if (sendToUser) {
      const broadcast = sendToUser.broadcast;
      for (const target of compileTargets(handler, '@SendToUser', sendToUser.destinations, '/queue')) {
        steps.push((value, { message, match }) => this.#sendToUser(target(match), value, message, broadcast));
      }
    }
    if (sendTo || !sendToUser) {
      for (const target of compileTargets(handler, '@SendTo', sendTo ?? [], '/topic')) {
        steps.push((value, { match }) => this.#template.publish(target(match), value, NativeHeaders.EMPTY));
      }
    }
    const [only] = steps;
    return only && steps.length === 1 ? only : inTurn(steps);
  }

  #sendToUser(destination: string, value: unknown, message: Message, broadcast: boolean): Awaitable<void> {
    const { session, user } = message;
    if (!session) {
      throw new ArgumentError('ARGUMENT_MISSING', `there is no session and so no user to send to at ${destination}`);
    }
    // An anonymous session is its own user (Spring: `SendToMethodReturnValueHandler`); a message that carries its session reaches that session alone.
    const target = this.#template.userDestination(user?.name ?? session.id, destination);
    return this.#template.publish(target, value, NativeHeaders.EMPTY, user && broadcast ? undefined : { session });
  }
}

/** Which annotations count: the method's with a value, else the class's with a value, else the method's, else the class's (Spring: `SendToMethodReturnValueHandler`). */
function effective(method: SendAnnotations, controller: SendAnnotations): SendAnnotations {
  if (hasValue(method)) return method;
  if (hasValue(controller)) return controller;
  return method.sendTo || method.sendToUser ? method : controller;
}

function hasValue({ sendTo, sendToUser }: SendAnnotations): boolean {
  return (sendTo?.length ?? 0) > 0 || (sendToUser?.destinations.length ?? 0) > 0;
}

type Target = (match: MappingMatch) => string;

function compileTargets(
  handler: HandlerDeclaration,
  annotation: string,
  destinations: readonly string[],
  defaultPrefix: string,
): readonly Target[] {
  if (destinations.length === 0) return [(match) => defaultPrefix + match.lookupDestination];
  return destinations.map((text) => {
    const template = DestinationTemplate.compile(text, `${annotation} of ${handler.name}`);
    if (!/^[/{]/.test(text)) {
      handler.warn(
        `${annotation}('${text}') of ${handler.name} does not begin with a slash: write '/${text}', unless it is a destination of a broker without slashes`,
      );
    }
    for (const name of template.variableNames) requireVariable(handler, name, `${annotation}('${text}')`);
    if (template.variableNames.length === 0) return () => text;
    return ({ variables }) => template.expand(variables);
  });
}

function inTurn(steps: readonly SendResult[]): SendResult {
  const from = (index: number, ...given: Parameters<SendResult>): Awaitable<void> => {
    for (let next = index; next < steps.length; next += 1) {
      const sent = steps[next]?.(...given);
      if (isPromise(sent)) return sent.then(() => from(next + 1, ...given));
    }
  };
  return (...given) => from(0, ...given);
}

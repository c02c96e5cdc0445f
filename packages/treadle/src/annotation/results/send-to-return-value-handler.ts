import type { Awaitable } from '../../foundation/awaitable.js';
import { ArgumentError } from '../../foundation/errors.js';
import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import type { NativeHeaders } from '../../messaging/native-headers.js';
import type { HandlerCall } from '../handler-call.js';
import { DestinationTemplate } from './destination-template.js';
import { type HandlerDeclaration, type MappingMatch, requireVariable } from '../handler-declaration.js';
import { inTurn } from './in-turn.js';
import type { ReplyDestinations } from './reply-destinations.js';
import type {
  DeclaredReturn,
  HandlerReturn,
  ResultHandler,
  SendAnnotations,
  SendResult,
} from './return-value-handler.js';

/**
 * Results of methods with send annotations, or of classes with some, go to the broker channel: to the user first, then to destinations, each one
 * message (Spring: `SendToMethodReturnValueHandler`). What is published to everybody does not carry the session of the one who asked. What goes to
 * the asking session alone goes where that session asked for it, with `reply-to`, instead of to the destinations of `@SendToUser`.
 */
export class SendToReturnValueHandler implements ResultHandler {
  readonly #template: SimpMessagingTemplate;
  readonly #replyDestinations: ReplyDestinations;

  constructor(template: SimpMessagingTemplate, replyDestinations: ReplyDestinations) {
    this.#template = template;
    this.#replyDestinations = replyDestinations;
  }

  supportsReturn({ method, controller }: HandlerReturn): boolean {
    return [method.sendTo, method.sendToUser, controller.sendTo, controller.sendToUser].some(Boolean);
  }

  bind({ declaration, method, controller }: DeclaredReturn): SendResult {
    const { sendTo, sendToUser } = effectiveAnnotations(method, controller);
    const steps: SendResult[] = [];
    if (sendToUser) {
      const { broadcast, destinations } = sendToUser;
      const toUser = compileTargets(declaration, '@SendToUser', destinations, '/queue').map(
        (target): SendResult =>
          (value, call, headers) =>
            sendToAskingUser(this.#template, value, call, { destination: target(call.match), broadcast, headers }),
      );
      if (broadcast) steps.push(...toUser);
      else steps.push(this.#whereAsked(inTurnOf(toUser)));
    }
    if (sendTo) {
      for (const target of compileTargets(declaration, '@SendTo', sendTo, '/topic')) {
        steps.push((value, call, headers) => this.#template.publish(target(call.match), value, headers, call));
      }
    }
    return inTurnOf(steps);
  }

  /** Where the request asks for it, else as annotated. */
  #whereAsked(asAnnotated: SendResult): SendResult {
    return (value, call, headers) => {
      const target = this.#replyDestinations.of(call);
      if (target) return this.#replyDestinations.send(target, value, call, headers);
      return asAnnotated(value, call, headers);
    };
  }
}

function inTurnOf(steps: readonly SendResult[]): SendResult {
  const [only] = steps;
  return only && steps.length === 1 ? only : (...given) => inTurn(steps, (step) => step(...given));
}

/** Whether what a method gives is for the asking session alone, wherever else it goes too. */
export function answersSessionAlone({ method, controller }: HandlerReturn): boolean {
  return effectiveAnnotations(method, controller).sendToUser?.broadcast === false;
}

/** Where in the user's destinations a result goes, and with which headers. */
export interface UserTarget {
  readonly destination: string;
  /** Whether all sessions of the user get it, or only the one that asked. */
  readonly broadcast: boolean;
  readonly headers: NativeHeaders;
}

/**
 * Sends to the user whose session a call belongs to. An anonymous session is its own user (Spring: `SendToMethodReturnValueHandler`); a message
 * that carries its session reaches that session alone.
 * @throws ArgumentError `ARGUMENT_MISSING` when there is no session
 */
export function sendToAskingUser(
  template: SimpMessagingTemplate,
  value: unknown,
  call: HandlerCall,
  { destination, broadcast, headers }: UserTarget,
): Awaitable<void> {
  const { session, user } = call.message;
  if (!session) {
    throw new ArgumentError('ARGUMENT_MISSING', `there is no session and so no user to send to at ${destination}`);
  }
  const target = template.sessionUserDestination(session, destination);
  if (user && broadcast) return template.publish(target, value, headers, call);
  return template.publish(target, value, headers, { session, flow: call.flow });
}

/** Which annotations count: the method's with a value, else the class's with a value, else the method's, else the class's (Spring: `SendToMethodReturnValueHandler`). */
export function effectiveAnnotations(method: SendAnnotations, controller: SendAnnotations): SendAnnotations {
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
  if (destinations.length === 0) {
    return [({ lookupDestination }) => destinationBeneath(defaultPrefix, lookupDestination)];
  }
  return destinations.map((text) => {
    const template = DestinationTemplate.compile(text, annotation);
    if (!/^[/{]/.test(text)) {
      handler.warn({
        location: handler.name,
        problem: `${annotation}('${text}') does not begin with a slash`,
        cure: `write '/${text}', unless it is a destination of a broker without slashes`,
      });
    }
    for (const name of template.variableNames) requireVariable(handler, name, `${annotation}('${text}')`);
    if (template.variableNames.length === 0) return () => text;
    return ({ variables }) => template.expand(variables);
  });
}

/** The default destination of a result. A dotted lookup destination has no slash of its own. */
export function destinationBeneath(prefix: string, lookupDestination: string): string {
  return lookupDestination.startsWith('/') ? prefix + lookupDestination : `${prefix}/${lookupDestination}`;
}
